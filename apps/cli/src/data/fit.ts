import { FocalError } from "focal-loss";
import { fitCategorical, remarkOnText } from "./categorical.ts";
import type { CategoricalEncoding, Encoding, NumericEncoding } from "./encoding.ts";
import { fitNumeric } from "./numeric.ts";
import { quote } from "./near.ts";
import { fileNames, missingCount, type Column, type Table } from "./table.ts";

/** What became of a column, for the summary of the data. */
export interface ColumnUse {
  readonly name: string;
  readonly kind: "numeric" | "categorical" | "dropped";
  /** Rows without a value, in the whole table. */
  readonly missing: number;
  readonly levels?: number;
  /** Why it was dropped, or what else a reader should know. */
  readonly note?: string;
}

/**
 * Learns how to encode a table from its training rows alone: values of validation and test rows must not leak into the features.
 *
 * @param ignored columns that are no features, with the reason; the target is left out of the returned list
 * @throws FocalError "data" when no usable column is left
 */
export function fitEncoding(table: Table, rows: Uint32Array, ignored: ReadonlyMap<string, string>): { encoding: Encoding; columns: ColumnUse[] } {
  const numeric: NumericEncoding[] = [];
  const categorical: CategoricalEncoding[] = [];
  const columns: ColumnUse[] = [];
  for (const column of table.columns) {
    const { name } = column;
    const reason = ignored.get(name);
    if (reason === "target") continue;
    const fitted = reason !== undefined ? { useless: reason } : fitColumn(column, table, rows);
    const missing = missingCount(column);
    if ("useless" in fitted) columns.push({ name, kind: "dropped", missing, note: fitted.useless });
    else if ("mean" in fitted) {
      numeric.push(fitted);
      const notes = [...(fitted.markers ? [`${fitted.markers.map(quote).join(", ")} read as missing`] : []), ...(fitted.tail ? ["heavy tails, drawn in by asinh"] : [])];
      columns.push({ name, kind: "numeric", missing, ...(notes.length > 0 && { note: notes.join("; ") }) });
    } else {
      categorical.push(fitted);
      const note = column.kind === "text" ? remarkOnText(column, fitted) : undefined;
      columns.push({ name, kind: "categorical", missing, levels: fitted.levels.length, ...(note !== undefined && { note }) });
    }
  }
  if (numeric.length + categorical.length === 0) throw new FocalError("data", `no usable column is left in ${fileNames(table)}: ${reasons(columns)}`);
  return { encoding: { numeric, categorical }, columns };
}

function fitColumn(column: Column, table: Table, rows: Uint32Array): NumericEncoding | CategoricalEncoding | { readonly useless: string } {
  if (column.kind === "number") return fitNumeric(column, rows);
  if (column.kind === "text") return fitCategorical(column, rows);
  if (column.missing === table.rows) return { useless: "no value in any row" };
  return { useless: /^(DATE|TIME|INTERVAL)/.test(column.type) ? `${column.type}: rows to come lie outside its range` : `${column.type} is no number and no text` };
}

function reasons(columns: readonly ColumnUse[]): string {
  const shown = columns.slice(0, 3).map(({ name, note }) => `"${name}" ${note}`).join("; ");
  return shown === "" ? "it holds the target only" : `${shown}${columns.length > 3 ? "; …" : ""}`;
}
