import { FocalError } from "../errors.ts";
import { dialects } from "../targets/sql/dialects.ts";
import type { Dialect } from "../targets/sql/dialects.ts";

/**
 * Where rows come from: a table by its name, or by its name's parts (`["database", "table"]`); or files, which DuckDB reads
 * where they lie.
 */
export type Source = string | readonly string[] | Files;

/** Files of rows, globs among them. */
export interface Files {
  readonly files: string | readonly string[];
  /** Default: by the ending of the first. */
  readonly format?: "parquet" | "csv" | "json";
}

/**
 * What follows FROM: quoted, whatever the names hold.
 *
 * @throws FocalError `argument` for a source without a name, or files that the dialect cannot read
 */
export function fromClause(source: Source, dialect: Dialect): string {
  const { quote, text } = dialects[dialect];
  if (typeof source === "object" && "files" in source) {
    if (dialect !== "duckdb") throw new FocalError("argument", `files are read by DuckDB; ${dialect} needs the name of a table`);
    const files = typeof source.files === "string" ? [source.files] : source.files;
    if (files.length === 0) throw new FocalError("argument", "files must name at least one file");
    return `${readers[source.format ?? formatOf(files[0]!)]}([${files.map(text).join(", ")}])`;
  }
  const parts = typeof source === "string" ? [source] : source;
  if (parts.length === 0 || parts.some((part) => typeof part !== "string" || part === "")) throw new FocalError("argument", `source must be the name of a table, got ${JSON.stringify(source)}`);
  return parts.map(quote).join(".");
}

/** A source as people call it. */
export const sourceName = (source: Source): string =>
  typeof source === "string" ? JSON.stringify(source) : "files" in source ? JSON.stringify(source.files) : JSON.stringify(source.join("."));

const readers = { parquet: "read_parquet", csv: "read_csv", json: "read_json" };

function formatOf(file: string): keyof typeof readers {
  const name = file.toLowerCase().replace(/\.(gz|zst|bz2)$/, "");
  return /\.(parquet|pq)$/.test(name) ? "parquet" : /\.(json|jsonl|ndjson)$/.test(name) ? "json" : "csv";
}
