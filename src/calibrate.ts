import { describe, expectKnown, FocalError } from "./errors.ts";
import { checkWeights, expectNumbers } from "./inputs.ts";
import type { Alpha, Parameter } from "./losses/loss.ts";
import { expectRows, expectTable } from "./metrics/inputs.ts";

type Numbers = ArrayLike<number>;

/** Undoes what focal loss and class weights do to probabilities. */
export interface PosteriorRecovery {
  readonly kind: "posterior";
  /** γ of the loss the scores were trained with, or one per class. 0: only the weights are undone. */
  readonly gamma: Parameter;
  /** Its class weights, as the loss took them; absent: none. */
  readonly alpha?: Alpha;
}

/** Softens (temperature > 1) or sharpens (< 1) probabilities without changing which class leads. */
export interface TemperatureScaling {
  readonly kind: "temperature";
  readonly temperature: number;
}

/** One step from scores to probabilities: a plain object that JSON carries. */
export type Calibration = PosteriorRecovery | TemperatureScaling;

/**
 * Puts scores back on the probability scale, step by step.
 *
 * @param probabilities - rows × classes, row-major, each row summing to 1 (two classes: both columns)
 * @param steps - applied in order; first the recovery, then the temperature
 * @returns as many probabilities, rows summing to 1
 * @throws FocalError `argument` for impossible steps, `shape` for incomplete rows
 *
 * @example
 * calibrate([0.3, 0.7], 2, [{ kind: "posterior", gamma: 2 }]);   // Float64Array [0.0936…, 0.9064…]
 */
export function calibrate(probabilities: Numbers, classes: number, steps: readonly Calibration[]): Float64Array {
  if (!Array.isArray(steps)) throw new FocalError("argument", `steps must be an array, like [{ kind: "posterior", gamma: 2 }], got ${describe(steps)}`);
  expectWholeRows(probabilities, classes);
  return steps.reduce<Float64Array>((p, step: Calibration, i) => applyStep(p, classes, step, `steps[${i}]`), Float64Array.from(probabilities));
}

function applyStep(probabilities: Float64Array, classes: number, step: Calibration, name: string): Float64Array {
  const kind: unknown = step?.kind;
  if (kind !== "posterior" && kind !== "temperature") throw new FocalError("argument", `${name}.kind must be "posterior" or "temperature", got ${describe(kind)}`);
  expectKnown(name, step, kind === "temperature" ? ["kind", "temperature"] : ["kind", "gamma", "alpha"]);
  if (step.kind === "temperature") return applyTemperature(probabilities, classes, step.temperature);
  return recoverPosterior(probabilities, classes, { gamma: step.gamma, alpha: step.alpha });
}

/**
 * The class probabilities behind scores that were trained with focal loss.
 *
 * Focal loss is no proper scoring rule: its best score for a class of probability 0.91 is 0.70 (γ = 2). The way back
 * is a formula and needs no data. Setting the derivative of the expected loss Σ_k η_k w_k (1−v_k)^γ (−log v_k) under
 * Σ_k v_k = 1 to zero gives η_k w_k ∝ h(v_k), hence
 *
 *   η_k ∝ h(v_k) / w_k,    h(v) = v / ((1−v)^γ − γ (1−v)^{γ−1} v log v)
 *
 * It is computed from logarithms, with 1−v_k as the sum of the other classes: nothing over- or underflows near 0 and 1.
 *
 * @param probabilities - softmax rows, or σ(x) of a sigmoid with its complement: rows × classes, row-major, each row summing to 1
 * @param options.gamma - of the loss, ≥ 0, or one per class
 * @param options.alpha - its class weights as the loss took them: a number is α for class 1 and 1 − α for class 0 of two;
 *   an array holds one weight per class; a class of weight 0 was never learned and gets probability 0
 * @throws FocalError `argument` for values outside [0, 1], rows that do not sum to 1, γ < 0 or impossible weights, `shape` for incomplete rows
 *
 * @example
 * recoverPosterior([0.3, 0.7], 2, { gamma: 2 });               // Float64Array [0.0936…, 0.9064…]
 * recoverPosterior([0.5, 0.5], 2, { gamma: 0, alpha: 0.25 });  // Float64Array [0.25, 0.75]
 *
 * @see Charoenphakdee, Vongkulbhisal, Chairatanakul, Sugiyama: On Focal Loss for Class-Posterior Probability
 * Estimation, 2020, https://arxiv.org/abs/2011.09172 (without weights)
 */
