import type { DuckDBConnection } from "@duckdb/node-api";
import { FocalError } from "focal-loss";
import { csvSource } from "./csv.ts";
import { databaseReason, rowsOf, sqlList } from "./database.ts";
import { literalPath, type Format } from "./files.ts";
import { quote } from "./near.ts";

/** A table expression for SQL, with the columns it yields. */
export interface Source {
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** How DuckDB reads these files, and what it finds in them. `asText` names columns of CSV files to be taken as strings. */
export async function openSource(connection: DuckDBConnection, files: readonly string[], format: Format, asText: readonly string[]): Promise<Source> {
  const sql = format === "csv" ? await csvSource(connection, files, asText) : reader(files, format);
  try {
    const described = await rowsOf(connection, `DESCRIBE SELECT * FROM ${sql}`);
    return { sql, columns: described.map(([name, type]) => ({ name: name!, type: type! })) };
  } catch (error) {
    throw unreadable(files, format, error);
  }
}

export function unreadable(files: readonly string[], format: Format, error: unknown): FocalError {
  const name = format === "json" ? "JSON" : format === "csv" ? "CSV" : "Parquet";
  return new FocalError("data", `cannot read ${files.map(quote).join(", ")} as ${name}: ${databaseReason(error)}`);
}

function reader(files: readonly string[], format: "parquet" | "json"): string {
  const list = sqlList(files.map(literalPath));
  return format === "parquet"
    ? `read_parquet(${list})`
    : `read_json(${list}, sample_size = -1, union_by_name = true)`;
}
