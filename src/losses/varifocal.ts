import { add, log, mul, neg, pow, select, sub } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * Varifocal loss: positives count by their quality, negatives are focused away.
 *
 * Negatives need turning down, rare positives do not; a positive whose box fits well is worth more than one whose box does not.
 *
 * VFL(p, t) = −t [t log(p) + (1 − t) log(1 − p)] where t > 0,  −a p^γ log(1 − p) where t = 0
 *
 * @param gamma - focus on negatives, ≥ 0, default 2
 * @param negativeWeight - a, the paper's α, ≥ 0, default 0.75
 * @param alpha - further class weights; see {@link Alpha}
 *
 * @example
 * criterion(varifocal(), { reduction: "none" }).value([0, 0], [0.8, 0]);   // [0.5545…, 0.1299…]
 *
 * @see Zhang, Wang, Dayoub, Sünderhauf: VarifocalNet, 2020, https://arxiv.org/abs/2008.13367
 */
export const varifocal = defineLoss(
  "varifocal",
  { gamma: { default: 2, least: 0 }, negativeWeight: { default: 0.75, least: 0 } },
  ({ p, t, gamma, negativeWeight }) => neg(select(
    neg(t),
    mul(negativeWeight, pow(p, gamma), log(sub(1, p))),
    mul(t, add(mul(t, log(p)), mul(sub(1, t), log(sub(1, p))))),
  )),
  { reference: "https://arxiv.org/abs/2008.13367" },
);
