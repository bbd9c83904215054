/** The losses of a whole batch and of pairs, bound to their SIMD kernels and to nothing else. */
import type { BatchLoss, CriterionOptions, PairLoss } from "focal-loss";
import { formOf } from "../../src/forms.ts";
import type { Form } from "../../src/forms.ts";
import type { Job } from "../../src/heads/job.ts";
import { supportsBatch, wasmBatch } from "../../src/kernels/wasmBatch.ts";
import { supportsPair, wasmPair } from "../../src/kernels/wasmPair.ts";
import { readOptions } from "../../src/options.ts";
import { bind } from "../../src/run/bind.ts";

export interface Answers {
  readonly value: number | Float32Array;
  readonly grad: Float32Array;
  readonly hessian: Float32Array;
}

/** What a criterion's `derivatives` answers, for float32 logits, by the SIMD kernel. */
export function onSimd(loss: BatchLoss | PairLoss, options: CriterionOptions): (logits: Float32Array, targets: ArrayLike<number>, call?: { weights?: ArrayLike<number>; out?: Float32Array }) => Answers {
  const plan = readOptions(loss, { ...options, engine: "wasm" }, (asked, head): Form => {
    const form = formOf(asked, head);
    return {
      ...form,
      readTargets: (reader, length, given) => ({ ...form.readTargets(reader, length, given, true), mixed: false }),
      simd: loss.kind === "batch"
        ? { supports: (asked) => supportsBatch(asked, { classes: options.classes ?? 1 }), run: (job) => wasmBatch(head, job as Job<BatchLoss>) }
        : { supports: (asked) => supportsPair(asked, { classes: options.classes! }), run: (job) => wasmPair(job as Job<PairLoss>) },
    };
  });
  const { run } = bind(plan, "exact");
  return (logits, targets, call = {}) => run(logits, targets, 2, call) as Answers;
}
