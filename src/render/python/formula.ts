import { mul, sym, symbolsOf } from "../../expr/expr.ts";
import { simplify } from "../../expr/simplify.ts";
import { stabilize } from "../../expr/stabilize.ts";
import type { Reading } from "../../expr/stabilize.ts";
import type { Expr } from "../../expr/expr.ts";
import type { Loss, PairLoss } from "../../losses/loss.ts";
import { pythonFormula } from "../../targets/python.ts";
import type { ArrayLibrary } from "../../targets/python.ts";
import type { Dialect } from "./dialect.ts";
import { parametersOf, settingsOf } from "./settings.ts";

const { neg, sigmoid, softplus } = simplify;

/** Indents lines. */
export const inside = (lines: readonly string[]): string[] => lines.map((line) => (line === "" ? line : `    ${line}`));

/** Whether lines mention a name. */
export const mentions = (lines: readonly string[], name: string): boolean => lines.some((line) => new RegExp(`\\b${name}\\b`).test(line));

/** Defines the bounds that lines mention. */
export const boundsFor = (lines: readonly string[], { tiny, floor }: Pick<Dialect, "tiny" | "floor">): string[] =>
  Object.entries({ tiny, floor }).flatMap(([name, value]) => (mentions(lines, name) ? [`${name} = ${value}`] : []));

/**
 * The statements that compute a loss's formula, stable as everywhere; `last` says what becomes of the value, as `loss =`.
 *
 * @param reading - what its symbols stand for; settings and class weights are Python's own `gamma` and `alpha_t`
 * @param argument - the margin, or the logit, of which it is a formula
 */
export function statementsOf(loss: Loss | PairLoss, reading: Reading, argument: Expr, library: ArrayLibrary, last: string): string[] {
  const settings = settingsOf(loss), alphaT = sym("alphaT");
  const symbols = new Map([["alphaT", sym("alpha_t")], ...parametersOf(loss), ...reading.symbols]);
  const formula = symbolsOf(loss.formula).has("alphaT") ? loss.formula : mul(alphaT, loss.formula);
  const numbers = new Set(settings.filter(({ value }) => typeof value === "number").map(({ name }) => name));
  const names = new Map([[sigmoid(argument), "p_t"], [sigmoid(neg(argument)), "q_t"], [softplus(neg(argument)), "ce"]]);
  const { statements, value, scalar } = pythonFormula(stabilize(formula, { ...reading, symbols }), library, numbers, names);
  // A loss that does not depend on its examples has one for each of them all the same.
  return [...statements, `${last} ${value}${scalar ? ` + 0 * ${argument.name}` : ""}`];
}
