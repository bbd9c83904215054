import { expectConfusion } from "./confusion.ts";
import type { Confusion } from "./confusion.ts";

/**
 * Matthews correlation: how far predicted and true classes go together, for any number of classes.
 *
 * It takes all cells of the confusion matrix into account, so neither a common class nor a lucky side lifts it.
 *
 * With s rows, c of them right, t_k of class k and p_k called k:
 * MCC = (c·s − Σ_k p_k t_k) / √((s² − Σ_k p_k²)(s² − Σ_k t_k²))
 *
 * @returns 1 when all are right, about 0 at random, at least −1. 0 when all rows are of one class or called one class
 *
 * @example
 * matthewsCorrelation(confusionMatrix([0, 1, 1, 1], [1, 1, 1, 0], 2));   // -0.3333333333333333
 *
 * @see Gorodkin: Comparing two K-category assignments by a K-category correlation coefficient, 2004, https://doi.org/10.1016/j.compbiolchem.2004.09.006
 */
export function matthewsCorrelation(confusion: Confusion): number {
  expectConfusion(confusion);
  let rows = 0, right = 0, chance = 0, predictedSquares = 0, trueSquares = 0;
  confusion.forEach((row, k) => {
    const support = row.reduce((a, b) => a + b, 0);
    const predicted = confusion.reduce((sum, other) => sum + other[k]!, 0);
    rows += support;
    right += row[k]!;
    chance += predicted * support;
    predictedSquares += predicted * predicted;
    trueSquares += support * support;
  });
  const spread = (rows * rows - predictedSquares) * (rows * rows - trueSquares);
  return spread > 0 ? (right * rows - chance) / Math.sqrt(spread) : 0;
}
