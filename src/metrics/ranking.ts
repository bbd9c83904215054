import { describe, FocalError } from "../errors.ts";
import { expectNumbers } from "../inputs.ts";
import { expectClasses, expectScored, expectScoreTable } from "./inputs.ts";
import type { Numbers } from "./inputs.ts";

/** What a threshold would find, for every distinct score from the highest down. */
export interface Ranking {
  readonly thresholds: Float64Array;
  /** Positives scored at or above the threshold, and negatives. */
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Ranks examples by score. Equal scores form one step, since no threshold can part them.
 *
 * Positives and negatives are sorted apart, as numbers: several times faster than sorting indices.
 */
export function rank(scores: Numbers, labels: Numbers, positive = 1): Ranking {
  expectScored(scores, labels);
  if (typeof positive !== "number") throw new FocalError("argument", `positive must be a label, a number, got ${describe(positive)}`);
  let positives = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === positive) positives++;
  const negatives = labels.length - positives;
  const right = new Float64Array(positives), wrong = new Float64Array(negatives);
  for (let i = 0, r = 0, w = 0; i < labels.length; i++) {
    if (labels[i] === positive) right[r++] = scores[i]!;
    else wrong[w++] = scores[i]!;
  }
  right.sort();
  wrong.sort();
  const thresholds = new Float64Array(labels.length), truePositives = new Float64Array(labels.length), falsePositives = new Float64Array(labels.length);
  let steps = 0;
  for (let r = positives, w = negatives; r > 0 || w > 0; steps++) {
    const threshold = Math.max(r > 0 ? right[r - 1]! : -Infinity, w > 0 ? wrong[w - 1]! : -Infinity);
    while (r > 0 && right[r - 1]! >= threshold) r--;
    while (w > 0 && wrong[w - 1]! >= threshold) w--;
    thresholds[steps] = threshold;
    truePositives[steps] = positives - r;
    falsePositives[steps] = negatives - w;
  }
  return {
    thresholds: thresholds.subarray(0, steps), truePositives: truePositives.subarray(0, steps), falsePositives: falsePositives.subarray(0, steps),
    positives, negatives,
  };
}

/**
 * Average precision: the area under the precision–recall curve, by steps.
 *
 * Unlike ROC-AUC it does not flatter a model that drowns a few positives in many false alarms.
 *
 * AP = Σ_n (R_n − R_{n−1}) P_n, over the distinct scores from the highest down (no interpolation, ties in one step)
 *
 * @param scores - higher means more likely positive; any scale, ±Infinity allowed
 * @param labels - one per score
 * @param positive - the label that counts as positive; every other is negative. Default 1
 * @returns between 0 and 1; a ranking at random reaches the share of positives. 0 when nothing is positive
 * @throws FocalError `argument` for a score or label that is no number, `shape` for unequal lengths
 *
 * @example
 * averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);   // 0.8333333333333333
 */
export function averagePrecision(scores: Numbers, labels: Numbers, positive = 1): number {
  const { truePositives, falsePositives, positives } = rank(scores, labels, positive);
  if (positives === 0) return 0;
  let sum = 0;
  for (let i = 0, before = 0; i < truePositives.length; i++) {
    const found = truePositives[i]!;
    sum += (found - before) * (found / (found + falsePositives[i]!));
    before = found;
  }
  return sum / positives;
}

/**
 * Area under the ROC curve: the chance that a positive scores higher than a negative, a tie counting half.
 *
 * @param scores - higher means more likely positive; any scale
 * @param labels - one per score
 * @param positive - the label that counts as positive. Default 1
 * @returns between 0 and 1. 0.5 when there is no positive or no negative: nothing can be told apart
 * @throws FocalError `argument` for a score or label that is no number, `shape` for unequal lengths
 *
 * @example
 * rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);   // 0.75
 */
export function rocAuc(scores: Numbers, labels: Numbers, positive = 1): number {
  const { truePositives, falsePositives, positives, negatives } = rank(scores, labels, positive);
  if (positives === 0 || negatives === 0) return 0.5;
  let area = 0;
  for (let i = 0, right = 0, wrong = 0; i < truePositives.length; i++) {
    area += (falsePositives[i]! - wrong) * (right + truePositives[i]!) / 2;
    right = truePositives[i]!;
    wrong = falsePositives[i]!;
  }
  return area / positives / negatives;
}

/**
 * {@link averagePrecision} of each class against the rest, averaged with equal weight.
 *
 * Classes without an example are left out of the mean.
 *
 * @param probabilities - rows × classes, row-major
 * @param labels - one class index per row
 */
export function macroAveragePrecision(probabilities: Numbers, labels: Numbers, classes: number): number {
  return oneVersusRest(averagePrecision, probabilities, labels, classes);
}

/** {@link rocAuc} of each class against the rest, averaged with equal weight over the classes that occur. */
export function macroRocAuc(probabilities: Numbers, labels: Numbers, classes: number): number {
  return oneVersusRest(rocAuc, probabilities, labels, classes);
}

function oneVersusRest(score: typeof rocAuc, probabilities: Numbers, labels: Numbers, classes: number): number {
  expectScoreTable(probabilities, labels, classes);
  let sum = 0;
  const seen = new Set(Array.from(labels));
  for (const k of seen) sum += score(column(probabilities, classes, k), labels, k);
  return sum / seen.size;
}

/**
 * The scores of one class: a column of a row-major table.
 *
 * @param k - the class, from 0 to `classes` − 1
 * @throws FocalError `argument` for a class that is not there, `shape` for incomplete rows
 *
 * @example
 * column([0.9, 0.1, 0.3, 0.7], 2, 1);   // Float64Array [0.1, 0.7]
 */
export function column(probabilities: Numbers, classes: number, k: number): Float64Array {
  expectClasses(classes);
  expectNumbers("probabilities", probabilities);
  if (!(Number.isInteger(k) && k >= 0 && k < classes)) throw new FocalError("argument", `the column must be a class from 0 to ${classes - 1}, got ${describe(k)}`);
  if (probabilities.length % classes !== 0) throw new FocalError("shape", `probabilities must come in rows of ${classes}, got ${probabilities.length} values`);
  const out = new Float64Array(probabilities.length / classes);
  for (let i = 0; i < out.length; i++) out[i] = probabilities[i * classes + k]!;
  return out;
}
