import { FocalError } from "../errors.ts";
import { div, log, mul, neg, pow, sub } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * Equalized focal loss: every class has its own γ, larger the further its positives lag behind its negatives.
 *
 * One γ cannot suit a frequent class and a rare one. The factor γ_j/γ_b gives back to a strongly focused class the
 * weight that its larger γ takes.
 *
 * L(p_t) = −α_t (γ_j/γ_b) (1 − p_t)^γ_j log(p_t)
 *
 * @param gamma - γ_j, one per class, ≥ 0; {@link equalizedGamma} makes it from the training so far. Default 2: focal loss
 * @param base - γ_b, > 0, default 2
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * const gamma = equalizedGamma([1, 0.5, 0]);                                                     // [2, 6, 10]
 * criterion(equalizedFocal({ gamma }), { classes: 3, reduction: "sum" }).value([0, 0, 0], [0, 1, 0]);   // 0.20916…
 *
 * @see Li et al.: Equalized Focal Loss for Dense Long-Tailed Object Detection, 2022, https://arxiv.org/abs/2201.02593
 */
export const equalizedFocal = defineLoss(
  "equalizedFocal",
  { gamma: { default: 2, least: 0 }, base: { default: 2, above: 0 } },
  ({ pt, alphaT, gamma, base }) => neg(mul(alphaT, div(gamma, base), pow(sub(1, pt), gamma), log(pt))),
  { reference: "https://arxiv.org/abs/2201.02593" },
);

/**
 * γ of each class from the balance of its gradients.
 *
 * γ_j = base + scale · (1 − g_j)
 *
 * @param balance - g_j in [0, 1]: the gradient that class j's positives have given so far, over that of its negatives; more than 1 counts as 1
 * @param options - `base`: γ of a balanced class, > 0, default 2; `scale`: how far γ may rise, ≥ 0, default 8
 * @throws FocalError `argument` for values out of range
 *
 * @example
 * equalizedGamma([1, 0.5, 0]);   // [2, 6, 10]
 */
export function equalizedGamma(balance: ArrayLike<number>, { base = 2, scale = 8 } = {}): number[] {
  if (!(base > 0)) throw new FocalError("argument", `base must be > 0, got ${base}`);
  if (!(scale >= 0)) throw new FocalError("argument", `scale must be ≥ 0, got ${scale}`);
  return Array.from(balance, (g, j) => {
    if (!(g >= 0)) throw new FocalError("argument", `balance[${j}] must be ≥ 0, got ${g}`);
    return base + scale * (1 - Math.min(1, g));
  });
}
