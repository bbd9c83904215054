import { add, log, mul, neg, pow } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * Inverse focal loss: listens more to what it already knows.
 *
 * Focal loss leaves a network less sure than it should be where cross-entropy leaves it too sure; this pushes the other
 * way, and AdaFocal switches to it where confidence lags behind accuracy.
 *
 * L(p_t) = −α_t (1 + p_t)^γ log(p_t)
 *
 * @param gamma - ≥ 0, default 2; 0 is cross-entropy; or one per class
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * criterion(inverseFocal({ gamma: 2 }), { reduction: "sum" }).value([0], [1]);   // 1.5595811562598769
 *
 * @see Ghosh, Schaaf, Gormley: AdaFocal, 2022, https://arxiv.org/abs/2211.11838
 */
export const inverseFocal = defineLoss(
  "inverseFocal",
  { gamma: { default: 2, least: 0 } },
  ({ pt, alphaT, gamma }) => neg(mul(alphaT, pow(add(1, pt), gamma), log(pt))),
  { reference: "https://arxiv.org/abs/2211.11838" },
);
