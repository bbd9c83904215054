import { FocalError } from "focal-loss";
import { quote } from "./near.ts";
import { fileNames, findColumn, type Column, type Table } from "./table.ts";

export const TRAIN = 0;
export const VALIDATION = 1;
export const TEST = 2;

/** A division of the rows that came with the data. */
export interface OfficialSplit {
  /** TRAIN, VALIDATION or TEST per row. */
  readonly parts: Uint8Array;
  readonly hasValidation: boolean;
  /** Where it comes from, e.g. `column "split"`. */
  readonly origin: string;
}

const PART_NAMES: Readonly<Record<string, number>> = {
  train: TRAIN, training: TRAIN,
  validation: VALIDATION, valid: VALIDATION, val: VALIDATION, dev: VALIDATION,
  test: TEST, testing: TEST,
};

/** The split that a column of the words train, validation and test holds. */
export function splitFromColumn(table: Table, name: string): OfficialSplit {
  const column = findColumn(table, name, "split");
  if (column.kind !== "text") throw new FocalError("data", `split column ${quote(name)} holds no text, expected the words train, test and perhaps validation`);
  const partOf = column.levels.map((level) => PART_NAMES[level.toLowerCase()]);
  const unknown = partOf.indexOf(undefined);
  if (unknown >= 0) throw new FocalError("data", `split column ${quote(name)} holds ${quote(column.levels[unknown]!)}, expected train, test or validation`);
  const unmarked = column.codes.indexOf(-1);
  if (unmarked >= 0) throw new FocalError("data", `split column ${quote(name)} is empty in row ${unmarked + 1} of ${fileNames(table)}, expected train, test or validation`);
  for (const part of [TRAIN, TEST]) {
    if (!partOf.includes(part)) throw new FocalError("data", `split column ${quote(name)} marks no row as ${part === TRAIN ? "train" : "test"}`);
  }
  return { parts: Uint8Array.from(column.codes, (code) => partOf[code]!), hasValidation: partOf.includes(VALIDATION), origin: `column ${quote(name)}` };
}

/** The split of a training table and a test table joined in this order. */
export function splitFromFiles(trainRows: number, test: Table): OfficialSplit {
  const parts = new Uint8Array(trainRows + test.rows);
  parts.fill(TEST, trainRows);
  return { parts, hasValidation: false, origin: `test file ${fileNames(test)}` };
}

/** Whether a column says which rows are for training: never a feature, asked for or not. */
export function looksLikeSplit(column: Column): boolean {
  if (column.kind !== "text") return false;
  const parts = new Set(column.levels.map((level) => PART_NAMES[level.toLowerCase()]));
  return parts.has(TRAIN) && parts.has(TEST) && !parts.has(undefined);
}
