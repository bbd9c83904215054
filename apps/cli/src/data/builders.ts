import type { DuckDBDataChunk } from "@duckdb/node-api";
import { sqlName } from "./database.ts";
import { isMissing } from "./missing.ts";
import type { Column } from "./table.ts";

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;
const TEXT = /^(VARCHAR|BOOLEAN|UUID|ENUM.*)$/;

/** Collects one column, chunk by chunk. */
export interface ColumnBuilder {
  /** What to select: DOUBLE for numbers, VARCHAR for text. */
  readonly sql: string;
  add(chunk: DuckDBDataChunk, index: number): void;
  finish(rows: number): Column;
}

/** The collector for a column of a DuckDB type. */
export function builderFor(name: string, type: string, asText: boolean): ColumnBuilder {
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
