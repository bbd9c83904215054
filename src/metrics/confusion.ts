import { describe, FocalError } from "../errors.ts";
import { expectNumbers } from "../inputs.ts";
import { expectClasses, expectLabels, expectSameLength } from "./inputs.ts";
import type { Numbers } from "./inputs.ts";

/** `confusion[true][predicted]`: how many rows. */
export type Confusion = readonly (readonly number[])[];

/**
 * Counts rows by their true and their predicted class.
 *
 * @throws FocalError `label` for a label outside 0…classes−1, `shape` for unequal lengths
 *
 * @example
 * confusionMatrix([0, 0, 2, 2, 0, 2], [2, 0, 2, 2, 0, 1], 3);   // [[2, 0, 0], [0, 0, 1], [1, 0, 2]]
 */
export function confusionMatrix(predicted: Numbers, labels: Numbers, classes: number): number[][] {
  expectClasses(classes);
  expectNumbers("predicted", predicted);
  expectNumbers("labels", labels);
  expectSameLength(predicted, labels);
  expectLabels("predicted", predicted, classes);
  expectLabels("labels", labels, classes);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]![predicted[i]!]!++;
  return counts;
}

/** How well one class is found. */
export interface ClassScore {
  /** Of the rows called this class, the share that is. 0 when none was called so. */
  readonly precision: number;
  /** Of the rows of this class, the share that was called so. 0 when there is none. */
  readonly recall: number;
  /** Their harmonic mean, 2·tp / (2·tp + fp + fn). 0 without a hit. */
  readonly f1: number;
  /** Rows of this class. */
  readonly support: number;
  /** Rows called this class. */
  readonly predicted: number;
}

/** A square table of counts, and not the predictions it is made from. */
export function expectConfusion(confusion: Confusion): void {
  if (!Array.isArray(confusion)) throw new FocalError("argument", `confusion must be what confusionMatrix returns, got ${describe(confusion)}`);
  confusion.forEach((row: unknown, k) => {
    if (!Array.isArray(row)) throw new FocalError("argument", `confusion[${k}] must be a row of counts, as confusionMatrix returns them, got ${describe(row)}`);
    if (row.length !== confusion.length) throw new FocalError("shape", `confusion must be square: expected ${confusion.length} counts in confusion[${k}], got ${row.length}`);
    const wrong = row.findIndex((count) => !(typeof count === "number" && count >= 0 && count < Infinity));
    if (wrong >= 0) throw new FocalError("argument", `confusion[${k}][${wrong}] must be a count, got ${describe(row[wrong])}`);
  });
}

/**
 * Precision, recall and F1 of each class, in class order.
 *
 * @throws FocalError `argument` or `shape` for anything but a square table of counts
 */
export function classScores(confusion: Confusion): ClassScore[] {
  expectConfusion(confusion);
  return confusion.map((row, k) => {
    const hits = row[k]!;
    const support = row.reduce((a, b) => a + b, 0);
    const predicted = confusion.reduce((sum, other) => sum + other[k]!, 0);
    const part = (whole: number): number => (hits === 0 ? 0 : hits / whole);
    return { precision: part(predicted), recall: part(support), f1: part((support + predicted) / 2), support, predicted };
  });
}
