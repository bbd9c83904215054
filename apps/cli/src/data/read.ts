import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { FocalError } from "focal-loss";
import { sqlName, withDatabase } from "./database.ts";
import { findFiles } from "./files.ts";
import { isMissing } from "./missing.ts";
import { openSource, unreadable, type Source } from "./source.ts";
import { fileNames, type Column, type Table } from "./table.ts";

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;
const TEXT = /^(VARCHAR|BOOLEAN|UUID|ENUM.*)$/;

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
    const source = await openSource(connection, files, format, asText);
    const builders = source.columns.map(({ name, type }) => builderFor(name, type, asText.includes(name)));
    const rows = await fill(connection, source, builders).catch((error: unknown) => {
      throw unreadable(files, format, error);
    });
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

interface ColumnBuilder {
  /** What to select: DOUBLE for numbers, VARCHAR for text. */
  readonly sql: string;
  add(chunk: DuckDBDataChunk, index: number): void;
  finish(rows: number): Column;
}

function builderFor(name: string, type: string, asText: boolean): ColumnBuilder {
  if (TEXT.test(type) || (asText && NUMBER.test(type))) return textBuilder(name);
  return NUMBER.test(type) ? numberBuilder(name) : otherBuilder(name, type);
}

function numberBuilder(name: string): ColumnBuilder {
  const parts: Float64Array[] = [];
  return {
    sql: `CAST(${sqlName(name)} AS DOUBLE)`,
    add(chunk, index) {
      const vector = chunk.getColumnVector(index);
      const part = new Float64Array(chunk.rowCount);
      for (let i = 0; i < part.length; i++) {
        const value = vector.getItem(i) as number | null;
        part[i] = value !== null && Number.isFinite(value) ? value : NaN;
      }
      parts.push(part);
    },
    finish: (rows) => ({ kind: "number", name, values: joined(parts, new Float64Array(rows)) }),
  };
}

function textBuilder(name: string): ColumnBuilder {
  const parts: Int32Array[] = [];
  const levels: string[] = [];
  const codes = new Map<string, number>();
  const codeOf = (raw: string): number => {
    const text = raw.trim();
    const known = codes.get(text);
    if (known !== undefined) return known;
    const code = isMissing(text) ? -1 : levels.push(text) - 1;
    codes.set(text, code);
    return code;
  };
  return {
    sql: `CAST(${sqlName(name)} AS VARCHAR)`,
    add(chunk, index) {
      const vector = chunk.getColumnVector(index);
      const part = new Int32Array(chunk.rowCount);
      for (let i = 0; i < part.length; i++) {
        const value = vector.getItem(i) as string | null;
        part[i] = value === null ? -1 : codeOf(value);
      }
      parts.push(part);
    },
    finish: (rows) => ({ kind: "text", name, codes: joined(parts, new Int32Array(rows)), levels }),
  };
}

function otherBuilder(name: string, type: string): ColumnBuilder {
  let missing = 0;
  return {
    sql: `CASE WHEN ${sqlName(name)} IS NULL THEN 1.0::DOUBLE ELSE 0.0::DOUBLE END`,
    add(chunk, index) {
      const vector = chunk.getColumnVector(index);
      for (let i = 0; i < chunk.rowCount; i++) missing += vector.getItem(i) as number;
    },
    finish: () => ({ kind: "other", name, type, missing }),
  };
}

function joined<A extends Float64Array | Int32Array>(parts: readonly A[], into: A): A {
  let offset = 0;
  for (const part of parts) {
    into.set(part, offset);
    offset += part.length;
  }
  return into;
}
