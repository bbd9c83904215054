import type { DuckDBDataChunk } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { sqlName } from "./database.ts";
import { isMissing } from "./missing.ts";
import type { Column } from "./table.ts";

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;
const TEXT = /^(VARCHAR|BOOLEAN|UUID|ENUM.*)$/;

/** Collects one column, chunk by chunk. */
export interface ColumnBuilder {
  /** What to select: DOUBLE for numbers, VARCHAR for text. */
  readonly sql: string;
  /** Takes these rows of a chunk; all of them unless said. */
  add(chunk: DuckDBDataChunk, index: number, rows?: Uint32Array): void;
  /** The column of the rows since the last time, of which there are so many. */
  take(rows: number): Column;
}

/** The collector for a column of a DuckDB type. */
export function builderFor(name: string, type: string, asText: boolean): ColumnBuilder {
  if (TEXT.test(type) || (asText && NUMBER.test(type))) return textBuilder(name);
  return NUMBER.test(type) ? numberBuilder(name) : otherBuilder(name, type);
}

function numberBuilder(name: string): ColumnBuilder {
  const parts: Float64Array[] = [];
  return {
    sql: `COALESCE(CAST(${sqlName(name)} AS DOUBLE), 'nan')`,
    // The chunk's memory as it lies there: asked value by value, the same column takes ten times as long.
    add(chunk, index, rows) {
      const { buffer, byteOffset } = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk.chunk, index), chunk.rowCount * Float64Array.BYTES_PER_ELEMENT);
      const values = new Float64Array(buffer, byteOffset, chunk.rowCount);
      const part = rows ? Float64Array.from(rows, (row) => values[row]!) : values.slice();
      for (let i = 0; i < part.length; i++) if (!Number.isFinite(part[i])) part[i] = NaN;
      parts.push(part);
    },
    take: (rows) => ({ kind: "number", name, values: joined(parts.splice(0), new Float64Array(rows)) }),
  };
}

function textBuilder(name: string): ColumnBuilder {
  const parts: Int32Array[] = [];
  let levels: string[] = [], codes = new Map<string, number>();
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
    add(chunk, index, rows) {
      const vector = chunk.getColumnVector(index);
      const part = new Int32Array(rows ? rows.length : chunk.rowCount);
      for (let i = 0; i < part.length; i++) {
        const value = vector.getItem(rows ? rows[i]! : i) as string | null;
        part[i] = value === null ? -1 : codeOf(value);
      }
      parts.push(part);
    },
    take(rows) {
      const found = levels;
      [levels, codes] = [[], new Map()];
      return { kind: "text", name, codes: joined(parts.splice(0), new Int32Array(rows)), levels: found };
    },
  };
}

function otherBuilder(name: string, type: string): ColumnBuilder {
  let missing = 0;
  return {
    sql: `CASE WHEN ${sqlName(name)} IS NULL THEN 1.0::DOUBLE ELSE 0.0::DOUBLE END`,
    add(chunk, index, rows) {
      const vector = chunk.getColumnVector(index);
      for (let i = 0; i < (rows ? rows.length : chunk.rowCount); i++) missing += vector.getItem(rows ? rows[i]! : i) as number;
    },
    take() {
      const found = missing;
      missing = 0;
      return { kind: "other", name, type, missing: found };
    },
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
