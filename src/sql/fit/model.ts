import type { Alpha, Parameter } from "../../losses/loss.ts";
import { dialects } from "../../targets/sql/dialects.ts";
import type { Dialect } from "../../targets/sql/dialects.ts";
import { comparable, literal } from "./columns.ts";
import type { Comparison } from "./columns.ts";

/** One number per row, made of a column. */
export type Term =
  /** (value − center) / scale; 0 where the value is missing: NULL, NaN or infinite. */
  | { readonly kind: "numeric"; readonly column: string; readonly center: number; readonly scale: number; readonly missing: boolean }
  /** 1 where a number is missing, else 0. */
  | { readonly kind: "missing"; readonly column: string }
  /** 1 where the column has this value (null: none), else 0. */
  | { readonly kind: "level"; readonly column: string; readonly compared: Comparison; readonly level: string | null }
  /** 1 where the column has none of these values, else 0. */
  | { readonly kind: "other"; readonly column: string; readonly compared: Comparison; readonly levels: readonly (string | null)[] };

/** A linear model fitted where its data lies: plain data, good for JSON. */
export interface SqlModel {
  readonly kind: "linear";
  readonly target: string;
  /** Values of the target as text. Of two, the second is the positive; a lone one is the positive against all others. */
  readonly classes: readonly string[];
  /** One logit under a sigmoid, one per class each under its own, or one per class under a softmax. */
  readonly head: "sigmoid" | "one-vs-rest" | "softmax";
  readonly loss: { readonly name: string; readonly parameters: Readonly<Record<string, Parameter>>; readonly alpha: Alpha | null };
  readonly terms: readonly Term[];
  /** Per logit one number per term. */
  readonly coefficients: readonly (readonly number[])[];
  /** Per logit. */
  readonly intercepts: readonly number[];
  /** A column that is added to every logit, or null. */
  readonly offset: string | null;
}

/** Where a value is a number to learn from: not NULL, NaN or infinite. A condition that NaN fails in every dialect, whether it compares it as greatest or not at all. */
export const isNumber = (sql: string, dialect: Dialect): string => `coalesce(abs(${sql}), ${dialects[dialect].number(1.5e308)}) <= ${dialects[dialect].number(1e308)}`;

/** `then` where a condition holds, else `otherwise`: also where it is NULL, which old servers of ClickHouse hand on. */
export const chosen = (condition: string, then: string, otherwise: string, dialect: Dialect): string =>
  dialects[dialect].choose(dialect === "clickhouse" ? `ifNull(${condition}, 0)` : condition, then, otherwise);

/** What a statement subtracts from a column: nothing, unless the column is so far from 0 that its spread would drown in it. */
export const shiftOf = (term: Term): number => (term.kind === "numeric" && Math.abs(term.center) > 1e3 * term.scale ? term.center : 0);

/** Of (column − center) / scale, what is left to do once a statement has subtracted the shift. */
export const restOf = (term: Term, shift = shiftOf(term)): { readonly center: number; readonly scale: number } =>
  term.kind === "numeric" ? { center: term.center - shift, scale: term.scale } : { center: 0, scale: 1 };

/** A term over the columns of the source, as float64, but for {@link restOf} it: that is cheaper done to coefficients and sums. */
export function termSql(term: Term, dialect: Dialect, shift = shiftOf(term)): string {
  const { quote, number, double, choose } = dialects[dialect], one = number(1), zero = number(0);
  if (term.kind === "numeric") {
    const value = double(quote(term.column)), shifted = shift === 0 ? value : `(${value} - ${held(number(shift))})`, usual = number(term.center - shift);
    return term.missing ? `coalesce(${choose(isNumber(value, dialect), shifted, usual)}, ${usual})` : shifted;
  }
  if (term.kind === "missing") return choose(isNumber(double(quote(term.column)), dialect), zero, one);
  const value = comparable(term.column, term.compared, dialect), isNull = `${quote(term.column)} IS NULL`;
  if (term.kind === "level") return chosen(term.level === null ? isNull : `${value} = ${literal(term.level, term.compared, dialect)}`, one, zero, dialect);
  const known = term.levels.filter((level) => level !== null).map((level) => literal(level, term.compared, dialect));
  const among = [...(term.levels.includes(null) ? [isNull] : []), ...(known.length > 0 ? [`${value} IN (${known.join(", ")})`] : [])];
  return chosen(among.join(" OR "), zero, one, dialect);
}

const held = (number: string): string => (number.startsWith("-") ? `(${number})` : number);

/** The logit by the terms' names: intercept + Σ coefficient · (term − center) / scale + offset, with what is constant put together. */
export function linear(intercept: number, coefficients: ArrayLike<number>, terms: readonly Term[], names: readonly string[], offset: string | undefined, dialect: Dialect): string {
  const { number } = dialects[dialect];
  let constant = intercept;
  const products = terms.map((term, j) => {
    const { center, scale } = restOf(term), factor = coefficients[j]! / scale;
    constant -= factor * center;
    return `${names[j]} * ${held(number(factor))}`;
  });
  return [number(constant), ...products, ...(offset === undefined ? [] : [offset])].join(" + ");
}

/**
 * The logits of a fitted model as SQL expressions over the columns of a table: prediction stays where the data is.
 *
 * @returns one expression per logit; the sigmoid of the only one is the score of the positive
 *
 * @example
 * const [logit] = logitsSql(model, "duckdb");
 * await connection.run(`SELECT id, ${logit} AS logit FROM customers`);
 */
export function logitsSql({ terms, coefficients, intercepts, offset }: SqlModel, dialect: Dialect): string[] {
  const columns = terms.map((term) => termSql(term, dialect)), { quote, double } = dialects[dialect];
  return intercepts.map((intercept, k) => linear(intercept, coefficients[k]!, terms, columns, offset === null ? undefined : double(quote(offset)), dialect));
}
