import { FocalError } from "../errors.ts";

/** Class weights per column, in the core's terms: α of positives and 1 − α of negatives, and a factor on both. */
export interface Sides {
  readonly alpha: readonly number[];
  readonly classWeights: readonly number[];
}

/** What multiplies the positives and the negatives of each column, as a factor and a share of it: w = a + b, α = a / w. */
export function sides(positive: readonly number[], negative: readonly number[]): Sides {
  const classWeights = positive.map((weight, k) => weight + negative[k]!);
  return { classWeights, alpha: positive.map((weight, k) => (classWeights[k] === 0 ? 0.5 : weight / classWeights[k]!)) };
}

/** A factor for each class, however it was given. */
export function eachClass(name: string, weights: number | readonly number[] | undefined, classes: number): readonly number[] {
  if (typeof weights === "object" && weights.length !== classes) throw new FocalError("argument", `${name} must have ${classes} values, one per class, got ${weights.length}`);
  return typeof weights === "object" ? weights : new Array<number>(classes).fill(weights ?? 1);
}
