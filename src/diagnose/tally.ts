/** Sums over groups of examples: how many, and what they make of the loss and of the gradient. */
export interface Tally {
  readonly examples: Float64Array;
  readonly loss: Float64Array;
  readonly gradient: Float64Array;
}

export const emptyTally = (groups: number): Tally => ({ examples: new Float64Array(groups), loss: new Float64Array(groups), gradient: new Float64Array(groups) });

export function count(tally: Tally, group: number, loss: number, gradient: number): void {
  tally.examples[group]!++;
  tally.loss[group]! += loss;
  tally.gradient[group]! += gradient;
}

/** In the order of {@link cumulativeCurve}, so that its last point is 1 to the last digit. */
export const sum = (parts: ArrayLike<number>): number => {
  let all = 0;
  for (let i = parts.length - 1; i >= 0; i--) all += parts[i]!;
  return all;
};

/** Of nothing every part is nothing. */
export const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
