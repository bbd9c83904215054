import { expectKnown } from "../errors.ts";
import { expectWhole } from "./inputs.ts";
import type { Numbers } from "./inputs.ts";
import { rank } from "./ranking.ts";

/** Recall and precision when everything from a score upwards counts as positive. */
export interface CurvePoint {
  readonly recall: number;
  readonly precision: number;
  /** Scores at or above it are called positive. */
  readonly threshold: number;
}

/**
 * The precision–recall curve, thinned for drawing: recall rises along it.
 *
 * Of the thresholds that find the same positives only the most precise is kept, then points are dropped evenly;
 * the first and the last always stay.
 *
 * @param options - `positive`, the label that counts as positive, default 1; `points`, at most so many, ≥ 2, default 200
 * @returns empty when nothing is positive
 * @throws FocalError `argument` for a score or label that is no number, fewer than 2 points or an unknown option, `shape` for unequal lengths
 *
 * @example
 * precisionRecallCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
 * // [{ recall: 0.5, precision: 1, threshold: 0.8 }, { recall: 1, precision: 0.667, threshold: 0.35 }]
 */
export function precisionRecallCurve(scores: Numbers, labels: Numbers, options: { positive?: number; points?: number } = {}): CurvePoint[] {
  expectKnown("precisionRecallCurve", options, ["positive", "points"]);
  const { positive = 1, points = 200 } = options;
  expectWhole("points", points, 2);
  const { thresholds, truePositives, falsePositives, positives } = rank(scores, labels, positive);
  const rises: CurvePoint[] = [];
  for (let i = 0, before = 0; i < thresholds.length; i++) {
    const found = truePositives[i]!;
    if (found === before) continue;
    before = found;
    rises.push({ recall: found / positives, precision: found / (found + falsePositives[i]!), threshold: thresholds[i]! });
  }
  return thin(rises, points);
}

/** Every so many, with both ends. */
function thin<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]!);
}
