import { add, div, mul, pow, sub } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { batchFamily } from "./batch.ts";

/** What region losses count: the shares of hits, misses and false alarms. */
export const counts = ({ p, t }: { readonly p: Expr; readonly t: Expr }) => ({ tp: mul(t, p), fn: mul(t, sub(1, p)), fp: mul(sub(1, t), p) });

/** 1 − TI, the Tversky index's distance from a perfect overlap, written without the difference that would lose its digits. */
export function tverskyDistance({ tp, fn, fp, delta, smooth }: { readonly [name in "tp" | "fn" | "fp" | "delta" | "smooth"]: Expr }): Expr {
  const missed = add(mul(delta, fn), mul(sub(1, delta), fp));
  return div(missed, add(tp, missed, smooth));
}

/**
 * Focal Tversky loss: overlap of regions, with misses and false alarms weighed apart, and a focus on badly found regions.
 *
 * A lesion of a few pixels is lost in a mean over pixels; overlap measures each region by its own size.
 *
 * FTL = mean over classes of (1 − TI)^γ,  TI = (tp + s) / (tp + δ fn + (1 − δ) fp + s),  tp = Σ t p, fn = Σ t (1 − p), fp = Σ (1 − t) p
 *
 * The sigmoid head has one region, the positives (with `classes`, one per column); softmax one per class, the background included.
 *
 * @param gamma - the exponent itself, > 0, default 0.75 (the paper's 1/γ with γ = 4/3); 1 is the Tversky loss
 * @param delta - δ, the weight of misses, in [0, 1], default 0.7; 0.5 with γ = 1 is the Dice loss
 * @param smooth - s ≥ 0, default 1: what an empty region is measured against
 *
 * @example
 * criterion(focalTversky()).value([0, 0], [1, 0]);   // 0.35355339059327373
 *
 * @see Abraham, Khan: A Novel Focal Tversky Loss Function, 2018, https://arxiv.org/abs/1810.07842
 */
export const focalTversky = batchFamily(
  "focalTversky",
  { gamma: { default: 0.75, above: 0 }, delta: { default: 0.7, least: 0, most: 1 }, smooth: { default: 1, least: 0 } },
  counts,
  ({ gamma, classes, ...symbols }) => div(pow(tverskyDistance(symbols), gamma), classes),
  { per: "class", binary: "positive", reference: "https://arxiv.org/abs/1810.07842" },
);
