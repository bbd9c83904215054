import type { Loss } from "../losses/loss.ts";
import type { Job } from "./job.ts";
import { scalar } from "./scalar.ts";

/**
 * The sigmoid head: every logit is a question of its own, p = σ(x).
 *
 * A hard target gives the margin u = x for a positive and −x for a negative, so that p_t = σ(u), and
 * d/dx = ±d/du. An interpolated target t gives u = |x| and w = |t − [x ≥ 0]|, with the sign of x before the
 * slope; what is a formula of x and t is given them as they are. See `Labels`.
 */
export function sigmoidHead(job: Job<Loss>): number {
  const { logits, targets, weights, losses, grad, hessian, scale, classes, perColumn, inner, alpha, labels } = job;
  const run = scalar(job.loss, labels, job.order, job.curvature);
  const direct = labels === "score" || labels === "mixture", hard = labels === "hard";
  const ignored = job.ignoreIndex ?? NaN; // equal to nothing
  const offset = job.offsets[0]!;
  const out = new Float64Array(3);
  let total = 0, column = 0, negative = alpha.negative[0]!, positive = alpha.positive[0]!;
  for (let i = 0; i < logits.length; i++) {
    const t = targets[i]!, x = logits[i]! + offset;
    if (t === ignored) {
      for (const array of [losses, grad, hessian]) if (array) array[i] = 0;
      continue;
    }
    if (classes > 1) {
      column = Math.floor(i / inner) % classes;
      negative = alpha.negative[column]!;
      positive = alpha.positive[column]!;
    }
    const right = direct || (hard ? t === 1 : x >= 0);
    if (direct) run(out, x, t, positive, negative, column);
    else if (hard) run(out, right ? x : -x, 0, right ? positive : negative, 0, perColumn ? column : t);
    else run(out, right ? x : -x, right ? 1 - t : t, t * positive + (1 - t) * negative, 0, column);
    const weight = weights ? weights[i]! : 1;
    const value = weight * out[0]!;
    total += value;
    if (losses) losses[i] = value;
    if (grad) grad[i] = (right ? out[1]! : -out[1]!) * weight * scale;
    if (hessian) hessian[i] = out[2]! * weight * scale;
  }
  return total;
}
