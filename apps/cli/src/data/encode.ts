import { FocalError } from "focal-loss";
import { columnNames, drawIn, FARTHEST, featureCount, width, type CategoricalEncoding, type Encoding, type NumericEncoding } from "./encoding.ts";
import { nearNames, quote } from "./near.ts";
import { modelValue } from "./numeric.ts";
import { fileNames, type Column, type Table } from "./table.ts";

export interface Encoded {
  /** rows × features, row-major. */
  readonly x: Float32Array;
  readonly rows: number;
  readonly features: number;
  /** Values that training never saw, one remark a column. */
  readonly notes: readonly string[];
}

/**
 * Turns a table, or some rows of it, into model inputs. Columns are found by name; others are left alone.
 *
 * @throws FocalError "data" naming the columns that are missing, or the row whose value is no number where one is needed
 */
export function encode(encoding: Encoding, table: Table, rows: Uint32Array = allRows(table)): Encoded {
  const byName = columnsFor(encoding, table);
  const features = featureCount(encoding);
  const x = new Float32Array(rows.length * features);
  const notes: string[] = [];
  let indicator = encoding.numeric.length;
  encoding.numeric.forEach((column, feature) => {
    const values = numbersOf(byName.get(column.name)!, table, column.markers);
    writeNumeric(column, values, rows, x, features, feature, column.missing ? indicator++ : -1);
  });
  let feature = indicator;
  for (const column of encoding.categorical) {
    const unseen = writeCategorical(column, byName.get(column.name)!, table, rows, x, features, feature);
    if (unseen > 0) notes.push(`Column ${quote(column.name)}: ${unseen} row${unseen === 1 ? " holds a value" : "s hold values"} that training never saw.`);
    feature += width(column);
  }
  return { x, rows: rows.length, features, notes };
}

/** Columns that must be read as text because the model knows them as categories. */
export function textColumnsOf(encoding: Encoding): string[] {
  return encoding.categorical.map(({ name }) => name);
}

function columnsFor(encoding: Encoding, table: Table): Map<string, Column> {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const absent = columnNames(encoding).filter((name) => !byName.has(name));
  if (absent.length === 0) return byName;
  const shown = absent.slice(0, 8).map(quote).join(", ") + (absent.length > 8 ? ` and ${absent.length - 8} more` : "");
  const near = nearNames(absent[0]!, [...byName.keys()])[0];
  const hint = near === undefined ? "" : `; is ${quote(near)} meant for ${quote(absent[0]!)}?`;
  throw new FocalError("data", `${fileNames(table)} lacks ${absent.length === 1 ? "a column" : "columns"} the model needs: ${shown}${hint}`);
}

function writeNumeric({ tail, mean, sd }: NumericEncoding, values: Float64Array, rows: Uint32Array, x: Float32Array, stride: number, feature: number, indicator: number): void {
  for (let i = 0; i < rows.length; i++) {
    const value = modelValue(values[rows[i]!]!);
    if (!Number.isNaN(value)) x[i * stride + feature] = Math.max(-FARTHEST, Math.min(FARTHEST, (drawIn(value, tail) - mean) / sd));
    else if (indicator >= 0) x[i * stride + indicator] = 1;
  }
}

/** Returns the number of rows whose value is not missing, was not kept as a level, and was not among the pooled ones either. */
function writeCategorical(column: CategoricalEncoding, source: Column, table: Table, rows: Uint32Array, x: Float32Array, stride: number, feature: number): number {
  const { codes, levels } = textOf(source, table);
  const other = column.other ? column.levels.length : -1;
  const missing = column.missing ? column.levels.length + Number(column.other) : -1;
  const index = new Map(column.levels.map((level, i) => [level, i]));
  const offset = levels.map((level) => index.get(level) ?? other);
  let unseen = 0;
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i]!]!;
    const at = code < 0 ? missing : offset[code]!;
    if (at >= 0) x[i * stride + feature + at] = 1;
    else if (code >= 0) unseen++;
  }
  return unseen;
}

/** Numbers of a column; text is accepted where every value of it reads as a number or is a known marker of a missing one. */
function numbersOf(column: Column, table: Table, markers: readonly string[] = []): Float64Array {
  if (column.kind === "number") return column.values;
  if (column.kind === "other") throw new FocalError("data", `column ${quote(column.name)} of ${fileNames(table)} must be numeric, got ${column.type}`);
  const numbers = column.levels.map(Number);
  const wrong = numbers.findIndex((value, code) => Number.isNaN(value) && !markers.includes(column.levels[code]!));
  if (wrong >= 0) {
    const row = column.codes.indexOf(wrong) + 1;
    throw new FocalError("data", `column ${quote(column.name)} of ${fileNames(table)} must be numeric, got ${quote(column.levels[wrong]!)} in row ${row}`);
  }
  return Float64Array.from(column.codes, (code) => (code < 0 ? NaN : numbers[code]!));
}

function textOf(column: Column, table: Table): { codes: Int32Array; levels: readonly string[] } {
  if (column.kind === "text") return column;
  if (column.kind === "other") throw new FocalError("data", `column ${quote(column.name)} of ${fileNames(table)} must be text, got ${column.type}`);
  const levels = [...new Set(column.values)].filter((value) => !Number.isNaN(value));
  const index = new Map(levels.map((value, code) => [value, code]));
  return { codes: Int32Array.from(column.values, (value) => index.get(value) ?? -1), levels: levels.map(String) };
}

function allRows({ rows }: Table): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row);
}
