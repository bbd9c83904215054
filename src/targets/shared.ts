import type { Expr } from "../expr/expr.ts";

/**
 * How often each part of formulas is used in them, for tongues that name what is used more than once. A difference that is
 * compared with 0 is said as a comparison each time.
 */
export function uses(...formulas: readonly Expr[]): Map<Expr, number> {
  const counts = new Map<Expr, number>();
  const visit = (expr: Expr, times: number): void => {
    const known = counts.get(expr);
    counts.set(expr, (known ?? 0) + times);
    if (known === undefined) expr.args.forEach((arg, i) => visit(arg, expr.word === "select" && i === 0 && arg.word === "sub" ? 0 : 1));
  };
  for (const formula of formulas) visit(formula, 1);
  return counts;
}

/** What is as short as a name for it would be. */
export const isPlain = (e: Expr): boolean => e.word === "num" || e.word === "sym" || (e.word === "neg" && e.args[0]!.word === "sym");
