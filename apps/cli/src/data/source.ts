import type { DuckDBConnection } from "@duckdb/node-api";
import { rowsOf, sqlList } from "./database.ts";
import { literalPath, type Format } from "./files.ts";

/** A table expression for SQL, with the columns it yields. */
export interface Source {
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** What DuckDB finds in a table expression. */
export async function describe(connection: DuckDBConnection, sql: string): Promise<Source> {
  const columns = await rowsOf(connection, `DESCRIBE SELECT * FROM ${sql}`);
  return { sql, columns: columns.map(([name, type]) => ({ name: name!, type: type! })) };
}

/** Parquet and JSON say themselves what they hold. */
export function selfDescribing(connection: DuckDBConnection, files: readonly string[], format: Exclude<Format, "csv">): Promise<Source> {
  const list = sqlList(files.map(literalPath));
  return describe(connection, format === "parquet" ? `read_parquet(${list})` : `read_json(${list}, sample_size = -1, union_by_name = true)`);
}
