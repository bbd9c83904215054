import { log, mul, neg, pow, select, sub } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * Gaussian (penalty-reduced) focal loss: for heat maps whose targets fall off around each object's centre.
 *
 * Only the centre itself, t = 1, is a positive; a pixel near it is a negative that is hardly blamed, by (1 − t)^β.
 * Detectors divide by the number of centres: `normalizer`.
 *
 * L(p, t) = −(1 − p)^γ log(p) where t = 1,  −(1 − t)^β p^γ log(1 − p) elsewhere
 *
 * @param gamma - focus, ≥ 0, default 2 (the papers' α)
 * @param beta - how fast blame is reduced towards a centre, ≥ 0, default 4
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(gaussianFocal(), { reduction: "none" }).value([0, 0], [1, 0.5]);   // [0.1732…, 0.0108…]
 *
 * @see Law, Deng: CornerNet, 2018, https://arxiv.org/abs/1808.01244; Zhou, Wang, Krähenbühl: Objects as Points, 2019, https://arxiv.org/abs/1904.07850
 */
export const gaussianFocal = defineLoss(
  "gaussianFocal",
  { gamma: { default: 2, least: 0 }, beta: { default: 4, least: 0 } },
  ({ p, t, gamma, beta }) => neg(select(
    sub(t, 1),
    mul(pow(sub(1, p), gamma), log(p)),
    mul(pow(sub(1, t), beta), pow(p, gamma), log(sub(1, p))),
  )),
  { reference: "https://arxiv.org/abs/1808.01244" },
);
