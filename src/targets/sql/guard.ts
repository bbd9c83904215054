import * as raw from "../../expr/expr.ts";
import type { Expr } from "../../expr/expr.ts";
import { fold } from "../../expr/fold.ts";
import type { Target } from "../../expr/fold.ts";
import type { SqlDialect } from "./dialect.ts";

const { num, add, sub, mul, div, exp, log, max, select } = raw;
const one = num(1), zero = num(0);
/** Small enough to stand for 0, large enough for its powers to be numbers. */
const small = num(2 ** -100);
/** Below e^−744 a float64 is 0; some of that is left to what else is multiplied. */
const lowest = 700;

/** log(1 + z) to the last digit but one: what rounding took from 1 + z is given back, over 1 + z. The quotient 1 / (1 + z) is one that σ needs too. */
function log1pOf(z: Expr): Expr {
  const w = add(one, z);
  return add(log(w), mul(sub(z, sub(w, one)), div(one, w)));
}

const hasNumber = (e: Expr, least: number): boolean => e.args.some((arg) => arg.word === "num" && arg.value >= least);
const smallest = num(2 ** -1022);
const logOrMinusInfinity = (x: Expr): Expr => select(sub(x, smallest), log(max(x, smallest)), num(-Infinity));

/** How many small numbers are multiplied with each other at most: exponentials, and constants that stand for 0. */
function depthOf(e: Expr, memo: Map<Expr, number>): number {
  let depth = memo.get(e);
  if (depth !== undefined) return depth;
  const depths = e.args.map((arg) => depthOf(arg, memo)), most = Math.max(0, ...depths);
  if (e.word === "num") depth = e.value !== 0 && Math.abs(e.value) < small.value ? 1 : 0;
  else if (e.word === "exp") depth = 1;
  else if (e.word === "mul") depth = depths[0]! + depths[1]!;
  else if (e.word === "sqrt") depth = most / 2;
  else depth = e.word === "log" || (e.word === "add" && hasNumber(e, 1)) ? 0 : most;
  memo.set(e, depth);
  return depth;
}

/**
 * Formulas in the words that a dialect has, with the meaning they have here: log(1 + z) without a function for it, log 0 = −∞
 * where an engine stops at it, and exponentials that are 0 before their products become too small, where that is an error.
 */
export function guard(exprs: readonly Expr[], { log1p, refusesLogOfZero, refusesUnderflow }: SqlDialect): Expr[] {
  const depths = new Map<Expr, number>(), edge = num(lowest / Math.max(1, ...exprs.map((expr) => depthOf(expr, depths))));
  const words: Target<Expr> = { ...raw, log1p: log1p === undefined ? log1pOf : raw.log1p };
  if (refusesLogOfZero) words.log = (x) => (x.word === "max" && hasNumber(x, smallest.value) ? log(x) : logOrMinusInfinity(x));
  if (refusesUnderflow) {
    words.exp = (x) => select(add(x, edge), exp(max(x, raw.neg(edge))), zero);
    words.num = (value) => num(value !== 0 && Math.abs(value) < small.value ? Math.sign(value) * small.value : value);
  }
  const memo = new Map<Expr, Expr>();
  return exprs.map((expr) => fold(expr, words, memo));
}
