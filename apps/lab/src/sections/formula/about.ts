import type { About } from "../../sections.ts";

export const about: About = {
  title: "The formula everywhere",
  lead: "A loss is written once, as its paper writes it. Everything that runs is derived from that line: a form that suits floating point, its derivatives, and the code for each engine. Edit it and watch.",
  heights: [4495, 4070, 2622],
};
