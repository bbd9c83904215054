import { add, div, log, mul, neg, pow, select, sub } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { batchFamily } from "./batch.ts";
import { counts, tverskyDistance } from "./focalTversky.ts";

const parameters = {
  weight: { default: 0.5, least: 0, most: 1 }, delta: { default: 0.6, least: 0, most: 1 }, gamma: { default: 0.5, least: 0, most: 0.999 }, smooth: { default: 1e-6, least: 0 },
} as const;
const about = { per: "class", binary: "both", reference: "https://arxiv.org/abs/2102.04525" } as const;

const isBackground = (background: Expr, yes: Expr, no: Expr): Expr => select(sub(background, 1), yes, no);
const mixed = ({ weight, classes, count }: { readonly weight: Expr; readonly classes: Expr; readonly count: Expr }, region: Expr, pixels: Expr): Expr =>
  add(div(mul(weight, region), classes), div(mul(sub(1, weight), pixels), count));

/**
 * Unified focal loss: overlap of regions and focal loss of pixels in one, with three numbers instead of six.
 *
 * Class 0 is the background. δ weighs every other class (and misses), 1 − δ the background (and false alarms).
 *
 * L = λ · mean_c (1 − TI_c)^(1−γ) + (1 − λ) · mean over pixels of −δ_c (1 − p_c)^γ log(p_c), c the pixel's class
 *
 * with TI as in {@link focalTversky}. Exponents (γ on pixels, 1 − γ on regions) and λ (on regions) are those of the authors'
 * code; the paper's text has both the other way round, which is the same at the defaults. The whole call is one region per
 * class; for one per image, call it image by image.
 *
 * @param weight - λ in [0, 1], default 0.5
 * @param delta - δ in [0, 1], default 0.6
 * @param gamma - in [0, 1), default 0.5
 * @param smooth - in TI, ≥ 0, default 1e-6
 *
 * @example
 * criterion(unifiedFocal()).value([0, 0], [1, 0]);   // 0.47608…
 *
 * @see Yeung, Sala, Schönlieb, Rundo: Unified Focal Loss, 2021, https://arxiv.org/abs/2102.04525
 */
export const unifiedFocal = batchFamily(
  "unifiedFocal", parameters,
  ({ p, t, gamma }) => ({ ...counts({ p, t }), pixels: neg(mul(t, pow(sub(1, p), gamma), log(p))) }),
  ({ gamma, background, pixels, ...symbols }) => mixed(
    symbols,
    pow(tverskyDistance(symbols), sub(1, gamma)),
    mul(isBackground(background, sub(1, symbols.delta), symbols.delta), pixels),
  ),
  about,
);

/**
 * Asymmetric unified focal loss: only the background's pixels are focused away, only the other classes' regions brought forward.
 *
 * L = λ · mean_c r_c + (1 − λ) · mean over pixels of l_c, c the pixel's class, with
 * r = 1 − TI and l = −(1 − δ)(1 − p)^γ log(p) for the background, r = (1 − TI)^(1−γ) and l = −δ log(p) for the others
 *
 * @param weight - λ in [0, 1], default 0.5
 * @param delta - δ in [0, 1], default 0.6
 * @param gamma - in [0, 1), default 0.5
 * @param smooth - in TI, ≥ 0, default 1e-6
 *
 * @example
 * criterion(asymmetricUnifiedFocal()).value([0, 0], [1, 0]);   // 0.45476…
 *
 * @see https://arxiv.org/abs/2102.04525
 */
export const asymmetricUnifiedFocal = batchFamily(
  "asymmetricUnifiedFocal", parameters,
  ({ p, t, gamma }) => ({ ...counts({ p, t }), focused: neg(mul(t, pow(sub(1, p), gamma), log(p))), plain: neg(mul(t, log(p))) }),
  ({ gamma, background, focused, plain, ...symbols }) => {
    const distance = tverskyDistance(symbols), { delta } = symbols;
    return mixed(
      symbols,
      isBackground(background, distance, pow(distance, sub(1, gamma))),
      isBackground(background, mul(sub(1, delta), focused), mul(delta, plain)),
    );
  },
  about,
);
