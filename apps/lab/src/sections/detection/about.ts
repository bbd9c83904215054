import type { About } from "../../sections.ts";

export const about: About = {
  title: "Dense detection",
  lead: "What focal loss was made for. A small detector asks at hundreds of places of a picture whether a digit stands there, and almost everywhere the answer is no. Train three copies here, in the page, and watch what they find on pictures they have not seen.",
  heights: [4325, 2025, 1777],
};
