import type { Job } from "./job.ts";
import { scalar } from "./scalar.ts";

/**
 * The sigmoid head: every logit is a question of its own, p = σ(x).
 *
 * A hard target gives the margin u = x for a positive and −x for a negative, so that p_t = σ(u), and
 * d/dx = ±d/du. A soft target t gives u = |x| and w = |t − [x ≥ 0]|, with the sign of x before the slope.
 */
export function sigmoidHead(job: Job): number {
  const { logits, targets, weights, losses, grad, hessian, scale, classes, inner, alpha } = job;
  const run = scalar(job.loss, job.labels, job.order);
  const soft = job.labels === "soft", perColumn = classes > 1;
  const ignored = job.ignoreIndex ?? NaN; // equal to nothing
  const out = new Float64Array(3);
  let total = 0, column = 0, negative = alpha.negative[0]!, positive = alpha.positive[0]!;
  for (let i = 0; i < logits.length; i++) {
    const t = targets[i]!, x = logits[i]!;
    if (t === ignored) {
      for (const array of [losses, grad, hessian]) if (array) array[i] = 0;
      continue;
    }
    if (perColumn) {
      column = Math.floor(i / inner) % classes;
      negative = alpha.negative[column]!;
      positive = alpha.positive[column]!;
    }
    const right = soft ? x >= 0 : t === 1;
    if (soft) run(out, right ? x : -x, right ? 1 - t : t, t * positive + (1 - t) * negative, column);
    else run(out, right ? x : -x, 0, right ? positive : negative, perColumn ? column : t);
    const weight = weights ? weights[i]! : 1;
    const value = weight * out[0]!;
    total += value;
    if (losses) losses[i] = value;
    if (grad) grad[i] = (right ? out[1]! : -out[1]!) * weight * scale;
    if (hessian) hessian[i] = out[2]! * weight * scale;
  }
  return total;
}
