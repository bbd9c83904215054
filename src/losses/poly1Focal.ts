import { add, log, mul, neg, pow, sub } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * Poly-1 focal loss: focal loss whose leading polynomial coefficient is free.
 *
 * Focal loss is a series in 1 − p_t; its first term decides most of the gradient late in training, and one number tunes it.
 *
 * L(p_t) = α_t [−(1 − p_t)^γ log(p_t) + ε (1 − p_t)^(γ+1)]
 *
 * @param gamma - as in focal loss, ≥ 0, default 2; or one per class
 * @param epsilon - what is added to the first coefficient, default 1; 0 is focal loss, below −1 the loss is no longer decreasing
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(poly1Focal({ gamma: 2, epsilon: 1 }), { reduction: "sum" }).value([0], [1]);   // 0.29828679513998635
 *
 * @see Leng et al.: PolyLoss, 2022, https://arxiv.org/abs/2204.12511
 */
export const poly1Focal = defineLoss(
  "poly1Focal",
  { gamma: { default: 2, least: 0 }, epsilon: 1 },
  ({ pt, gamma, epsilon }) => add(neg(mul(pow(sub(1, pt), gamma), log(pt))), mul(epsilon, pow(sub(1, pt), add(gamma, 1)))),
  { reference: "https://arxiv.org/abs/2204.12511" },
);
