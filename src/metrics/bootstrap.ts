import { describe, expectKnown, FocalError } from "../errors.ts";
import { expectNumbers } from "../inputs.ts";
import { stream } from "../random.ts";
import type { Numbers } from "./inputs.ts";

/** How often `bootstrap` draws, and how wide its interval is. */
export interface BootstrapOptions {
  /** How many resamples, default 1000. Ends of an interval need many: of 1000, the lowest 25 lie below the 95 % interval. */
  readonly samples?: number;
  /** The share of resamples inside the interval, in (0, 1); default 0.95. */
  readonly level?: number;
  /** Another seed, other resamples; default 0. */
  readonly seed?: number;
  /** Draw each class's rows among themselves, so that every resample has as many of each; default true. */
  readonly stratified?: boolean;
}

/** An estimate and the interval around it. */
export interface Interval {
  /** The metric on the rows as they are. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A confidence interval for any metric: how far it would move on other rows like these.
 *
 * Rows are drawn with replacement, as many as there are, and the metric taken of each such resample; the interval holds
 * the middle of its values (percentile bootstrap). It tells the chance in these rows, not that of training again.
 *
 * @param metric - of scores or probabilities and labels, e.g. {@link averagePrecision}; both arrays are used again for the next resample
 * @param scores - rows × columns, row-major, as many columns as the metric takes; e.g. of two models, for the interval of a difference
 * @param labels - one per row
 * @returns the same numbers every time; low ≤ high, and value mostly between them
 * @throws FocalError `shape` for unequal lengths, `argument` for impossible options and for a metric that answers NaN
 *
 * @example
 * const scores = [0.1, 0.4, 0.35, 0.8, 0.3, 0.7], labels = [0, 0, 1, 1, 0, 1];
 * bootstrap(rocAuc, scores, labels);   // { value: 0.8888888888888888, low: 0.5555555555555556, high: 1 }
 *
 * @see Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13
 */
export function bootstrap(
  metric: (scores: Float64Array, labels: Float64Array) => number, scores: Numbers, labels: Numbers, options: BootstrapOptions = {},
): Interval {
  expectKnown("bootstrap", options, ["samples", "level", "seed", "stratified"]);
  const { samples = 1000, level = 0.95, seed = 0, stratified = true } = options;
  if (typeof metric !== "function") throw new FocalError("argument", `metric must be a function of scores and labels, like averagePrecision, got ${describe(metric)}`);
  expectNumbers("scores", scores);
  expectNumbers("labels", labels);
  const rows = labels.length, columns = scores.length / rows;
  if (rows === 0) throw new FocalError("shape", "labels must hold at least one value, got none");
  if (!(Number.isInteger(columns) && columns >= 1)) throw new FocalError("shape", `scores must have the same number of columns for each of ${rows} labels, got ${scores.length} values`);
  if (!(Number.isInteger(samples) && samples >= 1)) throw new FocalError("argument", `samples must be a whole number ≥ 1, got ${String(samples)}`);
  if (!(level > 0 && level < 1)) throw new FocalError("argument", `level must be in (0, 1), got ${String(level)}`);
  const measure = (s: Float64Array, y: Float64Array): number => {
    const value = metric(s, y);
    if (typeof value !== "number" || Number.isNaN(value)) throw new FocalError("argument", `metric must return a number for every resample, got ${String(value)}`);
    return value;
  };
  const value = measure(Float64Array.from(scores), Float64Array.from(labels));
  const groups = stratified ? rowsByLabel(labels) : [Uint32Array.from({ length: rows }, (_, row) => row)];
  const random = stream(seed, "bootstrap");
  const drawnScores = new Float64Array(scores.length), drawnLabels = new Float64Array(rows);
  const values = Float64Array.from({ length: samples }, () => {
    let to = 0;
    for (const group of groups) {
      for (let n = 0; n < group.length; n++, to++) {
        const from = group[Math.floor(random() * group.length)]!;
        drawnLabels[to] = labels[from]!;
        for (let c = 0; c < columns; c++) drawnScores[to * columns + c] = scores[from * columns + c]!;
      }
    }
    return measure(drawnScores, drawnLabels);
  }).sort();
  return { value, low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2) };
}

function rowsByLabel(labels: Numbers): Uint32Array[] {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const group = groups.get(labels[row]!);
    if (group) group.push(row);
    else groups.set(labels[row]!, [row]);
  }
  return Array.from(groups.values(), (group) => Uint32Array.from(group));
}

/** Between the two nearest of sorted values, in proportion. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1), below = Math.floor(at), above = Math.ceil(at);
  return below === above ? sorted[below]! : sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}
