/** DuckDB inside the test's own process. */
import { DuckDBConnection } from "@duckdb/node-api";
import { duckdbEngine } from "focal-loss/sql";
import type { SqlEngine } from "focal-loss/sql";

/** A fresh database in memory. */
export const freshDuckdb = async (): Promise<SqlEngine> => duckdbEngine(await DuckDBConnection.create());
