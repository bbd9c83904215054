import { div, log, mul, neg, pow, select, sub } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

const parameters = { gamma: { default: 2, least: 0 }, threshold: { default: 0.5, above: 0, most: 1 } } as const;
const about = { reference: "https://arxiv.org/abs/1903.01347" };

/** −α_t f(p_t) log(p_t), with f = 1 below the threshold and a power from there on. */
const reduced = (pt: Expr, alphaT: Expr, threshold: Expr, power: Expr): Expr =>
  neg(mul(alphaT, select(sub(pt, threshold), power, 1), log(pt)));

/**
 * Reduced focal loss: hard examples keep the whole of their cross-entropy, only easy ones are turned down.
 *
 * L(p_t) = −α_t f(p_t) log(p_t),  f = 1 where p_t < th,  ((1 − p_t)/th)^γ from there on
 *
 * The factor jumps at p_t = th unless th = 0.5; {@link reducedFocalContinuous} divides by 1 − th, so that it never does.
 *
 * @param gamma - ≥ 0, default 2; or one per class
 * @param threshold - th, in (0, 1], default 0.5
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(reducedFocal({ gamma: 2 }), { reduction: "sum" }).value([Math.log(3)], [1]);   // 0.0719205181129452 (p_t = ¾)
 *
 * @see Sergievskiy, Ponamarev: Reduced Focal Loss, 2019, https://arxiv.org/abs/1903.01347
 */
export const reducedFocal = defineLoss(
  "reducedFocal", parameters,
  ({ pt, alphaT, gamma, threshold }) => reduced(pt, alphaT, threshold, pow(div(sub(1, pt), threshold), gamma)), about,
);

/**
 * Reduced focal loss without a jump.
 *
 * L(p_t) = −α_t f(p_t) log(p_t),  f = 1 where p_t < th,  ((1 − p_t)/(1 − th))^γ from there on
 *
 * @param gamma - ≥ 0, default 2; or one per class
 * @param threshold - th, in (0, 1), default 0.5, where both forms are the same
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(reducedFocalContinuous({ gamma: 2, threshold: 0.2 }), { reduction: "sum" }).value([0], [1]);   // 0.2707606174062286
 *
 * @see https://arxiv.org/abs/1903.01347, with the divisor that several libraries use
 */
export const reducedFocalContinuous = defineLoss(
  "reducedFocalContinuous", { ...parameters, threshold: { default: 0.5, above: 0, most: 0.999 } },
  ({ pt, alphaT, gamma, threshold }) => reduced(pt, alphaT, threshold, pow(div(sub(1, pt), sub(1, threshold)), gamma)), about,
);
