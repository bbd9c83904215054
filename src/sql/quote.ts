import { FocalError } from "../errors.ts";
import { dialectOf } from "../targets/sql/dialects.ts";
import type { Dialect } from "../targets/sql/dialects.ts";

/**
 * A name as one identifier of a dialect, whatever stands in it: spaces, quotes, SQL.
 *
 * @param parts - a name, or the names that lead to it: database, schema, table
 * @throws FocalError `argument` for an empty name, or one with a NUL
 *
 * @example
 * quoteName("duckdb", "main", `the "table"`);   // "main"."the ""table"""
 */
export function quoteName(dialect: Dialect, ...parts: readonly string[]): string {
  if (parts.length === 0 || parts.includes("")) throw new FocalError("argument", "names in SQL must not be empty");
  return parts.map(dialectOf(dialect).quote).join(".");
}

/**
 * A text as one literal of a dialect, whatever stands in it.
 *
 * @throws FocalError `argument` for a text with a NUL
 *
 * @example
 * quoteText("duckdb", "it's");   // 'it''s'
 */
export const quoteText = (dialect: Dialect, text: string): string => dialectOf(dialect).text(text);

/**
 * A beginning for aliases that none of the names has, so that no alias stands for a column.
 *
 * @example
 * freePrefix(["amount", "Focal_1"]);   // focal__
 */
export function freePrefix(names: readonly string[]): string {
  let prefix = "focal_";
  while (names.some((name) => name.toLowerCase().startsWith(prefix))) prefix += "_";
  return prefix;
}
