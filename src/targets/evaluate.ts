import type { Expr } from "../expr/expr.ts";
import { fold } from "../expr/fold.ts";
import { numbers } from "./number.ts";

/** Evaluates formulas without generating code: slow, but allowed everywhere. */
export function evaluate(exprs: readonly Expr[], values: Readonly<Record<string, number>>): number[] {
  const memo = new Map<Expr, number>();
  const meaning = numbers(values);
  return exprs.map((expr) => fold(expr, meaning, memo));
}
