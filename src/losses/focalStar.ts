import { add, div, log, mul, neg, sigmoid } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * FL*, the alternate focal loss of the paper's appendix: cross-entropy of a steeper, shifted sigmoid.
 *
 * It has the effect of focal loss without the modulating factor, and is convex in the logit.
 *
 * FL*(x_t) = −α_t log(σ(γ x_t + β)) / γ, x_t the logit for a positive, minus the logit for a negative
 *
 * @param gamma - steepness, > 0; default 2, the paper's
 * @param beta - shift; default 1, the paper's with γ = 2 (0 goes with γ = 4)
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(focalStar({ gamma: 2, beta: 1 }), { reduction: "sum" }).value([0], [1]);   // 0.15663084375911…
 *
 * @see Lin et al., appendix A, https://arxiv.org/abs/1708.02002
 */
export const focalStar = defineLoss(
  "focalStar",
  { gamma: { default: 2, above: 0 }, beta: 1 },
  ({ xt, alphaT, gamma, beta }) => neg(mul(alphaT, div(log(sigmoid(add(mul(gamma, xt), beta))), gamma))),
  { reference: "https://arxiv.org/abs/1708.02002" },
);