export function recoverPosterior(probabilities: Numbers, classes: number, options: { gamma: Parameter; alpha?: Alpha | undefined }): Float64Array {
  expectKnown("recoverPosterior", options, ["gamma", "alpha"]);
  const { gamma, alpha } = options;
  expectWholeRows(probabilities, classes);
  const focusing = perClass("gamma", gamma, classes);
  for (const g of focusing) if (!(g >= 0 && g < Infinity)) throw new FocalError("argument", `gamma must be ${g < 0 ? "" : "a finite number "}≥ 0, got ${g}`);
  const logWeights = weightsOf(alpha, classes).map(Math.log);
  const out = new Float64Array(probabilities.length);
  for (let start = 0; start < out.length; start += classes) {
    for (let k = 0; k < classes; k++) {
      const v = probabilities[start + k]!;
      let rest = 0;
      for (let j = 0; j < classes; j++) if (j !== k) rest += probabilities[start + j]!;
      out[start + k] = logWeights[k] === -Infinity ? -Infinity : logRecovered(v, rest, focusing[k]!) - logWeights[k]!;
    }
    normalize(out, start, classes);
  }
  return out;
}

/**
 * Fits the γ of posterior recovery: the one at which validation rows have the least log loss.
 *
 * For scores whose γ is not known, or that early stopping left short of the loss's own optimum. With the γ of the
 * training and enough of it, the fit finds about that γ again, and `recoverPosterior` needs no data at all.
 *
 * @param probabilities - rows × classes of validation rows, each summing to 1
 * @param labels - one class index per row
 * @param options.alpha - the class weights the scores were trained with, if any
 * @returns a step for {@link calibrate}; γ lies in [0, 10], to within 1e-6
 * @throws FocalError `shape` for no rows or unequal lengths, `argument` for values outside [0, 1] and impossible weights
 *
 * @example
 * fitPosterior([0.3, 0.7, 0.7, 0.3], [1, 0], 2);   // { kind: "posterior", gamma: 10 }: both right, so sharpened as far as it goes
 */
export function fitPosterior(probabilities: Numbers, labels: Numbers, classes: number, options: { alpha?: Alpha | undefined } = {}): PosteriorRecovery {
  expectKnown("fitPosterior", options, ["alpha"]);
  const { alpha } = options;
  expectTable(probabilities, labels, classes);
  const cost = (gamma: number): number => {
    const p = recoverPosterior(probabilities, classes, { gamma, alpha });
    let sum = 0;
    for (let i = 0; i < labels.length; i++) sum -= logOf(p[i * classes + labels[i]!]!);
    return sum;
  };
  // The cost has one valley in γ: golden-section search.
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = 0, high = 10;
  while (high - low > 1e-6) {
    const left = high - ratio * (high - low), right = low + ratio * (high - low);
    if (cost(left) <= cost(right)) high = right;
    else low = left;
  }
  return { kind: "posterior", gamma: low < 1e-5 ? 0 : high > 10 - 1e-5 ? 10 : (low + high) / 2, ...(alpha !== undefined && { alpha }) };
}

/** log h(v), given v and 1 − v. */
function logRecovered(v: number, rest: number, gamma: number): number {
  if (v <= 0) return -Number.MAX_VALUE; // still above a class of weight 0, which stands at −Infinity
  const logV = rest < 0.5 ? Math.log1p(-rest) : Math.log(v);
  if (gamma === 0) return logV;
  if (rest <= 0) return Infinity;
  return logV + (1 - gamma) * Math.log(rest) - Math.log(rest - gamma * v * logV);
}

/** Turns logarithms into probabilities that sum to 1. A class at +Infinity, which was certain, takes all. */
function normalize(p: Float64Array, start: number, classes: number): void {
  let top = -Infinity, sum = 0;
  for (let k = start; k < start + classes; k++) top = Math.max(top, p[k]!);
  for (let k = start; k < start + classes; k++) sum += p[k] = p[k] === top ? 1 : Math.exp(p[k]! - top);
  for (let k = start; k < start + classes; k++) p[k]! /= sum;
}

