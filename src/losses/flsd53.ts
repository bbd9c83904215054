import { log, mul, neg, pow, select, sub } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * Focal loss with γ by confidence, FLSD-53: more focus on what is badly wrong.
 *
 * Found to leave networks better calibrated than one γ for all. The choice of γ is a step; nothing is differentiated through it.
 *
 * L(p_t) = −α_t (1 − p_t)^γ log(p_t),  γ = hard where p_t < threshold, easy from there on
 *
 * @param hard - γ of examples below the threshold, ≥ 0, default 5
 * @param easy - γ of the others, ≥ 0, default 3
 * @param threshold - in (0, 1), default 0.2
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(flsd53(), { reduction: "none" }).value([0, -2], [1, 1]);   // [0.0866…, 1.1275…]
 *
 * @see Mukhoti et al.: Calibrating Deep Neural Networks using Focal Loss, 2020, https://arxiv.org/abs/2002.09437
 */
export const flsd53 = defineLoss(
  "flsd53",
  { hard: { default: 5, least: 0 }, easy: { default: 3, least: 0 }, threshold: { default: 0.2, above: 0, most: 1 } },
  ({ pt, alphaT, hard, easy, threshold }) =>
    neg(mul(alphaT, select(sub(pt, threshold), pow(sub(1, pt), easy), pow(sub(1, pt), hard)), log(pt))),
  { reference: "https://arxiv.org/abs/2002.09437" },
);
