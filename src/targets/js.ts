import type { Expr } from "../expr/expr.ts";
import { fold } from "../expr/fold.ts";
import type { Target } from "../expr/fold.ts";

/**
 * Prints formulas as the statements of a JavaScript function: one `const` per shared part, and the
 * name or literal of each formula's value.
 *
 * `symbol` says how a symbol is read in the surrounding code.
 */
export function js(exprs: readonly Expr[], symbol: (name: string) => string): { statements: string[]; values: string[] } {
  const statements: string[] = [];
  const define = (code: string): string => {
    const name = `v${statements.length}`;
    statements.push(`const ${name} = ${code};`);
    return name;
  };
  const target: Target<string> = {
    num: (value) => (value < 0 ? `(${value})` : String(value)),
    sym: symbol,
    neg: (a) => define(`-${a}`),
    add: (a, b) => define(`${a} + ${b}`),
    sub: (a, b) => define(`${a} - ${b}`),
    mul: (a, b) => define(`${a} * ${b}`),
    div: (a, b) => define(`${a} / ${b}`),
    pow: (a, b) => define(`${a} ** ${b}`),
    exp: (a) => define(`Math.exp(${a})`),
    log: (a) => define(`Math.log(${a})`),
    sigmoid: (a) => define(`1 / (1 + Math.exp(-${a}))`),
    softplus: (a) => define(`Math.max(${a}, 0) + Math.log1p(Math.exp(-Math.abs(${a})))`),
    abs: (a) => define(`Math.abs(${a})`),
    max: (a, b) => define(`${a} < ${b} ? ${b} : ${a}`),
    min: (a, b) => define(`${b} < ${a} ? ${b} : ${a}`),
    select: (c, a, b) => define(`${c} >= 0 ? ${a} : ${b}`),
    sqrt: (a) => define(`Math.sqrt(${a})`),
    log1p: (a) => define(`Math.log1p(${a})`),
  };
  const memo = new Map<Expr, string>();
  const values = exprs.map((expr) => fold(expr, target, memo));
  return { statements, values };
}
