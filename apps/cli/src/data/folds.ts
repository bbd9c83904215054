import type { Dataset } from "./dataset.ts";
import { TEST } from "./official.ts";
import { divide, requireRows, rowsWhere, type Split } from "./split.ts";

/** How rows are dealt for cross-validation. */
export interface Folds {
  /** At least 2. */
  readonly folds: number;
  /** Dealt anew so many times. */
  readonly repeats: number;
  readonly seed: number;
}

/**
 * One division of stratified cross-validation: fold `index % folds` of dealing `index / folds` is the test part.
 *
 * Of the other folds' rows a stratified 20 % become the validation part: the epoch and the thresholds must not be chosen on the rows
 * that judge. Rows of an official test part are in no fold; official validation rows are, since every fold has a validation part of
 * its own.
 *
 * @throws FocalError "data" naming the class that has too few rows
 */
export function foldRows({ target, official }: Pick<Dataset, "target" | "official">, { folds, seed }: Folds, index: number): Split {
  const { labels } = target;
  const rows = rowsWhere(labels, (row) => labels[row]! >= 0 && (!official || official.parts[row] !== TEST));
  // Outside its fold a class needs one row to learn from and one to validate on.
  requireRows(target, rows, folds === 2 ? 4 : folds, official ? `outside the test part of ${official.origin}` : "in all", `each of ${folds} folds needs each class`);
  const shares = Array.from({ length: folds }, () => 1 / folds);
  const dealt = divide(rows, labels, shares, seed + Math.floor(index / folds));
  const test = dealt[index % folds]!;
  const rest = Uint32Array.from(dealt.flatMap((fold) => (fold === test ? [] : [...fold]))).sort();
  const [train, validation] = divide(rest, labels, [0.8, 0.2], seed + index);
  return { train: train!, validation: validation!, test };
}

/** How the rows are divided, for the report. */
export function describeFolds({ official }: Pick<Dataset, "official">, { folds, repeats }: Folds): string {
  const pool = official ? ` of the rows outside the test part of ${official.origin}` : "";
  const again = repeats > 1 ? `, dealt ${repeats} times` : "";
  return `${folds} stratified folds${pool}${again}; of the rows outside a fold 80 % training, 20 % validation`;
}
