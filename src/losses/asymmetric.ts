import { add, log, max, mul, neg, pow, select, sub } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * Asymmetric loss for multi-label classification: negatives are focused more than positives, and easy ones dropped.
 *
 * Of hundreds of labels an image has a few; its many negatives need a stronger γ than its few positives, and a negative
 * whose probability is below the shift gives no gradient at all, which also spares mislabelled ones.
 *
 * L(p, t) = −[t (1 − p)^γ₊ log(p) + (1 − t) p_m^γ₋ log(1 − p_m)],  p_m = max(p − m, 0)
 *
 * @param gammaPos - γ₊ of positives, ≥ 0, default 1
 * @param gammaNeg - γ₋ of negatives, ≥ 0, default 4
 * @param shift - m, in [0, 1), default 0.05
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(asymmetric(), { reduction: "none" }).value([0, 0, -4], [1, 0, 0]);   // [0.3465…, 0.0245…, 0]
 *
 * @see Ben-Baruch et al.: Asymmetric Loss For Multi-Label Classification, 2020, https://arxiv.org/abs/2009.14119
 */
export const asymmetric = defineLoss(
  "asymmetric",
  { gammaPos: { default: 1, least: 0 }, gammaNeg: { default: 4, least: 0 }, shift: { default: 0.05, least: 0, most: 0.999 } },
  ({ p, t, gammaPos, gammaNeg, shift }) => {
    const pm = max(sub(p, shift), 0);
    return neg(add(
      mul(t, pow(sub(1, p), gammaPos), log(p)),
      mul(sub(1, t), pow(pm, gammaNeg), log(sub(1, pm))),
    ));
  },
  { reference: "https://arxiv.org/abs/2009.14119" },
);

/**
 * Asymmetric loss for one label among many: focal for the label's class, and a focus of its own for the others, which
 * count by what label smoothing gives them (the paper smooths by 0.1; set `smoothing: 0.1` on the criterion).
 *
 * L = −Σ_k α_k t_k w_k log(p_k),  w = (1 − p_k)^γ₊ for the label's class, p_k^γ₋ for the others
 *
 * @param gammaPos - γ₊ of the label's class, ≥ 0, default 0
 * @param gammaNeg - γ₋ of the others, ≥ 0, default 4
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(asymmetricSingleLabel(), { head: "softmax", classes: 2, smoothing: 0.1 }).value([0, 0], [1]);   // 0.66065…
 *
 * @see https://arxiv.org/abs/2009.14119
 */
export const asymmetricSingleLabel = defineLoss(
  "asymmetricSingleLabel",
  { gammaPos: { default: 0, least: 0 }, gammaNeg: { default: 4, least: 0 } },
  ({ pt, own, alphaT, gammaPos, gammaNeg }) => neg(mul(alphaT, select(sub(own, 1), pow(sub(1, pt), gammaPos), pow(pt, gammaNeg)), log(pt))),
  { reference: "https://arxiv.org/abs/2009.14119" },
);
