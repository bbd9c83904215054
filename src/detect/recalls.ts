import type { CurvePoint } from "../metrics/curve.ts";
import { HIT, MISS } from "./matching.ts";

/**
 * 0, 0.01 … 1, and 0.5, 0.55 … 0.95, rounded as the reference program rounds them: a recall or an overlap that lies just on one of
 * them falls on the same side.
 */
export const RECALLS = Float64Array.from({ length: 101 }, (_, i) => i * 0.01);
export const OVERLAPS = Float64Array.from({ length: 10 }, (_, i) => (i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9)));

/** Detections of a class on all pictures, matched. */
export interface Matched {
  readonly scores: Float64Array;
  /** Where they stand, surest first. */
  readonly order: Int32Array;
  /** HIT, MISS or UNCOUNTED. */
  readonly outcomes: Int8Array;
  /** How many objects there are to find. */
  readonly truths: number;
}

/**
 * Precision at 101 recalls, evenly spaced: at each the highest precision that is had at this recall or a higher one.
 *
 * Their mean is the average precision. Recalls that are not reached have precision 0 and threshold NaN.
 */
export function recallCurve({ scores, order, outcomes, truths }: Matched): CurvePoint[] {
  const hits = new Int32Array(order.length), precisions = new Float64Array(order.length);
  let right = 0, wrong = 0;
  order.forEach((i, k) => {
    if (outcomes[i] === HIT) right++;
    else if (outcomes[i] === MISS) wrong++;
    hits[k] = right;
    precisions[k] = right === 0 ? 0 : right / (right + wrong);
  });
  for (let k = order.length - 2; k >= 0; k--) precisions[k] = Math.max(precisions[k]!, precisions[k + 1]!);
  let at = 0;
  return Array.from(RECALLS, (recall) => {
    while (at < hits.length && hits[at]! / truths < recall) at++;
    return { recall, precision: precisions[at] ?? 0, threshold: at < order.length ? scores[order[at]!]! : NaN };
  });
}

/** The share of objects that were found at all. */
export function reached({ outcomes, truths }: Matched): number {
  return outcomes.reduce((hits, outcome) => hits + (outcome === HIT ? 1 : 0), 0) / truths;
}
