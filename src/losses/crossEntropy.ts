import { log, mul, neg, sub } from "../expr/expr.ts";
import { family } from "./family.ts";

/**
 * Cross-entropy: what focal loss with γ = 0 is.
 *
 * CE(p_t) = −α_t log(p_t)
 *
 * @param alpha - class weights; omitted: every class weighs 1. See {@link Alpha}.
 *
 * @example
 * criterion(crossEntropy(), { reduction: "sum" }).value([0], [1]);   // 0.6931471805599453
 */
export const crossEntropy = family("crossEntropy", {}, ({ pt, alphaT }) => neg(mul(alphaT, log(pt))), {
  // Its curvature is positive already.
  majorizer: ({ pt, alphaT }) => mul(alphaT, pt, sub(1, pt)),
});
