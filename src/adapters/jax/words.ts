import { numpy as np } from "@jax-js/jax";
import type { Expr } from "../../expr/expr.ts";
import { fold } from "../../expr/fold.ts";
import type { BitTarget } from "../../expr/fold.ts";
import type { Scope, Tensor } from "./scope.ts";

/** So large a number is only ever added to round, and taken away again: `toFloat32`'s 1.5·2²³ + 127. */
const coarse = 2 ** 22;

/**
 * Says formulas that `toFloat32` has lowered in jax-js operations, every shared part once.
 *
 * Its own exponentials and logarithms are several ulp to 1e-5 off, and its kernels with them are not vectorised. Division
 * and the words that look into bits are not either: they stand apart.
 */
export function say(scope: Scope, exprs: readonly Expr[], symbols: Readonly<Record<string, Tensor>>): Tensor[] {
  const { neg, add, sub, mul, max, min, abs, where, reaches, apart, inverse } = scope;
  const integer = (value: number): np.Array => np.array(value, { dtype: np.int32 });
  const bits = (a: Tensor, change: (bits: np.Array) => np.Array): Tensor => apart(scope.of((array: np.Array) => change(array.view(np.int32)), apart(a) as np.Array));
  const words: BitTarget<Tensor> = {
    num: (value) => value,
    sym: (name) => symbols[name]!,
    neg, mul, max, min, abs,
    // jax-js adds constants up, so that nothing would be rounded. Here the whole number stands for the sum that holds it.
    add: (a, b) => (typeof b === "number" && b >= coarse ? scope.of(np.floor, add(a, 0.5)) : add(a, b)),
    sub: (a, b) => (typeof b === "number" && b >= coarse ? a : sub(a, b)),
    power2: (n) => apart(scope.of((array: np.Array) => np.leftShift(array.astype(np.int32).add(integer(127)), integer(23)).view(np.float32), n as np.Array)),
    div: (a, b) => mul(a, inverse(b)),
    select: (c, a, b) => where(reaches(c, 0), a, b),
    sqrt: (a) => scope.of(np.sqrt, a),
    head: (a) => bits(a, (i) => np.bitwiseAnd(i, integer(~0xfff)).view(np.float32)),
    exponent: (a) => bits(a, (i) => np.bitwiseAnd(np.rightShift(i, integer(23)), integer(0xff)).sub(integer(127)).astype(np.float32)),
    significand: (a) => bits(a, (i) => np.bitwiseOr(np.bitwiseAnd(i, integer(0x7fffff)), integer(0x3f800000)).view(np.float32)),
  };
  const memo = new Map<Expr, Tensor>();
  return exprs.map((expr) => fold(expr, words, memo));
}
