import type { SqlPart } from "../formula.ts";

/** A formula text up to here is written out; a longer one is bound part by part. */
const longest = 8000;

/**
 * Values computed once per row in one expression: an array, by lambdas that bind what is used more than once.
 *
 * ClickHouse replaces every mention of an alias by what it stands for, and a hundred sums over a formula of thirty columns
 * become a statement that takes longer to read than to run. What a lambda binds stays a name.
 *
 * @param inputs - what parts and values are computed from, by the names they know it by
 */
export function bound(inputs: readonly (readonly [alias: string, sql: string])[], parts: readonly SqlPart[], values: readonly string[]): string {
  const written = writtenOut(parts, values);
  if (written.join().length <= longest) return lambda(inputs, `[${written.join(", ")}]`);
  const deepest = Math.max(...parts.map(({ level }) => level));
  let body = `[${values.join(", ")}]`;
  for (let level = deepest; level > 0; level--) body = lambda(parts.filter((part) => part.level === level).map(({ alias, sql }) => [alias, sql]), body);
  return lambda(inputs, body);
}

const lambda = (names: readonly (readonly [alias: string, sql: string])[], body: string): string =>
  `arrayElement(arrayMap((${names.map(([alias]) => alias).join(", ")}) -> ${body}, ${names.map(([, sql]) => `[${sql}]`).join(", ")}), 1)`;

/** The values with every part written out where it is mentioned; longer than `longest` it is given up. */
function writtenOut(parts: readonly SqlPart[], values: readonly string[]): string[] {
  const meaning = new Map<string, string>();
  const mention = (sql: string): string => sql.replace(/\b[a-z]\w*\b/g, (word) => meaning.get(word) ?? word);
  for (const { alias, sql } of parts) {
    const text = `(${mention(sql)})`;
    if (text.length > longest) return [text];
    meaning.set(alias, text);
  }
  return values.map(mention);
}
