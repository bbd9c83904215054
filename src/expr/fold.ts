import type { BitWord, Expr, Word } from "./expr.ts";

/**
 * A tongue in which a formula can be said: one method per word.
 *
 * A target that returns formulas is a pass, one that returns text a printer, one that returns numbers
 * the meaning, one that returns tensors an adapter. A forgotten word is a compile error.
 */
export interface Target<T> {
  num(value: number): T;
  sym(name: string): T;
  neg(a: T): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  pow(a: T, b: T): T;
  exp(a: T): T;
  log(a: T): T;
  sigmoid(a: T): T;
  softplus(a: T): T;
  abs(a: T): T;
  max(a: T, b: T): T;
  min(a: T, b: T): T;
  select(c: T, a: T, b: T): T;
  sqrt(a: T): T;
  log1p(a: T): T;
}

/** A target for formulas that `float32` has lowered to arithmetic and bits: no transcendental word is left. */
export type BitTarget<T> = Omit<Target<T>, "pow" | "exp" | "log" | "sigmoid" | "softplus" | "log1p"> & { [word in BitWord]: (a: T) => T };

type Said<T> = { readonly [word in Word]?: (...parts: unknown[]) => T };

/** Says a formula in a target's words: every shared part once, arguments before what uses them. */
export function fold<T>(expr: Expr, target: Target<T> | BitTarget<T>, memo: Map<Expr, T> = new Map()): T {
  const known = memo.get(expr);
  if (known !== undefined) return known;
  const { word, args: [a, b, c] } = expr, say = target as Said<T>;
  if (!say[word]) throw new Error(`this target has no word for ${word}`);
  const said = word === "num" ? say[word](expr.value)
    : word === "sym" ? say[word](expr.name)
    : b === undefined ? say[word](fold(a!, target, memo))
    : c === undefined ? say[word](fold(a!, target, memo), fold(b, target, memo))
    : say[word](fold(a!, target, memo), fold(b, target, memo), fold(c, target, memo));
  memo.set(expr, said);
  return said;
}
