import type { OutputColumn } from "./output.ts";

/** Scored rows, in the order they are written. */
export interface ScoredRows {
  /** Row numbers in the table, counted from 0; files count from 1, as editors do below the header. */
  readonly rows: ArrayLike<number>;
  /** Class index, −1 where unknown; absent where no target was read. */
  readonly labels?: ArrayLike<number>;
  /** The part each row belongs to: train, validation or test. */
  readonly split?: (index: number) => string;
  /** rows × classes: the network's own scores, and probabilities after calibration. */
  readonly raw: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
  /** The class with the tuned threshold, and the one with the highest raw score. */
  readonly predicted: ArrayLike<number>;
  readonly predictedArgmax: ArrayLike<number>;
}

/** Columns `row`, `split`, `label`, `predicted`, `predicted_argmax`, then `p_CLASS` and `raw_CLASS` for each class. */
export function scoreColumns(classes: readonly string[], scored: ScoredRows): OutputColumn[] {
  const { rows, labels, split, raw, probabilities, predicted, predictedArgmax } = scored;
  const className = (index: number) => classes[index] ?? null;
  const perClass = (prefix: string, values: ArrayLike<number>) => classes.map((name, k): OutputColumn => (
    { name: `${prefix}_${name}`, type: "number", value: (i) => values[i * classes.length + k]! }
  ));
  return [
    { name: "row", type: "integer", value: (i) => rows[i]! + 1 },
    ...(split ? [{ name: "split", type: "text", value: split } as const] : []),
    ...(labels ? [{ name: "label", type: "text", value: (i: number) => className(labels[i]!) } as const] : []),
    { name: "predicted", type: "text", value: (i) => className(predicted[i]!) },
    { name: "predicted_argmax", type: "text", value: (i) => className(predictedArgmax[i]!) },
    ...perClass("p", probabilities),
    ...perClass("raw", raw),
  ];
}
