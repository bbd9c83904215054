import type { About } from "../../sections.ts";

export const about: About = {
  title: "Your data",
  lead: "A CSV of labels and scores: where its loss goes, which γ and α that suggests, where to cut. A CSV of features: both losses trained here, on rows held out. Nothing leaves this machine.",
  heights: [5310, 3485, 2590],
};
