import { div, log, max, mul, neg, pow, sub } from "../expr/expr.ts";
import { batchFamily } from "./batch.ts";

/**
 * Normalised focal loss: focal loss divided by the sum of its own modulating factors.
 *
 * As training goes on every factor (1 − p_t)^γ shrinks, and focal loss with it; divided by their sum it keeps its size.
 * The divisor belongs to the formula: the gradient goes through it.
 *
 * NFL = Σ −α_t (1 − p_t)^γ log(p_t) / Σ (1 − p_t)^γ
 *
 * @param gamma - ≥ 0, default 2; 0 is the mean cross-entropy
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(normalizedFocal({ gamma: 2 })).value([0, 0], [1, 0]);   // 0.6931471805599453
 *
 * @see Sofiiuk, Petrov, Barinova, Konushin: AdaptIS, 2019, https://arxiv.org/abs/1909.07829
 */
export const normalizedFocal = batchFamily(
  "normalizedFocal",
  { gamma: { default: 2, least: 0 } },
  ({ p, t, alphaT, gamma }) => ({
    loss: neg(mul(t, alphaT, pow(sub(1, p), gamma), log(p))),
    factors: mul(t, pow(sub(1, p), gamma)),
  }),
  // Where every factor has underflowed to 0, so has the loss: 0, not 0/0.
  ({ loss, factors }) => div(loss, max(factors, 2 ** -1022)),
  { per: "batch", binary: "both", reference: "https://arxiv.org/abs/1909.07829" },
);
