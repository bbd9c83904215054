import type { DuckDBConnection } from "@duckdb/node-api";
import { FocalError } from "focal-loss";
import { builderFor, type ColumnBuilder } from "./builders.ts";
import { csvSource } from "./csv.ts";
import { databaseReason, withDatabase } from "./database.ts";
import { findFiles, type Format } from "./files.ts";
import { quote } from "./near.ts";
import { selfDescribing, type Source } from "./source.ts";
import { fileNames, type Table } from "./table.ts";

const FORMAT_NAMES: Readonly<Record<Format, string>> = { csv: "CSV", parquet: "Parquet", json: "JSON" };

/**
 * Reads CSV, TSV, Parquet or JSON files (`.gz` and `.zst` too, several files or globs as one table) into typed arrays.
 *
 * `asText` names columns that must come back as strings although they look like numbers here, because a model learned them as categories.
 *
 * @throws FocalError "data" for a file that does not exist, is empty, cut off or malformed, and for a table without rows
 */
export async function readTable(patterns: readonly string[], asText: readonly string[] = []): Promise<Table> {
  return withDatabase(async (connection) => {
    const { files, format } = await findFiles(connection, patterns);
    const unreadable = (error: unknown): never => {
      if (error instanceof FocalError) throw error;
      throw new FocalError("data", `cannot read ${files.map(quote).join(", ")} as ${FORMAT_NAMES[format]}: ${databaseReason(error)}`);
    };
    const source = await (format === "csv" ? csvSource(connection, files, asText) : selfDescribing(connection, files, format)).catch(unreadable);
    const builders = source.columns.map(({ name, type }) => builderFor(name, type, asText.includes(name)));
    const rows = await fill(connection, source, builders).catch(unreadable);
    const table: Table = { files, rows, columns: builders.map((builder) => builder.finish(rows)) };
    if (rows === 0) throw new FocalError("data", `${fileNames(table)} ${files.length === 1 ? "has" : "have"} no rows`);
    return table;
  });
}

/** Streams the table chunk by chunk: reading it whole would hold every value as an object first. */
async function fill(connection: DuckDBConnection, source: Source, builders: readonly ColumnBuilder[]): Promise<number> {
  const result = await connection.stream(`SELECT ${builders.map(({ sql }) => sql).join(", ")} FROM ${source.sql}`);
  let rows = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return rows;
    builders.forEach((builder, i) => builder.add(chunk, i));
    rows += chunk.rowCount;
  }
}
