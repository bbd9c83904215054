import * as raw from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { expOfNegative } from "../expr/float32.ts";
import { fold } from "../expr/fold.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import type { Pass } from "./emitPasses.ts";

const { add, sub, mul, div, max, select, sym, num } = raw;
export const z = sym("logits"), t = sym("targets"), weight = sym("weights");
const top = sym("top"), others = sym("others"), ones = sym("ones"), sum = sym("sum");
/** The sum of all powers but the top one, 1. */
export const rest = sym("rest");

/** z − top, and what rounding took from it. */
const lead = sub(z, top), back = sub(lead, z), lost = sub(sub(z, sub(lead, back)), add(top, back));
/** A class's power e^(z − top), and where it stands afterwards. */
export const newPower = expOfNegative(lead, lost), power = sym("grad");

/** a where a class has the greatest power, 1, else b. */
export const ifTop = (a: raw.Term, b: raw.Term, e: Expr = power): Expr => select(sub(e, 1), a, b);
/** 1 ÷ x, finite. */
const over = (x: Expr): Expr => div(1, max(x, num(2 ** -126)));

const total = add(others, ones), beside = add(others, sub(ones, 1));

/** The greatest logit; the powers and their sum, ones apart, beside which others may be small; what all classes have in common. */
export const strongest = { perClass: true, out: { top: max(top, z) } };
export const powers = { perClass: true, out: { grad: newPower, others: add(others, ifTop(0, newPower, newPower)), ones: add(ones, ifTop(1, 0, newPower)) } };
export const shares: Pass = {
  perClass: false,
  out: { sum: total, rest: beside, inverse: div(1, total), overRest: over(beside), logRest: raw.log(max(beside, num(2 ** -126))), logSum: select(sub(1, beside), raw.log1p(beside), raw.log(total)) },
};

/** The sum of all other powers, for a class with some power; no difference from 1 is taken. */
const restOf = (e: Expr): Expr => ifTop(rest, sub(sum, e), e);
export const overRestOf = (e: Expr): Expr => over(restOf(e));
/** The other powers' sum beside the top. */
export const overRest = sym("overRest");

/** What lowered formulas of the margin u of a class are made of, in terms of its power and logit: σ(u) is its probability. */
export function meaningsOf(u: Expr, e: Expr, logit: Expr): [Expr, Expr][] {
  const { sigmoid, softplus, neg } = simplify, [p, q, minusLogP, minusLogQ] = lower([sigmoid(u), sigmoid(neg(u)), softplus(neg(u)), softplus(u)]) as [Expr, Expr, Expr, Expr];
  const logSum = sym("logSum"), others = restOf(e);
  return [
    [p, mul(e, sym("inverse"))], [q, mul(others, sym("inverse"))],
    [minusLogP, sub(logSum, sub(logit, top))], [minusLogQ, ifTop(sub(logSum, sym("logRest")), raw.log1p(div(e, others)), e)],
  ];
}

/** Formulas with parts replaced by what they stand for. */
export function bind(exprs: readonly Expr[], meanings: readonly (readonly [Expr, Expr])[]): Expr[] {
  const memo = new Map(meanings);
  return exprs.map((expr) => fold<Expr>(expr, raw, memo));
}
