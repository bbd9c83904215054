import type { Loss } from "../losses/loss.ts";
import type { Job } from "./job.ts";
import { block, blockLength, program } from "./program.ts";

/** Before a slope by the margin: which way the margin runs with the logit. */
const side = new Float64Array(blockLength);

/**
 * The sigmoid head: every logit is a question of its own, p = σ(x).
 *
 * A hard target gives the margin u = x for a positive and −x for a negative, so that p_t = σ(u), and
 * d/dx = ±d/du. An interpolated target t gives u = |x| and w = |t − [x ≥ 0]|, with the sign of x before the
 * slope; what is a formula of x and t is given them as they are. See `Labels`.
 */
export function sigmoidHead(job: Job<Loss>): number {
  const { logits, targets, weights, losses, grad, hessian, scale } = job;
  const { run, results: [value, slope, curvature] } = program(job.loss, job.labels, job.order, job.curvature);
  const ignored = job.ignoreIndex ?? NaN; // equal to nothing
  let total = 0;
  for (let from = 0; from < logits.length; from += blockLength) {
    const n = Math.min(blockLength, logits.length - from);
    fill(job, from, n);
    run(n);
    for (let j = 0, i = from; j < n; j++, i++) {
      if (targets[i] === ignored) {
        for (const array of [losses, grad, hessian]) if (array) array[i] = 0;
        continue;
      }
      const weight = weights ? weights[i]! : 1, loss = weight * value![j]!;
      total += loss;
      if (losses) losses[i] = loss;
      if (grad) grad[i] = side[j]! * slope![j]! * weight * scale;
      if (hessian) hessian[i] = curvature![j]! * weight * scale;
    }
  }
  return total;
}

/** Makes the block ready for logits from some place on. */
function fill({ logits, targets, labels, classes, inner, perColumn, alpha, offsets }: Job<Loss>, from: number, n: number): void {
  const direct = labels === "score" || labels === "mixture", hard = labels === "hard", offset = offsets[0]!;
  const { u, w, alphaT, alphaRest, k } = block;
  let column = 0, negative = alpha.negative[0]!, positive = alpha.positive[0]!;
  for (let j = 0, i = from; j < n; j++, i++) {
    const t = targets[i]!, x = logits[i]! + offset;
    if (classes > 1) {
      column = Math.floor(i / inner) % classes;
      negative = alpha.negative[column]!;
      positive = alpha.positive[column]!;
    }
    // A product, where a choice would be guessed wrong for every other positive.
    const sign = direct ? 1 : hard ? 2 * t - 1 : x >= 0 ? 1 : -1;
    side[j] = sign;
    u[j] = sign * x;
    w[j] = direct || sign < 0 ? t : 1 - t;
    alphaT[j] = direct ? positive : t * positive + (1 - t) * negative;
    alphaRest[j] = negative;
    k[j] = hard && !perColumn ? t : column;
  }
}
