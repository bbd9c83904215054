import { choice, flag, number, whole } from "../../state/index.ts";
import type { State } from "../../state/index.ts";
import { shapes } from "./settings.ts";
import type { Settings } from "./settings.ts";

/** As far as training goes. */
export const STEPS = 20_000;

/** The view: data, loss, and how far the training has come. All of it decides what is seen, and nothing else does. */
export const fields = {
  shape: choice("rings", shapes),
  imbalance: number(100, { least: 1, most: 1000 }),
  overlap: number(0.4, { least: 0, most: 1 }),
  noise: number(0, { least: 0, most: 0.5 }),
  count: whole(2000, { least: 200, most: 10_000 }),
  seed: whole(1, { least: 0, most: 999_999 }),
  gamma: number(2, { least: 0, most: 5 }),
  alpha: number(0.5, { least: 0.01, most: 0.99 }),
  prior: flag(false),
  steps: whole(400, { least: 0, most: STEPS }),
};

export type View = State<typeof fields>;

/** What a worker is told of a view. */
export const settingsOf = ({ shape, imbalance, overlap, noise, count, seed, gamma, alpha, prior }: Readonly<View>): Settings => ({
  data: { shape, imbalance, overlap, noise, count, seed }, loss: { gamma, alpha, prior },
});
