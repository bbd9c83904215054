import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { FocalError } from "focal-loss";
import { rowsOf, sqlText } from "./database.ts";
import { quote } from "./near.ts";

export type Format = "csv" | "parquet" | "json";

const FORMATS: Readonly<Record<string, Format>> = {
  csv: "csv", tsv: "csv", tab: "csv", txt: "csv", data: "csv",
  parquet: "parquet", pq: "parquet",
  json: "json", jsonl: "json", ndjson: "json",
};

/** The files that paths and globs name, checked: they exist, can be read, are not empty or cut off, and share one format. */
export async function findFiles(connection: DuckDBConnection, patterns: readonly string[]): Promise<{ files: string[]; format: Format }> {
  if (patterns.length === 0) throw new FocalError("data", "name at least one data file");
  const files: string[] = [];
  for (const pattern of patterns) files.push(...(await expand(connection, pattern)));
  const [first, ...rest] = files.map((file) => ({ file, format: formatOf(file) }));
  for (const other of rest) {
    if (other.format !== first!.format) {
      throw new FocalError("data", `files must share one format, got ${first!.file} (${first!.format}) and ${other.file} (${other.format})`);
    }
  }
  const repeated = files.find((file, i) => files.findIndex((other) => resolve(other) === resolve(file)) < i);
  if (repeated !== undefined) throw new FocalError("data", `${quote(repeated)} is named twice, its rows would count double`);
  for (const file of files) await check(file);
  return { files, format: first!.format };
}

/** A path as DuckDB wants it: its own glob characters taken literally. */
export function literalPath(file: string): string {
  return file.replace(/[*?[]/g, "[$&]");
}

async function expand(connection: DuckDBConnection, pattern: string): Promise<string[]> {
  const info = await stat(pattern).catch(() => null);
  if (info?.isDirectory()) throw new FocalError("data", `${quote(pattern)} is a folder, expected a file: write ${quote(`${pattern.replace(/\/$/, "")}/*.csv`)} for all files in it`);
  if (info) return [pattern];
  if (!/[*?[]/.test(pattern)) throw new FocalError("data", `no such file: ${quote(pattern)}`);
  const found = (await rowsOf(connection, `SELECT file FROM glob(${sqlText(pattern)})`)).map(([file]) => file!);
  if (found.length === 0) throw new FocalError("data", `no file matches ${quote(pattern)}`);
  return found;
}

function formatOf(file: string): Format {
  const extension = /\.([a-z0-9]+)(?:\.(?:gz|zst))?$/i.exec(file)?.[1]?.toLowerCase() ?? "";
  const format = FORMATS[extension];
  if (!format) throw new FocalError("data", `cannot tell the format of ${quote(file)}, expected .csv, .tsv, .parquet, .json or .jsonl, with .gz or .zst if compressed`);
  return format;
}

async function check(file: string): Promise<void> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    throw new FocalError("data", `cannot read ${quote(file)}: ${error.code === "EACCES" ? "permission denied" : error.message}`);
  });
  const { size } = await handle.stat();
  await handle.close();
  if (size === 0) throw new FocalError("data", `${quote(file)} is empty`);
  if (/\.gz$/i.test(file)) await checkGzip(file);
}

/** DuckDB reads a cut-off gzip file as far as it goes and says nothing, so its length and checksum are verified first. */
async function checkGzip(file: string): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(createReadStream(file), createGunzip(), nowhere).catch((error: Error) => {
    throw new FocalError("data", `${quote(file)} is not a whole gzip file: ${error.message}`);
  });
}
