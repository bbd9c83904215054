import { add, log, mul, neg, pow, sub } from "../expr/expr.ts";
import { pairFamily } from "./pair.ts";

/**
 * Dual focal loss: also looks at the strongest of the classes that the label's own still beats.
 *
 * Focal loss by p_t alone makes networks too careful; counting the rival's probability in keeps focus on examples whose
 * lead is small. It is a function of two margins of a row, so it stands beside the losses of one margin.
 *
 * L = −α_y (1 − p_y + p_j)^γ log(p_y),  p_j the largest probability below p_y (0 if there is none)
 *
 * @param gamma - ≥ 0, default 2; 0 is cross-entropy. The paper tunes it
 * @param alpha - one weight per class; see {@link Alpha}
 *
 * @example
 * criterion(dualFocal({ gamma: 2 }), { head: "softmax", classes: 3 }).value([0, 1, 2], [2]);   // 0.13687…
 *
 * @see Tao, Dong, Xu: Dual Focal Loss for Calibration, 2023, https://arxiv.org/abs/2305.13665
 */
export const dualFocal = pairFamily(
  "dualFocal",
  { gamma: { default: 2, least: 0 } },
  ({ pt, pj, alphaT, gamma }) => neg(mul(alphaT, pow(add(sub(1, pt), pj), gamma), log(pt))),
  "https://arxiv.org/abs/2305.13665",
);
