import { deriveBatch, scaleOf, stepOf } from "../losses/batch.ts";
import type { Order } from "../losses/derive.ts";
import type { BatchLoss } from "../losses/loss.ts";
import { evaluate } from "../targets/evaluate.ts";
import type { Head } from "./job.ts";

/** The loss of one class by its sums: slopes F_k and curvatures F_kl, in units of the sums; empty where they are not asked for. */
export interface Whole {
  readonly value: number;
  readonly scales: readonly number[];
  readonly first: readonly number[];
  readonly second: readonly (readonly number[])[];
}

/** How many classes a loss of a whole batch looks at: rows have theirs, a yes-or-no question has only the yes, or both. */
const regionsOf = (loss: BatchLoss, head: Head, classes: number): number => (head === "sigmoid" && loss.binary === "both" ? 2 : classes);

/** Room for the sums of each class, or of all together. */
export const roomForSums = (loss: BatchLoss, head: Head, classes: number): Float64Array[] =>
  Array.from({ length: loss.per === "class" ? regionsOf(loss, head, classes) : 1 }, () => new Float64Array(Object.keys(loss.sums).length));

/**
 * What the sums come to.
 *
 * @param count - the weight of all examples
 */
export function wholesOf(loss: BatchLoss, head: Head, sums: readonly Float64Array[], count: number, order: Order): Whole[] {
  const names = Object.keys(loss.sums), m = names.length, groups = sums.length;
  const hasBackground = groups > 1 && (head === "softmax" || loss.binary === "both");
  const { whole, first, second } = deriveBatch(loss), formulas = [whole, ...(order > 0 ? first : []), ...(order > 1 ? second.flat() : [])];
  return sums.map((sum, group): Whole => {
    const scales = Array.from(sum, (s) => s || 1);
    const sumsAndUnits = names.flatMap((name, k) => [[name, sum[k]!], [scaleOf(name), scales[k]!], [stepOf(name), 0]] as const);
    const values = { ...Object.fromEntries(sumsAndUnits), count, classes: groups, background: hasBackground && group === 0 ? 1 : 0 };
    const [value, ...rest] = evaluate(formulas, values) as [number, ...number[]];
    return { value, scales, first: rest.slice(0, m), second: Array.from({ length: m }, (_, k) => rest.slice(m + k * m, m + (k + 1) * m)) };
  });
}
