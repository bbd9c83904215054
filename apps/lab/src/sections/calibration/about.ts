import type { About } from "../../sections.ts";

export const about: About = {
  title: "Calibration",
  lead: "A model that has learned focal loss perfectly does not answer with probabilities. Its 0.7 may mean 0.97. The way back is a formula, which needs γ and α but no data.",
  heights: [2535, 1437, 1175],
};
