import type { About } from "../../sections.ts";

export const about: About = {
  title: "Easy and hard",
  lead: "Line up the examples of a class from the easiest to the hardest, and add up their loss. How far along do you have to go until half of it is there? The figure is the paper’s fourth, on a model you have just seen.",
  heights: [1935, 1060, 866],
};
