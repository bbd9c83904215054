import type { Expr } from "../expr/expr.ts";
import { fold } from "../expr/fold.ts";
import type { Target } from "../expr/fold.ts";
import { numbers } from "./number.ts";

/** Evaluates formulas without generating code: slow, but allowed everywhere. */
export function evaluate(exprs: readonly Expr[], values: Readonly<Record<string, number>>): number[] {
  const memo = new Map<Expr, number>();
  const meaning = numbers(values);
  return exprs.map((expr) => fold(expr, meaning, memo));
}

/** The same over the first n numbers of columns, a word at a time for all of them. */
export function evaluator(exprs: readonly Expr[], column: (name: string) => Float64Array): (n: number) => Float64Array[] {
  let length = 0;
  const words: Record<string, unknown> = { num: (value: number) => new Float64Array(length).fill(value), sym: column };
  for (const [word, meaning] of Object.entries(numbers({})) as [string, (...args: number[]) => number][]) {
    words[word] ??= (a: Float64Array, b = a, c = a) => {
      const result = new Float64Array(length);
      for (let i = 0; i < length; i++) result[i] = meaning(a[i]!, b[i]!, c[i]!);
      return result;
    };
  }
  return (n) => {
    length = n;
    const memo = new Map<Expr, Float64Array>();
    return exprs.map((expr) => fold(expr, words as unknown as Target<Float64Array>, memo).subarray(0, n));
  };
}
