import { num, sym, symbolsOf } from "../../expr/expr.ts";
import type { Expr } from "../../expr/expr.ts";
import type { AnyLoss, Parameter } from "../../losses/loss.ts";

/** Names that stand for something else in the printed functions, and Python's own words. */
const taken = new Set([
  "math", "torch", "F", "ops", "logits", "targets", "labels", "reduction", "y_true", "y_pred", "tiny", "floor", "loss", "margin", "margins", "reduced", "of_margin", "of_label",
  "u", "w", "s", "right", "p_t", "q_t", "ce", "p", "q", "t", "p_j", "below", "lower", "fraction", "own", "alpha_t", "negative", "positive", "count", "classes", "background",
  "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
  "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "None", "True", "False",
]);

/** gammaPos → gamma_pos */
export const snake = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A setting of the printed function: what the formula calls it, what Python does, and what it is unless the caller says otherwise. */
export interface Setting {
  readonly symbol: string;
  readonly name: string;
  readonly value: Parameter;
}

/** The parameters that a loss's formulas mention. One that is 0 switches a part of the formula off and is no setting. */
export function settingsOf(loss: AnyLoss): Setting[] {
  const mentioned = symbolsOf(loss.formula, ...(loss.kind === "batch" ? Object.values(loss.sums) : []));
  return Object.entries(loss.parameters).filter(([symbol, value]) => value !== 0 && mentioned.has(symbol)).map(([symbol, value]) => {
    const name = snake(symbol);
    return { symbol, value, name: taken.has(name) || /^part\d+$/.test(name) ? `${name}_` : name };
  });
}

/** What the parameters' symbols stand for in printed formulas. */
export const parametersOf = (loss: AnyLoss): Map<string, Expr> => new Map([
  ...Object.keys(loss.parameters).map((symbol) => [symbol, num(0)] as const),
  ...settingsOf(loss).map(({ symbol, name }) => [symbol, sym(name)] as const),
]);

/** A number or a list as Python writes it. */
export const literal = (value: Parameter): string =>
  typeof value !== "number" ? `(${value.map(literal).join(", ")})` : Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);

export const isUniform = ({ alpha }: AnyLoss): boolean => typeof alpha === "object" && "uniform" in alpha;

export const alphaLiteral = ({ alpha }: AnyLoss): string =>
  alpha === undefined ? "None" : literal(typeof alpha === "object" && "uniform" in alpha ? alpha.uniform : alpha);

/** + 0.5 or − 0.5, and nothing for 0. */
export const shift = (by: number): string => (by === 0 ? "" : ` ${by < 0 ? "-" : "+"} ${Math.abs(by)}`);
