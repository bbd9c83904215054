import { FocalError } from "focal-loss";
import { stratifiedSplit } from "focal-loss/train";
import type { Dataset } from "./dataset.ts";
import { quote } from "./near.ts";
import { TEST, TRAIN, VALIDATION, type OfficialSplit } from "./official.ts";
import type { Target } from "./target.ts";

/** Row numbers of each part, ascending. */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

/**
 * Divides the labelled rows so that each part holds every class in its proportion and at least once.
 *
 * Without an official split 60/20/20 by `seed`. With one its test part is fixed and, unless it names validation rows, a random 20 % of
 * its training part is taken for validation: then `seed` moves the validation part only.
 *
 * @throws FocalError "data" naming the class that has too few rows
 */
export function splitRows({ target, official }: Pick<Dataset, "target" | "official">, seed: number): Split {
  const { labels } = target;
  if (!official) {
    const rows = rowsWhere(labels, (row) => labels[row]! >= 0);
    requireRows(target, rows, 3, "in all");
    const [train, validation, test] = divide(rows, labels, [0.6, 0.2, 0.2], seed);
    return { train: train!, validation: validation!, test: test! };
  }
  const [train, validation, test] = [TRAIN, VALIDATION, TEST].map((part) => rowsWhere(labels, (row) => labels[row]! >= 0 && official.parts[row] === part));
  requireRows(target, train!, official.hasValidation ? 1 : 2, partOf(official, "training"));
  requireRows(target, test!, 1, partOf(official, "test"));
  if (official.hasValidation) {
    requireRows(target, validation!, 1, partOf(official, "validation"));
    return { train: train!, validation: validation!, test: test! };
  }
  const [kept, heldOut] = divide(train!, labels, [0.8, 0.2], seed);
  return { train: kept!, validation: heldOut!, test: test! };
}

/** How the rows are divided, for the report. */
export function describeSplit({ official }: Pick<Dataset, "official">): string {
  if (!official) return "stratified random split, 60 % training, 20 % validation, 20 % test";
  return `official split (${official.origin})${official.hasValidation ? "" : ", validation a stratified 20 % of its training part"}`;
}

/** Rows divided by class in these proportions, ascending in each part. */
export function divide(rows: Uint32Array, labels: Int32Array, fractions: readonly number[], seed: number): Uint32Array[] {
  const y = Int32Array.from(rows, (row) => labels[row]!);
  return stratifiedSplit(y, fractions, seed).map((part) => part.map((index) => rows[index]!));
}

/** @throws FocalError "data" naming a class with fewer rows than needed */
export function requireRows(target: Target, rows: Uint32Array, needed: number, where: string, why = "every part needs each class"): void {
  const counts = new Uint32Array(target.classes.length);
  for (const row of rows) counts[target.labels[row]!]!++;
  const short = counts.findIndex((count) => count < needed);
  if (short < 0) return;
  const found = counts[short] === 1 ? "1 row" : `${counts[short]} rows`;
  throw new FocalError("data", `class ${quote(target.classes[short]!)} of ${quote(target.name)} has ${found} ${where}, expected at least ${needed}: ${why}`);
}

export function rowsWhere(labels: Int32Array, wanted: (row: number) => boolean): Uint32Array {
  return Uint32Array.from(labels.keys()).filter(wanted);
}

const partOf = ({ origin }: OfficialSplit, part: string): string => `in the ${part} part of ${origin}`;
