import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

/**
 * Runs `work` on a private in-memory DuckDB and closes it afterwards.
 *
 * Extensions are never fetched: everything used here (CSV, Parquet, JSON) is linked in, and reading a file must not touch the network.
 */
export async function withDatabase<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** All rows of a small query, as strings and nulls. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<(string | null)[][]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowsJson().map((row) => row.map((value) => (value === null ? null : String(value))));
}

export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const sqlList = (items: readonly string[]): string => `[${items.map(sqlText).join(", ")}]`;

/** The first line of DuckDB's message, without its prefix: what fits a one-sentence error. */
export function databaseReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split("\n", 1)[0] ?? "";
  return line.replace(/^[A-Z][A-Za-z ]* Error: /, "").replace(/[.\s]+$/, "");
}