/**
 * Fits the one number of temperature scaling: the temperature at which validation rows have the least log loss.
 *
 * p_k^{1/T}, normalised. It cannot undo class weights, so recover the posterior first. The log loss is convex in 1/T;
 * its derivative is bisected, so the answer is the same every time.
 *
 * @param probabilities - rows × classes of validation rows
 * @param labels - one class index per row
 * @returns a step for {@link calibrate}; the temperature lies in [1/20, 20]
 * @throws FocalError `shape` for no rows or unequal lengths, `argument` for values outside [0, 1]
 *
 * @see Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks, 2017, https://arxiv.org/abs/1706.04599
 */
export function fitTemperature(probabilities: Numbers, labels: Numbers, classes: number): TemperatureScaling {
  expectTable(probabilities, labels, classes);
  const logs = Float64Array.from(probabilities, logOf);
  const row = new Float64Array(classes);
  /** Derivative of the log loss by 1/T. */
  const slope = (sharpness: number): number => {
    let sum = 0;
    for (let i = 0; i < labels.length; i++) {
      for (let k = 0; k < classes; k++) row[k] = sharpness * logs[i * classes + k]!;
      normalize(row, 0, classes);
      for (let k = 0; k < classes; k++) sum += row[k]! * logs[i * classes + k]!;
      sum -= logs[i * classes + labels[i]!]!;
    }
    return sum;
  };
  let low = Math.log(1 / 20), high = Math.log(20);
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return { kind: "temperature", temperature: Math.exp(-(low + high) / 2) };
}

/** p_k^{1/T}, normalised over each row. */
export function applyTemperature(probabilities: Numbers, classes: number, temperature: number): Float64Array {
  if (!(typeof temperature === "number" && temperature > 0 && temperature < Infinity)) throw new FocalError("argument", `temperature must be a finite number > 0, got ${describe(temperature)}`);
  expectRows(probabilities, classes);
  const out = Float64Array.from(probabilities, (p) => logOf(p) / temperature);
  for (let start = 0; start < out.length; start += classes) normalize(out, start, classes);
  return out;
}

/** A float32 probability below 1e-45 has become 0; as a logarithm that is −104, not −Infinity. */
const logOf = (p: number): number => Math.log(Math.max(p, 1e-45));

function weightsOf(alpha: Alpha | undefined, classes: number): readonly number[] {
  if (typeof alpha === "number") {
    if (classes !== 2) throw new FocalError("argument", `alpha must be one weight per class for ${classes} classes, got the number ${alpha}`);
    if (!(alpha >= 0 && alpha <= 1)) throw new FocalError("argument", `alpha must be in [0, 1] (positives weigh alpha, negatives 1 − alpha), got ${alpha}`);
    return [1 - alpha, alpha];
  }
  if (alpha === undefined) return new Array<number>(classes).fill(1);
  const uniform = typeof alpha === "object" && alpha !== null && "uniform" in alpha;
  const weights = perClass("alpha", uniform ? alpha.uniform : alpha as readonly number[], classes);
  checkWeights(weights, "alpha");
  if (!weights.some((weight) => weight > 0)) throw new FocalError("argument", "alpha must hold at least one weight > 0, got none");
  return uniform ? new Array<number>(classes).fill(1) : weights; // the same for all cancels
}

function perClass(name: string, value: Parameter, classes: number): readonly number[] {
  if (typeof value === "number") return new Array<number>(classes).fill(value);
  if (value === undefined || value === null) throw new FocalError("argument", `${name} must be a number or one per class, got ${describe(value)}`);
  expectNumbers(name, value);
  if (value.length !== classes) throw new FocalError("argument", `${name} must have one value per class: expected ${classes}, got ${value.length}`);
  return Array.from(value);
}

/** Rows written with two digits still sum to 1 within half a hundredth per class. */
const ROUNDED = 0.01;

/** Rows of probabilities of which each sums to 1: anything else is not what a softmax, or a sigmoid with its complement, answers. */
function expectWholeRows(probabilities: Numbers, classes: number): void {
  expectRows(probabilities, classes);
  for (let start = 0; start < probabilities.length; start += classes) {
    let sum = 0;
    for (let k = start; k < start + classes; k++) sum += probabilities[k]!;
    if (Math.abs(sum - 1) > ROUNDED * classes) throw new FocalError("argument", `probabilities must sum to 1 in each row, got ${Number(sum.toPrecision(4))} in row ${start / classes}`);
  }
}
