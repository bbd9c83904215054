import { flag, number, whole } from "../../state/index.ts";
import type { State } from "../../state/index.ts";
import type { Settings } from "./settings.ts";

/** The view: what a training depends on, and from which score on a box is drawn. Nothing is trained until the reader says so. */
export const fields = {
  seed: whole(1, { least: 0, most: 999_999 }),
  gamma: number(2, { least: 0, most: 5 }),
  alpha: number(0.25, { least: 0.01, most: 0.99 }),
  prior: flag(true),
  steps: whole(200, { least: 10, most: 1000 }),
  score: number(0.3, { least: 0.05, most: 0.95 }),
};

export type View = State<typeof fields>;

/** What a worker is told of a view. */
export const settingsOf = ({ seed, gamma, alpha, prior, steps }: Readonly<View>): Settings => ({ seed, gamma, alpha, prior, steps });
