import { classScores, expectConfusion } from "./confusion.ts";
import type { ClassScore, Confusion } from "./confusion.ts";

/**
 * Precision of each class, averaged with equal weight; see {@link macroF1}.
 *
 * @example
 * macroPrecision([[2, 0, 0], [1, 0, 1], [0, 2, 0]]);   // 0.2222222222222222
 */
export const macroPrecision = (confusion: Confusion): number => mean(confusion, ({ precision }) => precision);

/**
 * Recall of each class, averaged with equal weight; see {@link macroF1}. A class that is predicted and never occurs
 * counts with 0; {@link balancedAccuracy} leaves it out.
 *
 * @example
 * macroRecall([[2, 0, 0], [1, 0, 1], [0, 2, 0]]);   // 0.3333333333333333
 */
export const macroRecall = (confusion: Confusion): number => mean(confusion, ({ recall }) => recall);

/**
 * F1 of each class, averaged with equal weight: a rare class counts as much as a common one.
 *
 * Classes that neither occur nor are predicted are left out of the mean.
 *
 * @example
 * macroF1([[2, 0, 0], [1, 0, 1], [0, 2, 0]]);   // 0.26666666666666666
 */
export const macroF1 = (confusion: Confusion): number => mean(confusion, ({ f1 }) => f1);

/**
 * Balanced accuracy: the mean recall of the classes that occur.
 *
 * Accuracy where every class had the same number of rows: always naming the commonest class gives 1 / classes.
 *
 * @example
 * balancedAccuracy([[3, 1], [1, 1]]);   // 0.625
 *
 * @see Brodersen, Ong, Stephan, Buhmann: The Balanced Accuracy and Its Posterior Distribution, 2010, https://doi.org/10.1109/ICPR.2010.764
 */
export function balancedAccuracy(confusion: Confusion): number {
  expectConfusion(confusion);
  let sum = 0, seen = 0;
  confusion.forEach((row, k) => {
    const support = row.reduce((a, b) => a + b, 0);
    if (support === 0) return;
    sum += row[k]! / support;
    seen++;
  });
  return seen === 0 ? 0 : sum / seen;
}

function mean(confusion: Confusion, value: (score: ClassScore) => number): number {
  const scores = classScores(confusion).filter(({ support, predicted }) => support + predicted > 0);
  return scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + value(score), 0) / scores.length;
}
