import { FocalError } from "../../errors.ts";
import * as raw from "../../expr/expr.ts";
import type { Expr } from "../../expr/expr.ts";
import { fold } from "../../expr/fold.ts";
import { simplify } from "../../expr/simplify.ts";
import { derive } from "../../losses/derive.ts";
import type { Curvature, Order } from "../../losses/derive.ts";
import type { Loss, SoftRule } from "../../losses/loss.ts";

const { num, sym } = raw;
const { add, sub, mul, div, neg, exp, log, abs, max, select } = simplify;
const one = num(1), half = num(0.5);

/** Which formulas are wanted of a loss. */
export interface Wanted {
  /** 0: the value, 1: and the slope, 2: and the curvature. */
  readonly order: Order;
  readonly curvature?: Curvature | undefined;
}

/** Two numbers, or one for both, by the target: the first at 0, the second at 1. */
const between = (at0: number, at1: number, t: Expr): Expr => (at0 === at1 ? num(at0) : add(mul(t, num(at1)), mul(sub(one, t), num(at0))));

function pair(name: string, values: readonly number[]): readonly [number, number] {
  if (values.length !== 2) throw new FocalError("argument", `${name} must be two numbers, of the no and of the yes, got ${values.length}`);
  return [values[0]!, values[1]!];
}

/** Class weights of a negative and a positive. */
function weightsOf({ alpha = { uniform: 1 } }: Loss): readonly [number, number] {
  if (typeof alpha === "number") return [1 - alpha, alpha];
  return "uniform" in alpha ? [alpha.uniform, alpha.uniform] : pair("alpha", alpha);
}

/**
 * A yes-or-no loss as formulas of its logit and its target: the value and its derivatives by the logit, lowered.
 *
 * @param soft - how targets between 0 and 1 are read; "hard" where there are none, which is shorter
 * @param x - the logit
 * @param t - the target
 */
export function binaryFormulas(loss: Loss, soft: SoftRule | "hard", { order, curvature }: Wanted, x = sym("logit"), t = sym("target")): Expr[] {
  const labels = loss.kind === "score" ? "score" : soft, direct = labels === "score" || labels === "mixture";
  const moved = loss.offsets === undefined ? x : add(x, num(pair("offsets", loss.offsets)[1] - loss.offsets[0]!));
  const sign = direct ? one : labels === "hard" ? sub(mul(num(2), t), one) : select(moved, one, num(-1));
  const [negative, positive] = weightsOf(loss), weight = between(negative, positive, t);
  const symbols: Record<string, Expr> = {
    u: mul(sign, moved),
    w: direct ? t : select(moved, sub(one, t), t),
    alphaT: direct ? num(positive) : weight,
    alphaRest: num(negative),
  };
  const tables = { ...loss.parameters, ...(loss.margins && labels === "hard" && { margins: loss.margins }) };
  for (const [name, given] of Object.entries(tables)) {
    if (typeof given === "number") continue;
    if (labels !== "hard") throw new FocalError("argument", `${name} must be one number where targets may stand between 0 and 1, got one per class`);
    symbols[name] = between(...pair(name, given), t);
  }
  const [value, slope, second] = substituted(derive(loss, labels, order, curvature), symbols);
  return [value!, ...(slope ? [mul(sign, slope)] : []), ...(second ? [second] : [])];
}

/** A loss of one column among many yes-or-no ones, as the loss of that column alone. */
export function lossOfColumn(loss: Loss, column: number): Loss {
  const parameters = Object.fromEntries(Object.entries(loss.parameters).map(([name, given]) => [name, typeof given === "number" ? given : given[column]!]));
  return { ...loss, parameters, alpha: typeof loss.alpha === "object" && !("uniform" in loss.alpha) ? loss.alpha[column]! : loss.alpha };
}

/**
 * A loss of competing logits as formulas of them and the label: the value and, with order 1, its slope by each logit, lowered.
 *
 * Symbols: logit0, logit1, …, label.
 */
export function softmaxFormulas(loss: Loss, classes: number, { order }: { readonly order: 0 | 1 }): Expr[] {
  const label = sym("label"), all = Array.from({ length: classes }, (_, k) => k);
  const isNot = (k: number): Expr => sub(abs(sub(label, num(k))), half);
  /** One of several, by the label. */
  const ofLabel = (values: readonly Expr[]): Expr => values.slice(0, -1).reduceRight((rest, value, k) => select(isNot(k), rest, value), values.at(-1)!);
  const z = all.map((k) => add(sym(`logit${k}`), num(loss.offsets?.[k] ?? 0)));
  const others = z.map((logit, k) => select(isNot(k), logit, num(-1e300)));
  const top = others.reduce(max), shares = others.map((logit) => exp(sub(logit, top))), sum = shares.reduce(add);
  const symbols: Record<string, Expr> = { u: sub(sub(ofLabel(z), top), log(max(sum, one))) };
  const tables = { ...loss.parameters, ...(loss.margins && { margins: loss.margins }), ...(Array.isArray(loss.alpha) && { alphaT: loss.alpha as readonly number[] }) };
  for (const [name, given] of Object.entries(tables)) {
    if (typeof given === "number") continue;
    if (given.length !== classes) throw new FocalError("argument", `${name === "alphaT" ? "alpha" : name} must have one value per class: expected ${classes}, got ${given.length}`);
    symbols[name] = ofLabel(given.map(num));
  }
  const [value, slope] = substituted(derive(loss, "hard", order), symbols);
  return slope === undefined ? [value!] : [value!, ...all.map((k) => select(isNot(k), neg(mul(slope, div(shares[k]!, sum))), slope))];
}

/** Formulas with other formulas for some of their symbols. */
function substituted(exprs: readonly Expr[], symbols: Readonly<Record<string, Expr>>): Expr[] {
  const memo = new Map<Expr, Expr>(), words = { ...simplify, sym: (name: string): Expr => symbols[name] ?? sym(name) };
  return exprs.map((expr) => fold(expr, words, memo));
}
