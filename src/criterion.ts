import { describe, FocalError } from "./errors.ts";
import { formOf } from "./forms.ts";
import type { NumberArray } from "./heads/job.ts";
import type { AnyLoss } from "./losses/loss.ts";
import { readOptions } from "./options.ts";
import type { CriterionOptions, Reduction } from "./options.ts";
import { accumulator } from "./run/accumulate.ts";
import type { Accumulate } from "./run/accumulate.ts";
import { bind } from "./run/bind.ts";
import { nothing } from "./run/call.ts";
import type { ArrayOf, CallOptions, Logits, Value } from "./run/call.ts";
export type { CriterionOptions, Engine, Reduction } from "./options.ts";
export type { Chunk } from "./run/accumulate.ts";
export type { ArrayOf, CallOptions, Logits, Value } from "./run/call.ts";

/** A loss, a head and a reduction, ready to call. */
export interface Criterion<R extends Reduction = Reduction> {
  readonly loss: AnyLoss;
  /** The loss: a number, or with reduction "none" one per example. */
  value<L extends Logits>(logits: L, targets: NumberArray, options?: CallOptions<L>): Value<R, L>;
  /** The loss and its gradient by each logit, in one pass. With reduction "none", of each example's own loss. */
  valueAndGrad<L extends Logits>(logits: L, targets: NumberArray, options?: CallOptions<L>): { value: Value<R, L>; grad: ArrayOf<L> };
  /** Also the exact second derivative by each logit: the diagonal of the Hessian. */
  derivatives<L extends Logits>(logits: L, targets: NumberArray, options?: CallOptions<L>): { value: Value<R, L>; grad: ArrayOf<L>; hessian: ArrayOf<L> };
}

/** A criterion that also takes its examples chunk by chunk. */
export interface StreamingCriterion<R extends Reduction = Reduction> extends Criterion<R> {
  /**
   * The loss of a stream of chunks, as if they were one array: any iterable, or an async one. Memory stays that of a chunk.
   * Not for reduction "none" or losses of a whole batch.
   */
  readonly accumulate: Accumulate;
}

/**
 * Binds a loss to a head and a reduction.
 *
 * Value, gradient and curvature come from one fused pass, stable for logits of any size up to 1e300. Float64 logits
 * (and plain arrays) are computed and answered in float64, float32 logits answered in float32.
 *
 * @param loss - e.g. `focal({ gamma: 2, alpha: 0.25 })`
 * @throws FocalError `argument` for an unknown or impossible option; its methods: `shape`, `target`, `label`
 *
 * @example
 * const loss = criterion(focal({ gamma: 2, alpha: 0.25 }), { reduction: "sum" });
 * loss.valueAndGrad([0, 0], [1, 0]);
 * // { value: 0.17328679513998632, grad: Float64Array [ -0.0745716987849966, 0.2237150963549898 ] }
 */
export function criterion<const R extends Reduction = "mean">(loss: AnyLoss, options: CriterionOptions<R> = {}): StreamingCriterion<R> {
  if (!loss?.formula) throw new FocalError("argument", `criterion takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  const plan = readOptions(loss, options, formOf), bound = bind(plan, "exact"), { run } = bound;
  return {
    loss, accumulate: accumulator(plan, bound),
    value: (logits, targets, call = nothing) => run(logits, targets, 0, call).value as never,
    valueAndGrad: (logits, targets, call = nothing) => run(logits, targets, 1, call) as never,
    derivatives: (logits, targets, call = nothing) => run(logits, targets, 2, call) as never,
  };
}
