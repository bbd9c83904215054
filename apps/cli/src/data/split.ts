import { FocalError } from "focal-loss";
import type { Dataset } from "./dataset.ts";
import { quote } from "./near.ts";
import { TEST, TRAIN, VALIDATION } from "./official.ts";
import { randomSource, shuffle } from "./random.ts";
import type { Target } from "./target.ts";

/** Row numbers of each part, ascending. */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

const HELD_OUT = 0.2;
const UNUSED = 255;

/**
 * Divides the labelled rows, class by class, so that each part holds every class in its proportion and at least once.
 *
 * Without an official split 60/20/20 by `seed`. With one its test part is fixed and, unless it names validation rows, a random 20 % of
 * its training part is taken for validation: then `seed` moves the validation part only.
 *
 * @throws FocalError "data" naming the class that has too few rows
 */
export function splitRows({ target, official }: Pick<Dataset, "target" | "official">, seed: number): Split {
  const random = randomSource(seed);
  const assigned = official ? official.parts.slice() : new Uint8Array(target.labels.length).fill(TRAIN);
  target.labels.forEach((label, row) => {
    if (label < 0) assigned[row] = UNUSED;
  });
  for (const [label, name] of target.classes.entries()) {
    const inPart = (part: number) => rowsWhere((row) => target.labels[row] === label && assigned[row] === part, assigned.length);
    const require = (part: number, needed: number, where: string) => {
      const found = inPart(part).length;
      if (found < needed) throw tooFew(name, target, found, where, needed);
    };
    if (!official) require(TRAIN, 3, "in all");
    else {
      require(TRAIN, official.hasValidation ? 1 : 2, `in the training part of ${official.origin}`);
      require(TEST, 1, `in the test part of ${official.origin}`);
      if (official.hasValidation) require(VALIDATION, 1, `in the validation part of ${official.origin}`);
    }
    const free = inPart(TRAIN);
    const share = Math.max(1, Math.round(HELD_OUT * free.length));
    shuffle(free, random);
    if (!official) for (const row of free.splice(0, share)) assigned[row] = TEST;
    if (!official?.hasValidation) for (const row of free.splice(0, share)) assigned[row] = VALIDATION;
  }
  const part = (wanted: number) => Uint32Array.from(rowsWhere((row) => assigned[row] === wanted, assigned.length));
  return { train: part(TRAIN), validation: part(VALIDATION), test: part(TEST) };
}

/** How the rows are divided, for the report. */
export function describeSplit({ official }: Pick<Dataset, "official">): string {
  if (!official) return "stratified random split, 60 % training, 20 % validation, 20 % test";
  return `official split (${official.origin})${official.hasValidation ? "" : ", validation a stratified 20 % of its training part"}`;
}

/** Rows of each class in a part, for the summary of the data. */
export function classCounts(target: Target, rows: Uint32Array): number[] {
  const counts = new Array<number>(target.classes.length).fill(0);
  for (const row of rows) counts[target.labels[row]!]!++;
  return counts;
}

function rowsWhere(wanted: (row: number) => boolean, rows: number): number[] {
  const found: number[] = [];
  for (let row = 0; row < rows; row++) if (wanted(row)) found.push(row);
  return found;
}

function tooFew(name: string, target: Target, found: number, where: string, needed: number): FocalError {
  const rows = found === 1 ? "1 row" : `${found} rows`;
  return new FocalError("data", `class ${quote(name)} of ${quote(target.name)} has ${rows} ${where}, expected at least ${needed}: every part needs each class`);
}
