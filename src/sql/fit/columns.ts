import { FocalError } from "../../errors.ts";
import { dialects } from "../../targets/sql/dialects.ts";
import type { Dialect } from "../../targets/sql/dialects.ts";
import type { SqlEngine } from "../engine.ts";
import { fromClause, sourceName } from "../source.ts";
import type { Source } from "../source.ts";
import { ask } from "./ask.ts";
import type { Asking } from "./ask.ts";

/** How a column's values are compared with a literal: as numbers, as texts, or by the text they are shown as. */
export type Comparison = "number" | "text" | "shown";

/** The columns of a source and how each is compared, in their order. */
export type Columns = ReadonlyMap<string, Comparison>;

/** Asks an engine which columns a source has. */
export async function columnsOf(engine: SqlEngine, source: Source, asking: Asking): Promise<Columns> {
  const rows = await ask(engine, describe(source, engine.dialect), asking);
  // Spark lists partitions and remarks after the columns, under a name that begins with #.
  const end = engine.dialect === "spark" ? rows.findIndex(([name]) => name === "" || String(name).startsWith("#")) : -1;
  return new Map(rows.slice(0, end < 0 ? undefined : end).map(([name, type]) => [String(name), comparisonOf(String(type))]));
}

function describe(source: Source, dialect: Dialect): string {
  const from = fromClause(source, dialect);
  if (dialect === "duckdb") return `DESCRIBE SELECT * FROM ${from}`;
  if (dialect !== "postgres") return dialect === "clickhouse" ? `DESCRIBE TABLE ${from}` : `DESCRIBE ${from}`;
  return `SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = ${dialects.postgres.text(from)}::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
}

const numbers = /^(u?(tiny|small|big|huge)?int(eger)?\d*|long|short|byte|real|float\d*|double( precision)?|decimal\d*|numeric|bignum)\b/i;
const texts = /^(varchar|text|string|char|character|bpchar|fixedstring)\b/i;

export function comparisonOf(type: string): Comparison {
  const plain = type.replace(/\b(?:Nullable|LowCardinality)\(/g, "").replace(/[\])]+$/, (end) => (end.includes("]") ? end : ""));
  if (plain.endsWith("]")) return "shown"; // an array
  return numbers.test(plain) ? "number" : texts.test(plain) ? "text" : "shown";
}

/** @throws FocalError `data` naming the column and what there is instead */
export function expectColumn(columns: Columns, name: string, source: Source, use: string): Comparison {
  const found = columns.get(name);
  if (found !== undefined) return found;
  const all = [...columns.keys()], shown = all.slice(0, 20).map((column) => JSON.stringify(column)).join(", ");
  throw new FocalError("data", `${sourceName(source)} has no column ${JSON.stringify(name)} for ${use}; it has ${shown}${all.length > 20 ? ", …" : ""}`);
}

/** A column in the form in which it is compared with {@link literal}s. */
export function comparable(column: string, comparison: Comparison, dialect: Dialect): string {
  const name = dialects[dialect].quote(column);
  return comparison === "shown" ? shown(name, dialect) : name;
}

/** An expression as text. */
export const shown = (sql: string, dialect: Dialect): string =>
  dialect === "clickhouse" ? `toString(${sql})` : `CAST(${sql} AS ${dialect === "spark" ? "STRING" : "VARCHAR"})`;

/** A value that the engine has shown as text, to compare a column with. Whole numbers keep all their digits. */
export function literal(value: string, comparison: Comparison, dialect: Dialect): string {
  if (comparison !== "number") return dialects[dialect].text(value);
  return /^-?\d{1,38}$/.test(value) ? value : dialects[dialect].number(Number(value));
}
