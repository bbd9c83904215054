import { FocalError } from "focal-loss";
import { numbersWithMarkers } from "./markers.ts";
import { quote, suggestion } from "./near.ts";
import { fileNames, type Column, type NumberColumn, type Table, type TextColumn } from "./table.ts";

/**
 * One table of the rows of `first`, then those of `second`: how a separate test file joins its training file.
 *
 * Columns are matched by name; what only `second` has is left out.
 *
 * @throws FocalError "data" when `second` lacks a column or holds text where `first` holds numbers
 */
export function joinTables(first: Table, second: Table): Table {
  const columns = first.columns.map((column) => {
    const other = second.columns.find(({ name }) => name === column.name);
    if (other) return joinColumns(column, other, first, second);
    const names = second.columns.map(({ name }) => name);
    throw new FocalError("data", `${fileNames(second)} lacks column ${quote(column.name)} of ${fileNames(first)}: ${suggestion(column.name, names)}`);
  });
  return { files: [...first.files, ...second.files], rows: first.rows + second.rows, columns };
}

function joinColumns(a: Column, b: Column, first: Table, second: Table): Column {
  const { name } = a;
  if (a.kind === "number" && b.kind === "number") {
    return { kind: "number", name, values: appended(new Float64Array(first.rows + second.rows), a.values, b.values), ...(b.markers && { markers: b.markers }) };
  }
  if (a.kind === "text" && b.kind === "text") return joinText(a, b);
  if (a.kind === "other" && b.kind === "other") return { ...a, missing: a.missing + b.missing };
  // A column without any value has no type of its own: it takes the other's.
  if (isEmpty(b)) return joinColumns(a, emptyLike(a, second.rows), first, second);
  if (isEmpty(a)) return joinColumns(emptyLike(b, first.rows), b, first, second);
  const numbers = a.kind === "number" && b.kind === "text" ? numbersWithMarkers(b) : undefined;
  if (numbers) return joinColumns(a, numbers, first, second);
  throw new FocalError("data", `column ${quote(name)} holds ${content(a)} in ${fileNames(first)} but ${content(b)} in ${fileNames(second)}`);
}

function joinText(a: TextColumn, b: TextColumn): TextColumn {
  const levels = [...a.levels];
  const index = new Map(levels.map((level, code) => [level, code]));
  const codeOf = b.levels.map((level) => index.get(level) ?? levels.push(level) - 1);
  const codes = b.codes.map((code) => (code < 0 ? -1 : codeOf[code]!));
  return { kind: "text", name: a.name, levels, codes: appended(new Int32Array(a.codes.length + codes.length), a.codes, codes) };
}

function isEmpty(column: Column): boolean {
  if (column.kind === "text") return column.levels.length === 0;
  return column.kind === "number" && column.values.every(Number.isNaN);
}

function emptyLike(column: Column, rows: number): Column {
  const { name } = column;
  if (column.kind === "text") return { kind: "text", name, levels: [], codes: new Int32Array(rows).fill(-1) };
  if (column.kind === "number") return { kind: "number", name, values: new Float64Array(rows).fill(NaN) };
  return { ...column, missing: rows };
}

function content(column: Column): string {
  if (column.kind === "text") return `text (${quote(column.levels[0] ?? "")})`;
  return column.kind === "number" ? `numbers (${exampleOf(column)})` : `values of type ${column.type}`;
}

const exampleOf = (column: NumberColumn): number | undefined => column.values.find((value) => !Number.isNaN(value));

function appended<A extends Float64Array | Int32Array>(into: A, a: A, b: A): A {
  into.set(a, 0);
  into.set(b, a.length);
  return into;
}
