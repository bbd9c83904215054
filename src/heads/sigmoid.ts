import type { Job } from "./job.ts";
import { scalar } from "./scalar.ts";

/**
 * The sigmoid head: every logit is a question of its own, p = σ(x).
 *
 * A hard target gives the margin u = x for a positive and −x for a negative, so that p_t = σ(u), and
 * d/dx = ±d/du. A soft target t gives u = |x| and w = |t − [x ≥ 0]|, with the sign of x before the slope.
 */
export function sigmoidHead(job: Job): number {
  const { logits, targets, weights, ignoreIndex, losses, grad, hessian, scale, classes, inner, alpha } = job;
  const run = scalar(job.loss, job.labels, job.order);
  const soft = job.labels === "soft";
  const perColumn = classes > 1;
  const out = new Float64Array(3);
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const t = targets[i]!;
    if (t === ignoreIndex) {
      for (const array of [losses, grad, hessian]) if (array) array[i] = 0;
      continue;
    }
    const x = logits[i]!;
    const column = perColumn ? Math.floor(i / inner) % classes : 0;
    const alphaT = t * alpha.positive[column]! + (1 - t) * alpha.negative[column]!;
    const right = soft ? x >= 0 : t === 1;
    const u = right ? x : -x;
    run(out, u, soft ? (right ? 1 - t : t) : 0, alphaT, perColumn ? column : t === 1 ? 1 : 0);
    const weight = weights ? weights[i]! : 1;
    const value = weight * out[0]!;
    total += value;
    if (losses) losses[i] = value;
    if (grad) grad[i] = (right ? out[1]! : -out[1]!) * weight * scale;
    if (hessian) hessian[i] = out[2]! * weight * scale;
  }
  return total;
}
