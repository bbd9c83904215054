/**
 * How a table becomes numbers, learned from training rows; plain data that is saved with the model.
 *
 * Features stand in this order: every numeric column standardised, (x − mean) / sd, 0 where missing; then a 0/1 indicator for each numeric
 * column with `missing`; then each categorical column's levels, one 0/1 feature a level.
 */
export interface Encoding {
  readonly numeric: readonly NumericEncoding[];
  readonly categorical: readonly CategoricalEncoding[];
}

/**
 * Standardised values end here. No training row of fewer than 10¹² can lie so far out, since |x − mean| ≤ sd·√rows; but a wild value in a
 * new file would overflow float32 and answer NaN.
 */
export const FARTHEST = 1e6;

export interface NumericEncoding {
  readonly name: string;
  /** Mean and standard deviation over the training rows that have a value; sd is 1 where all are equal. */
  readonly mean: number;
  readonly sd: number;
  /** A training row had no value, so a feature says where. */
  readonly missing: boolean;
}

export interface CategoricalEncoding {
  readonly name: string;
  readonly levels: readonly string[];
  /** Rare training levels share a feature, which unseen levels then use too. Without it an unseen level is all zeros. */
  readonly other: boolean;
  /** A training row had no value: that is a level of its own. Without it a missing value is all zeros. */
  readonly missing: boolean;
}

export function featureCount({ numeric, categorical }: Encoding): number {
  const indicators = numeric.filter(({ missing }) => missing).length;
  return numeric.length + indicators + categorical.reduce((sum, column) => sum + width(column), 0);
}

/** Features that one categorical column takes. */
export function width({ levels, other, missing }: CategoricalEncoding): number {
  return levels.length + Number(other) + Number(missing);
}

/** Columns a model needs, in any order. */
export function columnNames({ numeric, categorical }: Encoding): string[] {
  return [...numeric, ...categorical].map(({ name }) => name);
}
