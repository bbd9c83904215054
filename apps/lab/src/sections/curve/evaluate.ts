import { criterion, crossEntropy } from "focal-loss";
import type { Loss } from "focal-loss";
import type { CurveKind } from "focal-loss/plot";

/** Which class the example is of: α weighs them differently, and some losses treat them differently altogether. */
export type Side = "positive" | "negative";

export interface Point {
  readonly pt: number;
  /** The margin, log(p_t / (1 − p_t)). */
  readonly logit: number;
  readonly value: number;
}

export const logitOf = (pt: number): number => Math.log(pt / (1 - pt));

/** How far the axis of logits reaches, and how near to 0 and 1 that of probabilities comes. */
export const LOGITS = 8;
const END = 1e-6;

/** Where curves are computed: evenly on the axis they are drawn over. */
export function grid(axis: "probability" | "logit", points = 401): Float64Array {
  return Float64Array.from({ length: points }, (_, i) => {
    const share = i / (points - 1);
    return axis === "logit" ? (2 * share - 1) * LOGITS : logitOf(Math.min(Math.max(share, END), 1 - END));
  });
}

/** Losses of the softmax head alone. */
export const softmaxOnly: readonly string[] = ["asymmetricSingleLabel", "dualFocal"];

/**
 * A loss at margins of its true class, by the library's kernels in float64.
 *
 * `gradient` is −dL/du, how strongly the example pulls its margin up; `factor` what is left of cross-entropy.
 */
export function evaluate(loss: Loss, what: CurveKind, margins: Float64Array, side: Side): Float64Array {
  if (what === "factor") {
    const value = evaluate(loss, "loss", margins, side), reference = evaluate(crossEntropy(), "loss", margins, side);
    return value.map((one, i) => one / reference[i]!);
  }
  // A softmax over two classes has the margin z₁ − z₀.
  const softmax = softmaxOnly.includes(loss.name), label = side === "positive" ? 1 : 0;
  const labels = new Int32Array(margins.length).fill(label);
  if (softmax) {
    const rows = new Float64Array(2 * margins.length);
    margins.forEach((margin, i) => (rows[2 * i + label] = margin));
    const made = criterion(loss, { head: "softmax", classes: 2, reduction: "none" }).derivatives(rows, labels);
    const own = (all: ArrayLike<number>): Float64Array => Float64Array.from(margins, (_, i) => all[2 * i + label]!);
    return what === "loss" ? Float64Array.from(made.value) : what === "gradient" ? own(made.grad).map((slope) => -slope) : own(made.hessian);
  }
  const sign = side === "positive" ? 1 : -1;
  const made = criterion(loss, { reduction: "none" }).derivatives(margins.map((margin) => sign * margin), labels);
  if (what === "loss") return Float64Array.from(made.value);
  return what === "gradient" ? Float64Array.from(made.grad, (slope) => -sign * slope) : Float64Array.from(made.hessian);
}

export function curveOf(loss: Loss, what: CurveKind, margins: Float64Array, side: Side): Point[] {
  const values = evaluate(loss, what, margins, side);
  return Array.from(margins, (logit, i) => ({ pt: 1 / (1 + Math.exp(-logit)), logit, value: values[i]! }));
}
