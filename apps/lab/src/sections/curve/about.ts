import type { About } from "../../sections.ts";

export const about: About = {
  title: "The curve",
  lead: "What one example costs, by the probability the model gives to its true class. Cross-entropy never stops asking for more; focal loss lets go of what is already well classified.",
  heights: [1835, 1550, 1021],
};
