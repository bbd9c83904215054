import { abs, add, log, mul, neg, pow, sub } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * Quality focal loss: focal loss for targets that say how good, not only whether.
 *
 * A detector's classification target becomes the IoU of its box, anything in [0, 1]. The distance |t − p| takes the place
 * of 1 − p_t, so that the loss is least at p = t, which no other soft reading of focal loss is.
 *
 * QFL(p, t) = −|t − p|^β [(1 − t) log(1 − p) + t log(p)]
 *
 * @param beta - ≥ 0, default 2; 0 is cross-entropy. For targets of 0 and 1 this is focal loss with γ = β
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(qualityFocal(), { reduction: "sum" }).value([1], [0.7]);   // 0.000591574…
 *
 * @see Li et al.: Generalized Focal Loss, 2020, https://arxiv.org/abs/2006.04388
 */
export const qualityFocal = defineLoss(
  "qualityFocal",
  { beta: { default: 2, least: 0 } },
  ({ p, t, beta }) => neg(mul(pow(abs(sub(t, p)), beta), add(mul(sub(1, t), log(sub(1, p))), mul(t, log(p))))),
  { reference: "https://arxiv.org/abs/2006.04388" },
);
