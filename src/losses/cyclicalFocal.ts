import { FocalError } from "../errors.ts";
import { add, log, mul, neg, pow, sub } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";

/**
 * Cyclical focal loss: confident examples first and last, hard ones in between.
 *
 * Training starts and ends by listening more to what is already right, (1 + p_t)^γ, and focuses on the hard in the
 * middle. `share` is how much of the first is in the mix; {@link cyclicalShare} says how it moves over the epochs.
 *
 * L(p_t) = −α_t [ξ (1 + p_t)^γ_high + (1 − ξ)(1 − p_t)^γ_low] log(p_t)
 *
 * @param share - ξ in [0, 1], default 1; 0 is focal loss
 * @param gammaHigh - γ of the confident part, ≥ 0, default 3
 * @param gammaLow - γ of the focal part, ≥ 0, default 2
 * @param alpha - class weights; see {@link Alpha}
 *
 * @example
 * const loss = cyclicalFocal({ share: cyclicalShare(25, 100) });               // a quarter in: all focal
 * criterion(loss, { reduction: "sum" }).value([0], [1]);                       // 0.17328679513998632
 *
 * @see Smith: Cyclical Focal Loss, 2022, https://arxiv.org/abs/2202.08978
 */
export const cyclicalFocal = defineLoss(
  "cyclicalFocal",
  { share: { default: 1, least: 0, most: 1 }, gammaHigh: { default: 3, least: 0 }, gammaLow: { default: 2, least: 0 } },
  ({ pt, alphaT, share, gammaHigh, gammaLow }) =>
    neg(mul(alphaT, add(mul(share, pow(add(1, pt), gammaHigh)), mul(sub(1, share), pow(sub(1, pt), gammaLow))), log(pt))),
  { reference: "https://arxiv.org/abs/2202.08978" },
);

/**
 * How much of the confident part is in the mix at an epoch: falls from 1 to 0, then rises back to 1.
 *
 * ξ = 1 − f·e/n while f·e ≤ n, then (f·e/n − 1)/(f − 1)
 *
 * @param epoch - e, from 0
 * @param epochs - n, > 0
 * @param factor - f > 1: the fall takes 1/f of the training. Default 4; 2 is symmetric
 * @throws FocalError `argument` for values out of range
 *
 * @example
 * [0, 25, 100].map((epoch) => cyclicalShare(epoch, 100));   // [1, 0, 1]
 */
export function cyclicalShare(epoch: number, epochs: number, factor = 4): number {
  if (!(epochs > 0)) throw new FocalError("argument", `epochs must be > 0, got ${epochs}`);
  if (!(epoch >= 0 && epoch <= epochs)) throw new FocalError("argument", `epoch must be in [0, ${epochs}], got ${epoch}`);
  if (!(factor > 1)) throw new FocalError("argument", `factor must be > 1, got ${factor}`);
  const turns = (factor * epoch) / epochs;
  return turns <= 1 ? 1 - turns : (turns - 1) / (factor - 1);
}
