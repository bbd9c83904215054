import type { SqlEngine } from "../engine.ts";
import { EngineFailure, isPassing } from "./failure.ts";

/** What is used of a connection of `@duckdb/node-api`. */
export interface DuckDBConnectionLike {
  runAndReadAll(sql: string): Promise<{ getRowsJS(): readonly (readonly unknown[])[] }>;
  interrupt(): void;
}

/**
 * DuckDB as an engine: files, globs and tables, in this process.
 *
 * @param connection - of `@duckdb/node-api`, yours to open and close; one statement runs on it at a time
 *
 * @example
 * const connection = await DuckDBConnection.create();
 * const { rows } = await fitLinearFocal(duckdbEngine(connection), { files: "claims.parquet" }, { target: "fraud" });
 */
export function duckdbEngine(connection: DuckDBConnectionLike): SqlEngine {
  return {
    dialect: "duckdb",
    async query(sql, { signal } = {}) {
      signal?.throwIfAborted();
      const stop = (): void => connection.interrupt();
      signal?.addEventListener("abort", stop, { once: true });
      try {
        return (await connection.runAndReadAll(sql)).getRowsJS().map((row) => row.map(plain));
      } catch (error) {
        signal?.throwIfAborted();
        throw new EngineFailure(`DuckDB: ${sentence(error)}`);
      } finally {
        signal?.removeEventListener("abort", stop);
      }
    },
    retryable: isPassing,
  };
}

function plain(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return Array.isArray(value) ? value.map(plain) : String(value);
}

/** The first line of DuckDB's message, without the name of its kind. */
function sentence(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
  return line.replace(/^[A-Z][A-Za-z ]* Error: /, "").slice(0, 500);
}
