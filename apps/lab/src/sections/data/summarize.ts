import { classesOf } from "./classes.ts";
import type { File } from "./csv/read.ts";
import type { Column, ColumnSummary, Summary } from "./table.ts";

/** What the page is told of a file: everything it needs to let columns be chosen, and nothing of a row but the first ones. */
export function summarize({ table, first, notes }: File): Summary {
  return { rows: table.rows, columns: table.columns.map(columnSummary), first, notes };
}

function columnSummary(column: Column): ColumnSummary {
  const { values, name, words, missing } = column;
  let least = Infinity, most = -Infinity, numbers = 0, whole = true;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    numbers++;
    if (value < least) least = value;
    if (value > most) most = value;
    if (whole && !Number.isInteger(value)) whole = false;
  }
  const classes = classesOf(column);
  return {
    name, kind: numbers > 0 ? (words ? "mixed" : "numbers") : words ? "words" : "empty", least, most, whole: numbers > 0 && whole, missing: missing?.count ?? 0,
    classes: classes?.names.map((one, k) => ({ name: one, rows: classes.counts[k]! })),
  };
}
