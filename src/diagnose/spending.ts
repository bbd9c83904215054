import { criterion } from "../criterion.ts";
import { focal } from "../losses/focal.ts";
import type { Examples } from "./examples.ts";
import { share, sum } from "./tally.ts";

/** p_t from which an example is easy. */
export const EASY = 0.9;
const EASY_MARGIN = Math.log(EASY / (1 - EASY));

/** Where focal loss without weights spends its gradient, for one γ. */
export interface Spending {
  readonly gamma: number;
  /** Gradient of each class. */
  readonly gradient: Float64Array;
  /** Share of all of it that the easy examples of the background make. */
  readonly easyBackground: number;
}

export function spendingAt(gamma: number, { labels, margins, classes }: Examples, background: ReadonlySet<number>): Spending {
  const { grad } = criterion(focal({ gamma }), { reduction: "none", from: "logits" }).valueAndGrad(margins, new Uint8Array(margins.length).fill(1));
  const gradient = new Float64Array(classes), easy = new Float64Array(classes);
  labels.forEach((label, i) => {
    gradient[label]! -= grad[i]!; // by the margin, every loss falls
    if (margins[i]! >= EASY_MARGIN) easy[label]! -= grad[i]!;
  });
  return { gamma, gradient, easyBackground: share(sum(easy.filter((_, k) => background.has(k))), sum(gradient)) };
}
