import { abs, add, div, exp, greaterEqual, log, maximum, minimum, mul, neg, pow, sigmoid, softplus, sqrt, sub, where } from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import * as formula from "../../../expr/expr.ts";
import type { Expr } from "../../../expr/expr.ts";
import { toFloat32 } from "../../../expr/float32.ts";
import { fold } from "../../../expr/fold.ts";
import type { Target } from "../../../expr/fold.ts";

/** A tensor, or a number that stands for one of any shape. */
export type Value = Tensor | number;

/** log(1 + e) as a polynomial: what backends call log1p adds the 1 first, so that nothing is left of e = 1e-9. */
const [logarithm] = toFloat32([formula.log1p(formula.sym("e"))]) as [Expr];

/** The smallest normal float32: a constant that guards a division may not become 0. */
const least = 2 ** -126;

const words = (symbols: Readonly<Record<string, Value>>): Target<Value> => ({
  num: (value) => (value !== 0 && Math.abs(value) < least ? Math.sign(value) * least : value),
  sym: (name) => symbols[name]!,
  neg: (a) => neg(a),
  add: (a, b) => add(a, b),
  sub: (a, b) => sub(a, b),
  mul: (a, b) => mul(a, b),
  div: (a, b) => div(a, b),
  pow: (a, b) => pow(a, b),
  exp: (a) => exp(a),
  log: (a) => log(a),
  sigmoid: (a) => sigmoid(a),
  softplus: (a) => softplus(a),
  abs: (a) => abs(a),
  max: (a, b) => maximum(a, b),
  min: (a, b) => minimum(a, b),
  select: (c, a, b) => where(greaterEqual(c, 0), a, b),
  sqrt: (a) => sqrt(a),
  log1p: (e) => fold(logarithm, words({ e })),
});

/** Says formulas in TensorFlow.js operations, every shared part once. Call it inside `tidy`. */
export function say(exprs: readonly Expr[], symbols: Readonly<Record<string, Value>>): Value[] {
  const target = words(symbols), memo = new Map<Expr, Value>();
  return exprs.map((expr) => fold(expr, target, memo));
}
