import type { Head, Job } from "../heads/job.ts";
import { roomForSums, wholesOf } from "../heads/whole.ts";
import type { Order } from "../losses/derive.ts";
import type { AnyLoss, BatchLoss } from "../losses/loss.ts";
import { batchPasses, bendName, slopeName, unitName } from "./batchPasses.ts";
import { kernelOf, runPlanes, supportsPasses } from "./planes.ts";

/** Whether the SIMD kernel can run a loss of a whole batch. */
export const supportsBatch = (loss: AnyLoss, { classes }: Pick<Job, "classes">): loss is BatchLoss => loss.kind === "batch" && supportsPasses(loss, classes);

/** Of float32 numbers, one with room to grow. */
const largest = 2 ** 126;

/**
 * Losses of a whole batch in WebAssembly SIMD: the terms in float32, added up in float64; what the sums come to in float64, as
 * `batchHead` does it; then derivatives in float32, by the slopes that came out.
 */
export function wasmBatch(head: Head, job: Job<BatchLoss>): number {
  const { loss, order, classes, alpha, grad, hessian, logits } = job;
  // Yes-or-no logits are one column where columns differ in nothing.
  const together = head === "softmax", alike = classes === 1 || (loss.per === "batch" && typeof loss.alpha !== "object");
  const alphaOf = (column: number): Record<string, number> => ({ alphaT: alpha.positive[column]!, alphaRest: alpha.negative[column]! });
  const run = (order: Order, parameters: (column: number) => Record<string, number>): number[][] => {
    const kernel = kernelOf(loss, `${head} ${order}`, () => batchPasses(loss, head, order)), part: Job = order > 0 ? job : { ...job, grad: undefined, hessian: undefined };
    if (together) return runPlanes(kernel, part, 0, classes, parameters);
    if (alike) return runPlanes(kernel, { ...part, classes: 1, inner: logits.length }, 0, 1, parameters);
    return [...alpha.positive.keys()].flatMap((column) => runPlanes(kernel, part, column, 1, parameters));
  };

  const found = run(0, alphaOf), counts = found.map((terms) => terms.pop()!);
  const count = together ? counts[0]! : counts.reduce((sum, weight) => sum + weight, 0);
  if (count === 0) {
    for (const array of [grad, hessian]) array?.fill(0);
    return 0;
  }
  const sums = roomForSums(loss, head, classes), m = sums[0]!.length, regions = found[0]!.length / m;
  const groupOf = (column: number, term: number): number => (loss.per === "class" ? column * regions + Math.floor(term / m) : 0);
  found.forEach((terms, column) => terms.forEach((term, k) => (sums[groupOf(column, k)]![k % m]! += term)));
  const wholes = wholesOf(loss, head, sums, count, order);
  if (order > 0) run(order, (column) => {
    const values = alphaOf(column);
    for (let term = 0; term < m * regions; term++) {
      const group = groupOf(column, term), sum = sums[group]!, k = term % m, { first, second } = wholes[group]!;
      // A sum of 0 is made of terms that do not move: none is negative.
      if (sum[k] === 0) continue;
      values[slopeName(term)] = first[k]! / sum[k]!;
      values[unitName(term)] = 1 / sum[k]!;
      for (let l = 0; l <= k && order > 1; l++) if (sum[l] !== 0) values[bendName(term, term - k + l)] = (l < k ? 2 : 1) * second[k]![l]!;
    }
    for (const name in values) values[name] = Math.max(-largest, Math.min(largest, values[name]!));
    return values;
  });
  return wholes.reduce((total, { value }) => total + value, 0);
}
