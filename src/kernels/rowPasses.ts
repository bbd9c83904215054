import { differentiate } from "../expr/differentiate.ts";
import * as raw from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { expOfNegative } from "../expr/float32.ts";
import { fold } from "../expr/fold.ts";
import type { Target } from "../expr/fold.ts";
import { simplify } from "../expr/simplify.ts";
import type { Reading } from "../expr/stabilize.ts";
import type { Pass } from "./emitPasses.ts";

const { add, sub, mul, div, neg, select, sym } = raw;
export const z = sym("logits"), t = sym("targets"), weight = sym("weights");
const top = sym("top"), others = sym("others"), ones = sym("ones"), sum = sym("sum"), rest = sym("rest"), inverse = sym("inverse"), logSum = sym("logSum");

/** z − top, and what rounding took from it. */
const lead = sub(z, top), back = sub(lead, z), lost = sub(sub(z, sub(lead, back)), add(top, back));
/** A class's power e^(z − top), and where it stands afterwards. */
export const newPower = expOfNegative(lead, lost), power = sym("grad");

/** a where a class has the greatest power, 1, else b. */
export const ifTop = (a: raw.Term, b: raw.Term, e: Expr = power): Expr => select(sub(e, 1), a, b);

const total = add(others, ones), beside = add(others, sub(ones, 1));

/** The greatest logit; the powers and their sum, ones apart, beside which others may be small; what all classes have in common. */
export const strongest = { perClass: true, out: { top: raw.max(top, z) } };
export const powers = { perClass: true, out: { grad: newPower, others: add(others, ifTop(0, newPower, newPower)), ones: add(ones, ifTop(1, 0, newPower)) } };
export const shares: Pass = {
  perClass: false, out: { sum: total, rest: beside, inverse: div(1, total), logSum: select(sub(1, beside), raw.log1p(beside), raw.log(total)) },
};

/** What formulas are over: a class's probability p, 1 − p and −log p, each by a name of its own. */
export const p = sym("p"), q = sym("q"), surprise = sym("surprise");
export const known: Omit<Reading, "symbols"> = { complements: new Map([[p, q]]), logs: new Map([[p, neg(surprise)]]) };

/** The derivative by log p. */
export const byLogP = (f: Expr): Expr => simplify.sub(simplify.mul(p, simplify.sub(differentiate(f, "p"), differentiate(f, "q"))), differentiate(f, "surprise"));

/** What the names stand for, for a class with some power and logit; no difference from 1 is taken. */
export const readingOf = (e: Expr, logit: Expr) => ({ p: mul(e, inverse), q: mul(ifTop(rest, sub(sum, e), e), inverse), surprise: sub(logSum, sub(logit, top)) });

/** Formulas with symbols replaced by what they stand for. */
export function bind(exprs: readonly Expr[], meanings: Readonly<Record<string, Expr>>): Expr[] {
  const target: Target<Expr> = { ...raw, sym: (name) => meanings[name] ?? sym(name) }, memo = new Map<Expr, Expr>();
  return exprs.map((expr) => fold(expr, target, memo));
}
