import type { CallOptions } from "../criterion.ts";
import { describe, FocalError } from "../errors.ts";
import type { NumberArray } from "../heads/job.ts";
import type { Order } from "../losses/derive.ts";
import type { AnyLoss } from "../losses/loss.ts";
import { formOf } from "../forms.ts";
import { readOptions } from "../options.ts";
import type { CriterionOptions, Reduction } from "../options.ts";
import { reader } from "../run/batch.ts";
import { divisor, tally } from "../run/divisor.ts";
import { encodeBuffers } from "./buffers.ts";
import type { BufferOptions, GpuInput, GpuResults } from "./buffers.ts";
import type { Gpu } from "./gpu.ts";
import { usage } from "./pool.ts";
import { record } from "./record.ts";
import { planFor } from "./support.ts";
import type { GpuPlan } from "./support.ts";

/** The criterion's options that a GPU takes. */
export type GpuCriterionOptions<R extends Reduction = Reduction> = Omit<CriterionOptions<R>, "engine" | "from">;
/** The options of a call that a GPU takes. */
export type GpuCallOptions = Pick<CallOptions<Float32Array>, "weights" | "normalizer" | "out">;
/** One number, or with the reduction "none" one per example. */
export type GpuValue<R extends Reduction> = R extends "none" ? Float32Array : number;

/** A loss, a head and a reduction on a GPU. The typed-array calls answer as `criterion`'s do, later. */
export interface GpuCriterion<R extends Reduction = Reduction> {
  readonly loss: AnyLoss;
  /** The loss: a number, or with reduction "none" one per example. */
  value(logits: Float32Array, targets: NumberArray, options?: GpuCallOptions): Promise<GpuValue<R>>;
  /** The loss and its gradient by each logit, in one pass. */
  valueAndGrad(logits: Float32Array, targets: NumberArray, options?: GpuCallOptions): Promise<{ value: GpuValue<R>; grad: Float32Array }>;
  /** Also the exact second derivative by each logit: the diagonal of the Hessian. */
  derivatives(logits: Float32Array, targets: NumberArray, options?: GpuCallOptions): Promise<{ value: GpuValue<R>; grad: Float32Array; hessian: Float32Array }>;
  /**
   * The same over buffers that are on the GPU already: nothing is copied, nothing is read back.
   *
   * Records into the encoder given, between what you record before and after it; without one it submits at once.
   * What is in the buffers cannot be checked: targets out of range give numbers without meaning.
   *
   * @param input - `logits` (float32) and `targets` (float32 for the sigmoid head, int32 labels for softmax), perhaps
   *   `weights` (float32, one per logit or row)
   * @returns `value` (one float32; with reduction "none" one per example) and, as asked for, `grad` and `hessian`
   * @throws FocalError `argument` or `shape` for buffers that do not fit
   *
   * @example
   * const encoder = device.createCommandEncoder();
   * const { grad } = loss.encode({ logits, targets }, { encoder, hard: true });   // … your own passes read grad
   * device.queue.submit([encoder.finish()]);
   */
  encode(input: GpuInput, options?: BufferOptions): GpuResults;
}

export function gpuCriterion<R extends Reduction>(gpu: Gpu, loss: AnyLoss, options: GpuCriterionOptions<R>): GpuCriterion<R> {
  if (!loss?.formula) throw new FocalError("argument", `criterion takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  const plan = planFor(readOptions(loss, options, formOf));
  const run = overArrays(gpu, plan);
  return {
    loss,
    value: async (logits, targets, call = {}) => (await run(logits, targets, 0, call)).value as never,
    valueAndGrad: (logits, targets, call = {}) => run(logits, targets, 1, call) as never,
    derivatives: (logits, targets, call = {}) => run(logits, targets, 2, call) as never,
    encode: (input, call = {}) => encodeBuffers(gpu, plan, input, call),
  };
}

/** Copies arrays to the GPU, runs them there and copies the answers back. */
function overArrays(gpu: Gpu, plan: GpuPlan) {
  const { device, pool } = gpu;
  const read = reader(plan, false);
  const storage = usage.storage | usage.copySource | usage.copyDestination;

  return async (given: Float32Array, givenTargets: NumberArray, order: Order, call: GpuCallOptions) => {
    if (!(given instanceof Float32Array)) throw new FocalError("argument", `a GPU computes in float32: logits must be a Float32Array, got ${describe(given)}; criterion takes float64`);
    const batch = read(given, givenTargets, call, true), { targets, weights } = batch;
    const scale = 1 / divisor(plan, tally(plan, targets, weights), call.normalizer), each = plan.reduction === "none";
    if (targets.mixed) throw new FocalError("target", "the softmax head on the GPU takes one label per row, no shares of classes; criterion takes them");
    const grad = order > 0 ? call.out ?? new Float32Array(given.length) : undefined;
    const hessian = order > 1 ? new Float32Array(given.length) : undefined;
    const losses = each ? new Float32Array(given.length / (plan.head === "softmax" ? plan.classes : 1)) : undefined;
    const sums = new Float32Array(4);
    const answer = () => ({ value: losses ?? (sums[1]! + sums[2]!) * scale, ...(grad && { grad }), ...(hessian && { hessian }) });
    if (given.length === 0) return answer();

    gpu.expectRoom("logits", given.byteLength);
    const taken: GPUBuffer[] = [];
    const take = (bytes: number, wanted: number): GPUBuffer => {
      const buffer = pool.take(bytes, wanted);
      taken.push(buffer);
      return buffer;
    };
    const upload = (values: Float32Array | Int32Array): GPUBuffer => {
      const buffer = take(values.byteLength, storage);
      device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
      return buffer;
    };
    const results = [losses ?? sums, grad, hessian].map((array) => array && { array, buffer: take(array.byteLength, storage) });
    const [first, forGrad, forHessian] = results.map((result) => result?.buffer);
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    const encoder = device.createCommandEncoder();
    taken.push(...record(gpu, encoder, {
      plan, labels: plan.loss.kind === "score" || (targets.soft && plan.head === "sigmoid") ? plan.soft : "hard", order, length: given.length,
      ignoreIndex: targets.ignoreIndex, scale, logits: upload(given), targets: upload((plan.head === "softmax" ? Int32Array : Float32Array).from(targets.values)),
      weights: weights && upload(Float32Array.from(weights)), losses: each ? first : undefined, result: each ? undefined : first, grad: forGrad, hessian: forHessian,
    }));
    const wanted = results.filter((result) => result !== undefined);
    const staging = take(wanted.reduce((bytes, { buffer }) => bytes + buffer.size, 0), usage.mapRead | usage.copyDestination);
    let at = 0;
    for (const { buffer } of wanted) {
      encoder.copyBufferToBuffer(buffer, 0, staging, at, buffer.size);
      at += buffer.size;
    }
    device.queue.submit([encoder.finish()]);
    const mapped = staging.mapAsync(1).then(() => true, () => false);
    const [memory, invalid] = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    if (memory ?? invalid) throw new FocalError("engine", `the GPU refused ${given.length} logits: ${(memory ?? invalid)!.message}`);
    if (!(await mapped)) throw new FocalError("engine", "the GPU was lost while it computed: open it again with webgpu()");
    at = 0;
    for (const { array, buffer } of wanted) {
      array.set(new Float32Array(staging.getMappedRange(at, array.byteLength)));
      at += buffer.size;
    }
    staging.unmap();
    pool.give(taken);
    return answer();
  };
}
