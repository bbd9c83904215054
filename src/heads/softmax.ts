import type { Job } from "./job.ts";
import { scalar } from "./scalar.ts";

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
export function softmaxHead(job: Job): number {
  const { logits, targets, weights, ignoreIndex, losses, grad, hessian, scale, classes, inner, alpha } = job;
  const run = scalar(job.loss, "hard", job.order);
  const out = new Float64Array(3);
  const others = othersOf(classes);
  let total = 0;
  for (let row = 0; row < targets.length; row++) {
    const label = targets[row]!;
    const start = Math.floor(row / inner) * inner * classes + (row % inner);
    if (label === ignoreIndex) {
      if (losses) losses[row] = 0;
      for (const array of [grad, hessian]) for (let j = 0; array && j < classes; j++) array[start + j * inner] = 0;
      continue;
    }
    run(out, marginOf(logits, start, inner, label, others), 0, alpha.positive[label]!, label);
    const weight = weights ? weights[row]! : 1;
    const value = weight * out[0]!;
    total += value;
    if (losses) losses[row] = value;
    if (!grad) continue;
    const slope = out[1]! * weight * scale, curvature = out[2]! * weight * scale;
    for (let j = 0; j < classes; j++) {
      const at = start + j * inner, r = others.share[j]!;
      grad[at] = j === label ? slope : -slope * r;
      if (hessian) hessian[at] = j === label ? curvature : curvature * r * r - slope * r * others.complement[j]!;
    }
  }
  return total;
}

/** The others of one example: r_j and 1 − r_j for each class but the label. */
interface Others {
  readonly share: Float64Array;
  readonly complement: Float64Array;
}

/** Room for the others of one example after another. */
export const othersOf = (classes: number): Others => ({ share: new Float64Array(classes), complement: new Float64Array(classes) });

/** The label's margin. The sum of powers leaves out the greatest, which is 1, so that a lone rival keeps its digits. */
export function marginOf(logits: ArrayLike<number>, start: number, stride: number, label: number, { share, complement }: Others): number {
  let top = label === 0 ? 1 : 0;
  for (let j = top + 1; j < share.length; j++) if (j !== label && logits[start + j * stride]! > logits[start + top * stride]!) top = j;
  const greatest = logits[start + top * stride]!;
  let rest = 0;
  for (let j = 0; j < share.length; j++) {
    share[j] = j === label ? 0 : Math.exp(logits[start + j * stride]! - greatest);
    if (j !== top) rest += share[j]!;
  }
  const sum = 1 + rest;
  for (let j = 0; j < share.length; j++) {
    complement[j] = (j === top ? rest : sum - share[j]!) / sum;
    share[j]! /= sum;
  }
  return logits[start + label * stride]! - greatest - Math.log1p(rest);
}
