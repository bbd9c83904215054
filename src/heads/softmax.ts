import type { Loss } from "../losses/loss.ts";
import { clearRow, rowStart } from "./job.ts";
import type { Job } from "./job.ts";
import { block, program } from "./program.ts";

/**
 * The softmax head: the logits of one example compete, p = softmax(z).
 *
 * The margin of label y is u = z_y − logsumexp_{j≠y} z_j, for which softmax's p_y is σ(u): the same
 * formulas serve both heads. With r_j the softmax of the others (j ≠ y),
 *
 *   dL/dz_y = f′(u)        dL/dz_j = −f′(u) r_j
 *   d²L/dz_y² = f″(u)      d²L/dz_j² = f″(u) r_j² − f′(u) r_j (1 − r_j)
 *
 * No difference 1 − p_y is ever taken, so an example that is almost certain keeps its digits.
 */
export function softmaxHead(job: Job<Loss>): number {
  const { logits, targets, weights, ignoreIndex, losses, grad, hessian, scale, classes, inner, alpha, offsets } = job;
  const { run, results: [loss, firstByMargin, secondByMargin] } = program(job.loss, "hard", job.order, job.curvature);
  const others = othersOf(classes);
  let total = 0;
  for (let row = 0; row < targets.length; row++) {
    const label = targets[row]!;
    const start = rowStart(row, classes, inner);
    if (label === ignoreIndex) {
      clearRow(job, row);
      continue;
    }
    block.u[0] = marginOf(logits, start, inner, offsets, label, others);
    block.alphaT[0] = alpha.positive[label]!;
    block.k[0] = label;
    run(1);
    const weight = weights ? weights[row]! : 1;
    const value = weight * loss![0]!;
    total += value;
    if (losses) losses[row] = value;
    if (!grad) continue;
    const slope = firstByMargin![0]! * weight * scale, curvature = job.order > 1 ? secondByMargin![0]! * weight * scale : 0;
    for (let j = 0; j < classes; j++) {
      const at = start + j * inner, r = others.share[j]!;
      grad[at] = j === label ? slope : -slope * r;
      if (hessian) hessian[at] = j === label ? curvature : curvature * r * r - slope * r * others.complement[j]!;
    }
  }
  return total;
}

/** The others of one example: r_j and 1 − r_j for each class but the label. */
export interface Others {
  readonly share: Float64Array;
  readonly complement: Float64Array;
}

/** Room for the others of one example after another. */
export const othersOf = (classes: number): Others => ({ share: new Float64Array(classes), complement: new Float64Array(classes) });

/**
 * The margin of one label of a row, whose logits stand `stride` apart, each with its offset added. The sum of powers
 * leaves out the greatest, which is 1, so that a lone rival keeps its digits.
 */
export function marginOf(logits: ArrayLike<number>, start: number, stride: number, offsets: Float64Array, label: number, { share, complement }: Others): number {
  const logit = (j: number): number => logits[start + j * stride]! + offsets[j]!;
  let top = label === 0 ? 1 : 0, greatest = logit(top);
  for (let j = top + 1; j < share.length; j++) {
    if (j === label || !(logit(j) > greatest)) continue;
    top = j;
    greatest = logit(j);
  }
  let rest = 0;
  for (let j = 0; j < share.length; j++) {
    share[j] = j === label ? 0 : Math.exp(logit(j) - greatest);
    if (j !== top) rest += share[j]!;
  }
  const sum = 1 + rest;
  for (let j = 0; j < share.length; j++) {
    complement[j] = (j === top ? rest : sum - share[j]!) / sum;
    share[j]! /= sum;
  }
  return logit(label) - greatest - Math.log1p(rest);
}
