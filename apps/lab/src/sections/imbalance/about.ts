import type { About } from "../../sections.ts";

export const about: About = {
  title: "The imbalance",
  lead: "Three copies of one small network see the same batches of the same points, and differ in nothing but the loss. Watch who finds the rare class first, and what is left of the lead once all have had their time.",
  heights: [3790, 2160, 1941],
};
