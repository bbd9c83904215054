/**
 * How a table becomes numbers, learned from training rows; plain data that is saved with the model.
 *
 * Features stand in this order: every numeric column standardised, (x − mean) / sd, 0 where missing, heavy tails drawn in first; then a 0/1 indicator for each numeric
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

/** asinh((x − center) / scale): as good as linear near the center, logarithmic far out. */
export interface Tail {
  /** The median of the training rows. */
  readonly center: number;
  /** Their interquartile range as a standard deviation; where that is 0, the median distance of the values that are not the median. */
  readonly scale: number;
}

export interface NumericEncoding {
  readonly name: string;
  /** Present where a training value lies more than ten standard deviations out: such a column is drawn in before it is standardised. */
  readonly tail?: Tail;
  /** Mean and standard deviation over the training rows that have a value; sd is 1 where all are equal. */
  readonly mean: number;
  readonly sd: number;
  /** A training row had no value, so a feature says where. */
  readonly missing: boolean;
  /** Words that stand for a missing value, where the files had such. */
  readonly markers?: readonly string[];
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

/** A value of a column with heavy tails, drawn in; any other as it is. */
export function drawIn(value: number, tail: Tail | undefined): number {
  return tail ? Math.asinh((value - tail.center) / tail.scale) : value;
}
