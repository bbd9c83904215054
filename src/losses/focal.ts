import { add, log, mul, neg, pow, sub } from "../expr/expr.ts";
import { family } from "./family.ts";

/**
 * Focal loss: cross-entropy that listens less to what it already knows.
 *
 * Where one class outnumbers another a thousandfold, the many easy examples drown the few hard ones.
 * The factor (1 − p_t)^γ takes from each example what it is already sure of: at γ = 2 an example at
 * p_t = 0.9 counts 100 times less than under cross-entropy, one at p_t ≤ 0.5 at most 4 times less.
 *
 * FL(p_t) = −α_t (1 − p_t)^γ log(p_t)
 *
 * @param gamma - the focusing parameter, ≥ 0; 0 is cross-entropy, the default 2 is the paper's; or one per class
 * @param alpha - class weights; omitted: every class weighs 1. A number is the paper's α_t: α for positives,
 *   1 − α for negatives (the paper's best is 0.25 at γ = 2). See {@link Alpha}.
 * @throws FocalError `argument` when gamma < 0 or alpha is outside its range
 *
 * @example
 * criterion(focal({ gamma: 2, alpha: 0.25 }), { reduction: "sum" }).value([0], [1]);   // 0.04332169878499658
 *
 * @see Lin, Goyal, Girshick, He, Dollár: Focal Loss for Dense Object Detection, 2017, https://arxiv.org/abs/1708.02002
 */
export const focal = family(
  "focal",
  { gamma: { default: 2, least: 0 } },
  ({ pt, alphaT, gamma }) => neg(mul(alphaT, pow(sub(1, pt), gamma), log(pt))),
  {
    reference: "https://arxiv.org/abs/1708.02002",
    // The exact curvature has (γ p_t − q) in place of γ p_t, q = 1 − p_t, and turns negative for hard examples.
    majorizer: ({ pt, alphaT, gamma }) => mul(
      alphaT, pow(sub(1, pt), gamma), pt,
      add(mul(add(1, mul(2, gamma)), sub(1, pt)), mul(gamma, gamma, pt, neg(log(pt)))),
    ),
  },
);
