/** DuckDB inside the test's own process. */
import { DuckDBInstance } from "@duckdb/node-api";
import type { SqlEngine } from "focal-loss/sql";

/** A fresh database in memory. */
export async function duckdbEngine(): Promise<SqlEngine> {
  const connection = await (await DuckDBInstance.create()).connect();
  return {
    dialect: "duckdb",
    query: async (sql) => (await connection.runAndReadAll(sql)).getRowsJS().map((row) => row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell))),
    retryable: () => false,
  };
}
