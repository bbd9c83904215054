import { choice, flag, number, sectionState, whole } from "../../state/index.ts";
import { GOALS } from "./examine.ts";
import { EXAMPLES } from "./examples.ts";

/** What makes the view. Which file a reader chose, and what stands in it, is never part of it. */
export const fields = {
  example: choice("detector", [...EXAMPLES, "none"]),
  gamma: number(2, { least: 0, most: 5 }),
  weighted: flag(false),
  alpha: number(0.25, { least: 0, most: 1 }),
  share: choice("gradient", ["gradient", "loss"]),
  goal: choice("f1", GOALS),
  trained: number(0, { least: 0, most: 5 }),
  model: choice("network", ["linear", "network"]),
  seed: whole(1, { least: 0, most: 999_999 }),
};
export const state = sectionState("data", fields);
