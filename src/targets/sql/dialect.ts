import { describe, FocalError } from "../../errors.ts";

/** The words of one SQL: all that printers and queries need to know of it. */
export interface SqlDialect {
  /** A name of a table, a column or an alias, quoted: whatever it holds, it stays one name. */
  quote(name: string): string;
  /** A text, quoted: whatever it holds, it stays one text. */
  text(value: string): string;
  /** A float64, to its last bit. */
  number(value: number): string;
  /** An expression as float64. */
  double(expression: string): string;
  /** `then` where the condition holds, else `otherwise`. */
  choose(condition: string, then: string, otherwise: string): string;
  /** The function of the natural logarithm. */
  readonly log: string;
  /** The function log(1 + x), where there is one. */
  readonly log1p?: string;
  /** The logarithm of 0 is an error, not −∞. */
  readonly refusesLogOfZero?: true;
  /** A product or a power that becomes 0 by its smallness is an error, not 0. */
  readonly refusesUnderflow?: true;
  /**
   * How shared parts of an expression are computed once: `nested`, each level a subselect under the next; `flat`, `WITH expression
   * AS alias` in a single SELECT.
   */
  readonly sharing: "nested" | "flat";
  /** What keeps a subselect from being merged into the one above, which would compute shared parts once per use. */
  readonly fence?: string;
}

/** 1e0, 2.5e-1 */
export const exponential = (value: number): string => value.toExponential().replace("+", "");

/** What is quoted must be one text for the engine as well. */
function sayable(text: string): string {
  if (typeof text !== "string") throw new FocalError("argument", `names and texts in SQL must be strings, got ${describe(text)}`);
  if (/[\0\p{Surrogate}]/u.test(text)) throw new FocalError("argument", `names and texts in SQL must not hold a NUL or half of a character, got ${JSON.stringify(text)}`);
  return text;
}

/** A quoted name or text, in which the quote is written twice. */
export const doubled = (quote: string) => (text: string): string => quote + sayable(text).replaceAll(quote, quote + quote) + quote;

/** A quoted name or text, in which the quote and the backslash stand after a backslash. */
export const escaped = (quote: string) => (text: string): string => quote + sayable(text).replace(/[\\'`]/g, (sign) => (sign === quote || sign === "\\" ? `\\${sign}` : sign)) + quote;

/** What is not finite is cast from its name. */
export const numberBy = (finite: (digits: string) => string, type: string) => (value: number): string =>
  Number.isFinite(value) ? finite(exponential(value)) : `CAST('${value}' AS ${type})`;

export const choose = (condition: string, then: string, otherwise: string): string => `CASE WHEN ${condition} THEN ${then} ELSE ${otherwise} END`;
