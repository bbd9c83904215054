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

const list = (items: readonly (readonly [alias: string, sql: string])[], indent: string): string => items.map(([alias, sql]) => `${sql} AS ${alias}`).join(`,\n${indent}`);
const lines = (...clauses: readonly (string | undefined)[]): string => clauses.filter((clause) => clause !== undefined).join("\n");
const deeper = (text: string): string => text.replaceAll("\n", "\n  ");

/** The query in a dialect's way of computing shared parts once. Of the source's columns only the inputs are read. */
export function queryOver({ sharing, fence }: SqlDialect, { inputs, parts, select, from, where, tail }: Query): string {
  const filter = where === undefined ? undefined : `WHERE ${where}`;
  const named = parts.map(({ alias, sql, level }) => ({ entry: [alias, sql] as const, level }));
  if (sharing === "flat") return lines(`WITH\n  ${list([...inputs, ...named.map(({ entry }) => entry)], "  ")}`, `SELECT ${select}`, `FROM ${from}`, filter, tail);
  let source = lines(`SELECT\n  ${list(inputs, "  ")}`, `FROM ${from}`, filter, fence);
  for (let level = 1; named.some((part) => part.level >= level); level++) {
    const here = named.filter((part) => part.level === level).map(({ entry }) => entry);
    source = lines(`SELECT *,\n  ${list(here, "  ")}`, `FROM (\n  ${deeper(source)}\n) AS ${inputs[0]![0]}_${level}`, fence);
  }
  return lines(`SELECT ${select}`, `FROM (\n  ${deeper(source)}\n) AS ${inputs[0]![0]}_0`, tail);
}
