import { FocalError } from "focal-loss";
import { quote, suggestion } from "./near.ts";

/** Data as read, column by column, before anything is learned from it. */
export interface Table {
  readonly files: readonly string[];
  readonly rows: number;
  readonly columns: readonly Column[];
}

export type Column = NumberColumn | TextColumn | OtherColumn;

/** Integers, decimals and floats. Missing and infinite values are NaN. */
export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  readonly values: Float64Array;
  /** Words that stood for a missing value in text of numbers, and in how many rows. */
  readonly markers?: readonly { readonly text: string; readonly rows: number }[];
}

/** Strings and booleans, trimmed; `levels[codes[row]]`, and code −1 where missing. */
export interface TextColumn {
  readonly kind: "text";
  readonly name: string;
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** Dates, times and nested values: counted, not read. */
export interface OtherColumn {
  readonly kind: "other";
  readonly name: string;
  /** The type as DuckDB names it, e.g. `DATE`. */
  readonly type: string;
  readonly missing: number;
}

/** The column of that name; an error with near names when there is none. `role` says what it was wanted for, e.g. "target". */
export function findColumn(table: Table, name: string, role: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found) return found;
  const names = table.columns.map((column) => column.name);
  throw new FocalError("data", `no column ${quote(name)} in ${fileNames(table)} (${role}): ${suggestion(name, names)}`);
}

export function missingCount(column: Column): number {
  if (column.kind === "other") return column.missing;
  let missing = 0;
  if (column.kind === "number") for (const value of column.values) missing += Number.isNaN(value) ? 1 : 0;
  else for (const code of column.codes) missing += code < 0 ? 1 : 0;
  return missing;
}

/** The files of a table in a sentence. */
export function fileNames({ files }: Table): string {
  return files.length <= 2 ? files.join(" and ") : `${files[0]} and ${files.length - 1} more files`;
}
