import { FocalError } from "focal-loss";
import { builderFor } from "./builders.ts";
import { csvSource } from "./csv.ts";
import { databaseReason, rowsOf, withDatabase } from "./database.ts";
import { findFiles, type Format } from "./files.ts";
import { quote } from "./near.ts";
import { selfDescribing, type Source } from "./source.ts";
import { fileNames, type Table } from "./table.ts";

const FORMAT_NAMES: Readonly<Record<Format, string>> = { csv: "CSV", parquet: "Parquet", json: "JSON" };

/** Reads CSV, TSV, Parquet or JSON files (`.gz` and `.zst` too, several files or globs as one table). */
export interface Reader {
  /** Rows and columns of the whole table. */
  size(): Promise<{ readonly rows: number; readonly columns: number }>;
  /** The rows that are wanted, by their number in the whole table; all of them unless said. */
  table(wanted?: (row: number) => boolean): Promise<Table>;
  /** Some columns of the whole table in pieces of at least so many rows, but for the last; and the number of their first row. */
  pieces(rows: number, names: readonly string[], visit: (piece: Table, first: number) => void): Promise<void>;
}

/**
 * Reads files into typed arrays while `work` runs.
 *
 * `asText` names columns that must come back as strings although they look like numbers here, because a model learned them as categories.
 *
 * @throws FocalError "data" for a file that does not exist, is empty, cut off or malformed, and for a table without rows
 */
export function reading<Result>(patterns: readonly string[], asText: readonly string[], work: (reader: Reader) => Promise<Result>): Promise<Result> {
  return withDatabase(async (connection) => {
    const { files, format } = await findFiles(connection, patterns);
    const unreadable = (error: unknown): never => {
      if (error instanceof FocalError) throw error;
      throw new FocalError("data", `cannot read ${files.map(quote).join(", ")} as ${FORMAT_NAMES[format]}: ${databaseReason(error)}`);
    };
    const source: Source = await (format === "csv" ? csvSource(connection, files, asText) : selfDescribing(connection, files, format)).catch(unreadable);

    /** Streams the table chunk by chunk: reading it whole would hold every value as an object first. */
    async function stream(columns: Source["columns"], wanted: ((row: number) => boolean) | undefined, each: number, visit: (piece: Table, first: number) => void): Promise<void> {
      const builders = columns.map(({ name, type }) => builderFor(name, type, asText.includes(name)));
      const result = await connection.stream(`SELECT ${builders.map(({ sql }) => sql).join(", ")} FROM ${source.sql}`).catch(unreadable);
      let read = 0, first = 0, rows = 0, pieces = 0;
      const take = (): void => {
        visit({ files, rows, columns: builders.map((builder) => builder.take(rows)) }, first);
        [first, rows, pieces] = [read, 0, pieces + 1];
      };
      for (;;) {
        const chunk = await result.fetchChunk().catch(unreadable);
        if (!chunk || chunk.rowCount === 0) break;
        const kept = wanted && Uint32Array.from({ length: chunk.rowCount }, (_, i) => i).filter((i) => wanted(read + i));
        builders.forEach((builder, i) => builder.add(chunk, i, kept));
        rows += kept ? kept.length : chunk.rowCount;
        read += chunk.rowCount;
        if (rows >= each) take();
      }
      if (rows > 0 || pieces === 0) take();
    }

    return work({
      async size() {
        const [[rows] = []] = await rowsOf(connection, `SELECT count(*) FROM ${source.sql}`).catch(unreadable);
        return { rows: Number(rows), columns: source.columns.length };
      },
      async table(wanted) {
        let whole: Table | undefined;
        await stream(source.columns, wanted, Infinity, (piece) => (whole = piece));
        if (whole!.rows === 0) throw new FocalError("data", `${fileNames(whole!)} ${files.length === 1 ? "has" : "have"} no rows`);
        return whole!;
      },
      pieces: (rows, names, visit) => stream(source.columns.filter(({ name }) => names.includes(name)), undefined, rows, visit),
    });
  });
}

/** The whole table of some files. */
export const readTable = (patterns: readonly string[], asText: readonly string[] = []): Promise<Table> => reading(patterns, asText, (reader) => reader.table());
