import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DOUBLE, DuckDBDataChunk, INTEGER, VARCHAR } from "@duckdb/node-api";
import { FocalError } from "focal-loss";
import { sqlName, sqlText, withDatabase } from "../data/database.ts";
import { quote } from "../data/near.ts";
import { replaceFile } from "./write.ts";

/** A column to be written: its type, and its value in a row; null is a missing one. */
export interface OutputColumn {
  readonly name: string;
  readonly type: "integer" | "number" | "text";
  readonly value: (row: number) => number | string | null;
}

const TYPES = { integer: INTEGER, number: DOUBLE, text: VARCHAR } as const;

/** DuckDB's vectors hold this many rows. */
const CHUNK = 2048;

const CSV = "FORMAT csv, HEADER";
const FORMATS: Readonly<Record<string, string>> = {
  csv: CSV, tsv: `${CSV}, DELIMITER '\t'`, parquet: "FORMAT parquet", json: "FORMAT json, ARRAY true", jsonl: "FORMAT json", ndjson: "FORMAT json",
};

/**
 * Writes columns as CSV, TSV, Parquet or JSON by the path's extension, `.gz` and `.zst` included; to the standard output as CSV without a path.
 *
 * @throws FocalError "data" for an unknown extension or a path that cannot be written; nothing half-written is left
 */
export async function writeColumns(path: string | undefined, rows: number, columns: readonly OutputColumn[]): Promise<void> {
  if (path === undefined) return toStandardOutput(rows, columns);
  const options = formatOf(path);
  await replaceFile(path, (temporary) => copyTo(temporary, options, rows, columns));
}

/** Refuses a path of unknown format, before any work is done for it. */
export function formatOf(path: string): string {
  const [, extension = "", compression] = /\.([a-z]+)(?:\.(gz|zst))?$/i.exec(path)?.map((part) => part?.toLowerCase()) ?? [];
  const format = FORMATS[extension];
  if (format === undefined || (extension === "parquet" && compression)) {
    throw new FocalError("data", `cannot tell the format of ${quote(path)}, expected .csv, .tsv, .parquet, .json or .jsonl`);
  }
  return compression === undefined ? format : `${format}, COMPRESSION ${compression === "gz" ? "gzip" : "zstd"}`;
}

async function copyTo(path: string, options: string, rows: number, columns: readonly OutputColumn[]): Promise<void> {
  const unique = distinctNames(columns.map(({ name }) => name));
  const types = columns.map(({ type }) => TYPES[type]);
  await withDatabase(async (connection) => {
    const definition = unique.map((name, i) => `${sqlName(name)} ${types[i]!.toString()}`).join(", ");
    await connection.run(`CREATE TABLE output (${definition})`);
    const appender = await connection.createAppender("output");
    for (let start = 0; start < rows; start += CHUNK) {
      const length = Math.min(CHUNK, rows - start);
      const chunk = DuckDBDataChunk.create(types, length);
      columns.forEach(({ value }, i) => chunk.setColumnValues(i, Array.from({ length }, (_, row) => value(start + row))));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await connection.run(`COPY output TO ${sqlText(path)} (${options})`);
  });
}

async function toStandardOutput(rows: number, columns: readonly OutputColumn[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "focal-"));
  try {
    const path = join(folder, "output.csv");
    await copyTo(path, CSV, rows, columns);
    // A reader that has seen enough, such as `head`, closes the pipe: that is no failure.
    await pipeline(createReadStream(path), process.stdout, { end: false }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Column names of a file differ in more than case; class names need not. */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${name}_${n}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
