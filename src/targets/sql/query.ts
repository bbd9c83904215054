import type { SqlDialect } from "./dialect.ts";
import type { SqlPart } from "./print.ts";

/** A SELECT over parts that are computed once per row. */
export interface Query {
  /** What comes from the source, by plain aliases: the only names that parts and `select` may mention. */
  readonly inputs: readonly (readonly [alias: string, sql: string])[];
  readonly parts: readonly SqlPart[];
  readonly select: string;
  /** A table, or what else may follow FROM. */
  readonly from: string;
  /** Of the source's rows. */
  readonly where?: string | undefined;
  /** GROUP BY and what follows it. */
  readonly tail?: string | undefined;
}

type Named = readonly (readonly [alias: string, sql: string])[];

/** The query in a dialect's way of computing shared parts once. Of the source's columns only the inputs are read. */
export function queryOver({ sharing, fence }: SqlDialect, { inputs, parts, select, from, where, tail }: Query): string {
  const lines: string[] = [];
  // Lines are indented as they are made: what a name or a text holds, line breaks among it, is left as it is.
  const say = (depth: number, ...clauses: readonly (string | undefined)[]): void => {
    for (const clause of clauses) if (clause !== undefined) lines.push("  ".repeat(depth) + clause);
  };
  const list = (depth: number, named: Named): void => named.forEach(([alias, sql], i) => say(depth, `${sql} AS ${alias}${i < named.length - 1 ? "," : ""}`));
  const columns = `SELECT${select.startsWith("\n") ? "" : " "}${select}`;
  const filter = where === undefined ? undefined : `WHERE ${where}`, at = (level: number): Named => parts.filter((part) => part.level === level).map(({ alias, sql }) => [alias, sql]);
  if (sharing === "flat") {
    say(0, "WITH");
    list(1, [...inputs, ...parts.map(({ alias, sql }) => [alias, sql] as const)]);
    say(0, columns, `FROM ${from}`, filter, tail);
    return lines.join("\n");
  }
  const levels = parts.reduce((most, { level }) => Math.max(most, level), 0);
  say(0, columns, "FROM (");
  for (let level = levels; level > 0; level--) {
    const depth = levels - level + 1;
    say(depth, "SELECT *,");
    list(depth + 1, at(level));
    say(depth, "FROM (");
  }
  say(levels + 1, "SELECT");
  list(levels + 2, inputs);
  say(levels + 1, `FROM ${from}`, filter, fence);
  for (let level = 1; level <= levels; level++) say(levels - level + 1, `) AS ${inputs[0]![0]}_${level}`, fence);
  say(0, `) AS ${inputs[0]![0]}_0`, tail);
  return lines.join("\n");
}
