import { criterion } from "../../criterion.ts";
import type { Loss } from "../../losses/loss.ts";
import { cholesky, solve } from "../../train/cholesky.ts";
import { dot } from "../../train/lbfgs.ts";
import type { Minimization } from "../../train/lbfgs.ts";
import type { SqlModel } from "./model.ts";
import { at } from "./triangle.ts";

/** Applies an approximate inverse of the Hessian, in place. */
export type Scale = (v: Float64Array) => void;

/**
 * The inverse Hessian at the start: per logit (h · XᵀX / Σ weights + l2)⁻¹, h the mean curvature of the loss there.
 *
 * Without it columns that lean on each other make L-BFGS crawl for hundreds of passes; with it, tens remain.
 *
 * @param gram - upper triangle of XᵀX / Σ weights, the intercept's ones last
 * @param curvatures - h of each logit
 */
export function startScale(gram: readonly number[], width: number, curvatures: readonly number[], l2: number): Scale {
  return blocks(curvatures.map((h) => factored(gram.map((sum) => h * sum), width, l2)), width);
}

/** LLᵀ of a block whose upper triangle is given, with l2 (the intercept free) and a little more on the diagonal, so that a constant or doubled column does no harm. */
export function factored(upper: readonly number[], width: number, l2: number, damping = 0): Float64Array {
  const full = new Float64Array(width * width);
  let trace = 0;
  for (let a = 0; a < width; a++) {
    for (let b = a; b < width; b++) full[b * width + a] = upper[at(a, b, width)]!;
    trace += full[a * width + a]!;
  }
  const little = Math.max((1e-10 * trace) / width, 1e-14);
  for (let a = 0; a < width; a++) full[a * width + a]! += little + (a < width - 1 ? l2 : 0) + (damping * trace) / width;
  return cholesky(full, width);
}

/** Solves each logit's block. */
export function blocks(factors: readonly Float64Array[], width: number): Scale {
  return (v) => factors.forEach((factor, k) => solve(factor, v.subarray(k * width, (k + 1) * width)));
}

/** The scale, made as large as the last move has shown the inverse Hessian to be: at the start rows are less decided than later. */
export function grown(scale: Scale, { moves, changes }: Minimization): Scale {
  const move = moves.at(-1), change = changes.at(-1);
  if (!move || !change) return scale;
  const scaled = change.slice();
  scale(scaled);
  const factor = dot(move, change) / dot(change, scaled);
  return (v) => {
    scale(v);
    for (let i = 0; i < v.length; i++) v[i]! *= factor;
  };
}

/** Per logit, the mean curvature of the loss where every row has the same logits; what is negative counts as 0. */
export function startCurvatures(loss: Loss, head: SqlModel["head"], intercepts: readonly number[], shares: readonly number[]): number[] {
  const sum = shares.reduce((a, b) => a + b, 0), outputs = intercepts.length;
  const curvatures = new Array<number>(outputs).fill(0);
  shares.forEach((share, label) => {
    const { hessian } = head === "softmax"
      ? criterion(loss, { head: "softmax", classes: outputs, from: "logits", reduction: "sum" }).derivatives(Float64Array.from(intercepts), Int32Array.of(label))
      : criterion(loss, { from: "logits", reduction: "sum", ...(outputs > 1 && { classes: outputs }) }).derivatives(Float64Array.from(intercepts), Float64Array.from(intercepts, (_, k) => (outputs === 1 ? label : Number(k === label))));
    for (let k = 0; k < outputs; k++) curvatures[k]! += (Math.max(hessian[k]!, 0) * share) / sum;
  });
  // What all logits of a softmax have in common changes nothing but the penalty: with one curvature for all they never drift there.
  const common = curvatures.reduce((a, b) => a + b, 0) / outputs;
  return curvatures.map((h) => Math.max(head === "softmax" ? common : h, 1e-6));
}
