import { FocalError } from "focal-loss";
import { quote, suggestion } from "./near.ts";
import { fileNames, findColumn, type Column, type Table } from "./table.ts";

/** What is to be predicted: the classes and each row's label. */
export interface Target {
  readonly name: string;
  /** Two classes: the second is the positive one. More: in natural order ("2" before "10"). */
  readonly classes: readonly string[];
  /** Two classes that are one class of the column and all its others. */
  readonly againstRest: boolean;
  /** Class index per row; −1 where the target is missing. */
  readonly labels: Int32Array;
  /** Rows per class. */
  readonly counts: readonly number[];
  readonly missing: number;
}

/** More distinct values than this are no classes. */
const MOST_CLASSES = 100;

/**
 * Reads the target column as classes.
 *
 * With two classes the rarer is the positive one, unless `positive` names the other. With more, `positive` makes it a problem of that
 * class against the rest.
 *
 * @throws FocalError "data" when the column is absent, holds one class only, looks like a quantity, or lacks the class `positive`
 */
export function readTarget(table: Table, name: string, positive?: string): Target {
  const column = findColumn(table, name, "target");
  const { names, codes } = valuesOf(column, table);
  if (names.length === 0) throw new FocalError("data", `target ${quote(name)} is missing in every row of ${fileNames(table)}`);
  if (names.length === 1) throw new FocalError("data", `target ${quote(name)} has one class only (${quote(names[0]!)}), nothing to tell apart`);
  if (names.length > MOST_CLASSES) {
    throw new FocalError("data", column.kind === "number"
      ? `target ${quote(name)} has ${names.length} different numbers and looks like a quantity (regression), expected at most ${MOST_CLASSES} classes`
      : `target ${quote(name)} has ${names.length} different values, expected at most ${MOST_CLASSES} classes`);
  }
  if (positive !== undefined && !names.includes(positive)) {
    throw new FocalError("data", `no class ${quote(positive)} in target ${quote(name)}: ${suggestion(positive, names)}`);
  }
  const counts = countCodes(codes, names.length);
  const classes = orderClasses(names, counts, positive);
  const againstRest = positive !== undefined && names.length > 2;
  const classOf = Int32Array.from(names, (value) => (againstRest ? Number(value === positive) : classes.indexOf(value)));
  const labels = codes.map((code) => (code < 0 ? -1 : classOf[code]!));
  const perClass = countCodes(labels, classes.length);
  return { name, classes, againstRest, labels, counts: perClass, missing: labels.length - perClass.reduce((sum, n) => sum + n, 0) };
}

/** Labels of another table by the classes of a model; −1 for a missing or unknown value. Null when the column is not there. */
export function labelsFor(table: Table, name: string, classes: readonly string[], againstRest: boolean): Int32Array | null {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column || column.kind === "other") return null;
  const { names, codes } = valuesOf(column, table);
  const classOf = names.map((value) => {
    const index = classes.indexOf(value);
    return index < 0 && againstRest ? 0 : index;
  });
  return codes.map((code) => (code < 0 ? -1 : classOf[code]!));
}

/** The name of the class "everything but `positive`". */
export const restName = (positive: string): string => `not ${positive}`;

function orderClasses(names: readonly string[], counts: readonly number[], positive: string | undefined): string[] {
  const natural = new Intl.Collator("en", { numeric: true });
  const sorted = [...names].sort((a, b) => natural.compare(a, b) || (a < b ? -1 : 1));
  if (names.length > 2) return positive === undefined ? sorted : [restName(positive), positive];
  const count = (value: string) => counts[names.indexOf(value)]!;
  const last = positive ?? (count(sorted[0]!) < count(sorted[1]!) ? sorted[0]! : sorted[1]!);
  return [sorted.find((value) => value !== last)!, last];
}

function valuesOf(column: Column, table: Table): { names: readonly string[]; codes: Int32Array } {
  if (column.kind === "text") return { names: column.levels, codes: column.codes };
  if (column.kind === "other") {
    throw new FocalError("data", `target ${quote(column.name)} of ${fileNames(table)} is a ${column.type}, expected classes: text or a few numbers`);
  }
  const index = new Map<number, number>();
  const codes = Int32Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return -1;
    const known = index.get(value);
    if (known !== undefined) return known;
    index.set(value, index.size);
    return index.size - 1;
  });
  return { names: [...index.keys()].map(String), codes };
}

function countCodes(codes: Int32Array, size: number): number[] {
  const counts = Array.from({ length: size }, () => 0);
  for (const code of codes) if (code >= 0) counts[code]!++;
  return counts;
}
