import { describe, FocalError } from "../errors.ts";
import { dialects } from "../targets/sql/dialects.ts";
import type { Dialect } from "../targets/sql/dialects.ts";

/** What no engine takes in a name or a text, or takes for something else. */
const unsayable = /[\0\p{Surrogate}]/u;

function expectSayable(what: string, value: unknown): asserts value is string {
  if (typeof value !== "string") throw new FocalError("argument", `${what} must be a string, got ${describe(value)}`);
  if (unsayable.test(value)) throw new FocalError("argument", `${what} must not hold a NUL or half of a character, got ${JSON.stringify(value)}`);
}

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
  return parts.map((part) => {
    expectSayable("a name", part);
    if (part === "") throw new FocalError("argument", "a name must not be empty");
    return dialects[dialect].quote(part);
  }).join(".");
}

/**
 * A text as one literal of a dialect, whatever stands in it.
 *
 * @throws FocalError `argument` for a text with a NUL
 *
 * @example
 * quoteText("duckdb", "it's");   // 'it''s'
 */
export function quoteText(dialect: Dialect, text: string): string {
  expectSayable("a text", text);
  return dialects[dialect].text(text);
}

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
