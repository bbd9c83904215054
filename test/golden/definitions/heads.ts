/** Margin losses under the two heads. */
import type { Decimal } from "decimal.js";
import { exact, one, sum, zero } from "../decimal.ts";
import type { Numbers } from "../decimal.ts";
import type { Entry } from "../entry.ts";
import { alphaOf } from "./alpha.ts";
import { marginLoss } from "./margin.ts";
import { hard, interpolate, ofClass, quality } from "./reading.ts";
import { moveLogit, moveRow } from "./transform.ts";

/** t (1 − s) + s / 2 */
export const smoothedTarget = (t: number, smoothing: number): Decimal => exact(t).times(one.minus(exact(smoothing))).plus(exact(smoothing).div(2));

/** (1 − s) onehot + s / C */
export const smoothedRow = (label: number, classes: number, smoothing: number): Decimal[] =>
  Array.from({ length: classes }, (_, k) => (k === label ? one.minus(exact(smoothing)) : zero).plus(exact(smoothing).div(classes)));

/** The loss of logit x with target t; `column` for entries whose settings are given per column. */
export function sigmoidLoss(entry: Entry): (x: Decimal, target: number, column: number) => Decimal {
  const { loss, settings, transform, options } = entry;
  const formula = marginLoss(loss, settings), moved = moveLogit(transform);
  const perColumn = entry.classes !== undefined;
  const alphas = alphaOf(loss, settings, perColumn ? entry.classes! : 2);
  return (x, target, column) => {
    const [negative, positive] = perColumn ? [one.minus(alphas[column]!), alphas[column]!] : [alphas[0]!, alphas[1]!];
    const t = smoothedTarget(target, options?.smoothing ?? 0);
    const side = (yes: boolean): Decimal =>
      (yes ? positive : negative).times(formula(hard(moved(x, yes), yes), perColumn ? column : Number(yes)));
    if (t.isZero() || t.eq(1)) return side(t.eq(1));
    if (options?.soft === "mixture") return t.times(side(true)).plus(one.minus(t).times(side(false)));
    const read = options?.soft === "quality" ? quality : interpolate;
    const alpha = t.times(positive).plus(one.minus(t).times(negative));
    return alpha.times(formula(read(moved(x, true), t), column));
  };
}

/** The loss of a row of logits with a label or a row of targets: Σ t_k L_k. */
export function softmaxLoss({ loss, settings, transform, options, classes }: Entry): (row: Numbers, target: number | readonly number[]) => Decimal {
  const formula = marginLoss(loss, settings), moved = moveRow(transform);
  const alphas = alphaOf(loss, settings, classes!);
  return (row, target) => {
    const shares = typeof target === "number" ? smoothedRow(target, classes!, options?.smoothing ?? 0) : target.map(exact);
    return sum(shares.map((share, k) => (share.isZero() ? share : share.times(alphas[k]!).times(formula(ofClass(moved(row, k), k), k)))));
  };
}
