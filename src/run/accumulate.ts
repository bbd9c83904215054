import { FocalError } from "../errors.ts";
import type { NumberArray } from "../heads/job.ts";
import type { Plan } from "../options.ts";
import type { Bound } from "./bind.ts";
import { nothing, refuseEmptyMean } from "./call.ts";
import type { CallOptions, Logits } from "./call.ts";
import { divisor, tally } from "./divisor.ts";
import type { Tally } from "./divisor.ts";

/** Part of a stream: some rows, or some logits of the sigmoid head. */
export interface Chunk extends Pick<CallOptions, "weights"> {
  readonly logits: Logits;
  readonly targets: NumberArray;
}

/** The loss of chunks as if they were one array. */
export interface Accumulate {
  (chunks: Iterable<Chunk>): number;
  (chunks: AsyncIterable<Chunk>): Promise<number>;
}

/** Adds the losses of a plan's chunks up, one chunk at a time. */
export function accumulator(plan: Plan, { read, perform }: Bound): Accumulate {
  const { loss, reduction } = plan;
  return ((chunks: Iterable<Chunk> | AsyncIterable<Chunk>) => {
    if (reduction === "none" || loss.kind === "batch") throw new FocalError("argument", `accumulate adds up losses, which ${reduction === "none" ? `reduction "none" keeps apart` : `${loss.name} does not: it is one number for the whole batch`}`);
    let total = 0, length = 0, seen: Tally = { valid: 0, positives: 0, weight: 0 };
    const take = ({ logits, targets, weights }: Chunk): void => {
      length += logits.length;
      if (logits.length === 0) return;
      const batch = read(logits, targets, weights === undefined ? nothing : { weights }, true), more = tally(plan, batch.targets, batch.weights);
      total += perform(batch, 0, 1, { losses: undefined, grad: undefined, hessian: undefined });
      seen = { valid: seen.valid + more.valid, positives: seen.positives + more.positives, weight: seen.weight + more.weight };
    };
    const result = (): number => {
      refuseEmptyMean(plan, length);
      return total / divisor(plan, seen);
    };
    if (Symbol.iterator in chunks) {
      for (const chunk of chunks) take(chunk);
      return result();
    }
    return (async () => {
      for await (const chunk of chunks) take(chunk);
      return result();
    })();
  }) as Accumulate;
}
