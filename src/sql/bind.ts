import { dialectOf } from "../targets/sql/dialects.ts";
import type { Dialect } from "../targets/sql/dialects.ts";
import type { SqlPart } from "./formula.ts";

/** A part up to here is written out wherever it is mentioned; a longer one is bound. */
const longest = 300;

/**
 * Values computed once per row in one expression: an array, by lambdas that bind what is long and used more than once.
 *
 * ClickHouse replaces every mention of an alias by what it stands for, and a hundred sums over a formula of thirty columns
 * become a statement that takes longer to read than to run. What a lambda binds stays a name. But each lambda within another
 * doubles the time to read both, so only a few parts are bound.
 *
 * @param inputs - what parts and values are computed from, by the names they know it by
 */
export function bound(inputs: readonly (readonly [alias: string, sql: string])[], parts: readonly SqlPart[], values: readonly string[]): string {
  const meaning = new Map<string, string>(), stages: [alias: string, sql: string][][] = [], stageOf = new Map<string, number>();
  const wordsOf = (sql: string): string[] => sql.match(/\b[a-z]\w*\b/g) ?? [];
  const mention = (sql: string): string => sql.replace(/\b[a-z]\w*\b/g, (word) => meaning.get(word) ?? word);
  for (const { alias, sql } of parts) {
    const text = mention(sql);
    if (text.length <= longest) meaning.set(alias, `(${text})`);
    else {
      const stage = Math.max(0, ...wordsOf(text).map((word) => (stageOf.get(word) ?? -1) + 1));
      stageOf.set(alias, stage);
      (stages[stage] ??= []).push([alias, text]);
    }
  }
  const body = stages.reduceRight((inner, named) => lambda(named, inner), `[${values.map(mention).join(", ")}]`);
  return lambda(inputs, body);
}

const lambda = (names: readonly (readonly [alias: string, sql: string])[], body: string): string =>
  `arrayElement(arrayMap((${names.map(([alias]) => alias).join(", ")}) -> ${body}, ${names.map(([, sql]) => `[${sql}]`).join(", ")}), 1)`;

/** What a statement is made of until {@link querySql} writes it out. */
export interface Computed {
  readonly inputs: readonly (readonly [alias: string, sql: string])[];
  readonly parts: readonly SqlPart[];
  readonly values: readonly string[];
}

/** Numbers of a row, each of which a statement may mention as often as it likes: where mentions are written out, {@link bound} as one array. */
export function mentionable(dialect: Dialect, prefix: string, { inputs, parts, values }: Computed): Computed {
  if (dialectOf(dialect).sharing === "nested") return { inputs, parts, values };
  return { inputs: [[`${prefix}row`, bound(inputs, parts, values)]], parts: [], values: values.map((_, i) => `arrayElement(${prefix}row, ${i + 1})`) };
}
