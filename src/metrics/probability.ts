import { expectTable, expectWhole } from "./inputs.ts";
import type { Numbers } from "./inputs.ts";

/** A probability of exactly 0 counts as this, so that one such row costs 36 and not infinity. */
const least = 2 ** -52;

/**
 * Log loss: the mean of −log p of the true class. The lower the better; it rewards honest probabilities.
 *
 * @param probabilities - rows × classes, row-major (two classes: both columns); 0 counts as 2⁻⁵²
 * @param labels - one class index per row
 * @throws FocalError `argument`, `shape` or `label`
 *
 * @example
 * logLoss([0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65], [1, 0, 0, 1], 2);   // 0.21616187468057912
 */
export function logLoss(probabilities: Numbers, labels: Numbers, classes: number): number {
  expectTable(probabilities, labels, classes);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum -= Math.log(Math.max(least, probabilities[i * classes + labels[i]!]!));
  return sum / labels.length;
}

/**
 * Brier score: the mean squared distance of the probabilities from what happened. The lower the better.
 *
 * Two classes: mean (p − y)² of the positive, as Brier's readers know it. More: Σ_k (p_k − y_k)², twice that for two.
 *
 * @param probabilities - rows × classes, row-major (two classes: both columns)
 *
 * @example
 * brier([0.9, 0.1, 0.1, 0.9, 0.2, 0.8, 0.7, 0.3], [0, 1, 1, 0], 2);   // 0.0375
 */
export function brier(probabilities: Numbers, labels: Numbers, classes: number): number {
  expectTable(probabilities, labels, classes);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    if (classes === 2) sum += (probabilities[2 * i + 1]! - labels[i]!) ** 2;
    else for (let k = 0; k < classes; k++) sum += (probabilities[i * classes + k]! - (labels[i] === k ? 1 : 0)) ** 2;
  }
  return sum / labels.length;
}

/** Predictions of like confidence, and how often they came true. */
export interface ReliabilityBin {
  /** Mean predicted probability in the bin. */
  readonly predicted: number;
  /** How often it came true. */
  readonly observed: number;
  readonly count: number;
}

/**
 * Predicted against observed frequency, in bins of equal width; empty bins are left out.
 *
 * Two classes: the probability of class 1 and how often it was. More: the highest probability of each row and
 * how often that class was right (top-label confidence).
 *
 * @param bins - how many, ≥ 1, default 15; bin b holds b/bins < p ≤ (b+1)/bins, and p = 0 is in the first
 */
export function reliability(probabilities: Numbers, labels: Numbers, classes: number, bins = 15): ReliabilityBin[] {
  expectTable(probabilities, labels, classes);
  expectWhole("bins", bins, 1);
  const predicted = new Float64Array(bins), observed = new Float64Array(bins), count = new Float64Array(bins);
  for (let i = 0; i < labels.length; i++) {
    let top = classes === 2 ? 1 : 0;
    if (classes > 2) for (let k = 1; k < classes; k++) if (probabilities[i * classes + k]! > probabilities[i * classes + top]!) top = k;
    const p = probabilities[i * classes + top]!;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1));
    predicted[bin]! += p;
    observed[bin]! += labels[i] === top ? 1 : 0;
    count[bin]!++;
  }
  return Array.from(count, (n, b) => ({ predicted: predicted[b]! / n, observed: observed[b]! / n, count: n })).filter(({ count: n }) => n > 0);
}

/**
 * Expected calibration error: how far predicted and observed frequency stand apart, weighted by bin size.
 *
 * ECE = Σ_b n_b/n · |observed_b − predicted_b|, over the bins of {@link reliability}
 *
 * @param bins - default 15
 *
 * @see Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks, 2017, https://arxiv.org/abs/1706.04599
 */
export function expectedCalibrationError(probabilities: Numbers, labels: Numbers, classes: number, bins = 15): number {
  return reliability(probabilities, labels, classes, bins).reduce((sum, bin) => sum + (bin.count / labels.length) * Math.abs(bin.observed - bin.predicted), 0);
}
