import type { About } from "../../sections.ts";

export const about: About = {
  title: "The formula everywhere",
  lead: "A loss is written once, as its paper writes it. Everything that runs is derived from that line: the form that loses no digits, its derivatives, and the code for each engine. Edit it and watch.",
  heights: [4496, 4047, 2666],
};
