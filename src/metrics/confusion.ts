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
  expectSameLength(predicted, labels);
  expectLabels("predicted", predicted, classes);
  expectLabels("labels", labels, classes);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]![predicted[i]!]!++;
  return counts;
}

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

/** Precision, recall and F1 of each class, in class order. */
export function classScores(confusion: Confusion): ClassScore[] {
  return confusion.map((row, k) => {
    const hits = row[k]!;
    const support = row.reduce((a, b) => a + b, 0);
    const predicted = confusion.reduce((sum, other) => sum + other[k]!, 0);
    const part = (whole: number): number => (hits === 0 ? 0 : hits / whole);
    return { precision: part(predicted), recall: part(support), f1: part((support + predicted) / 2), support, predicted };
  });
}
