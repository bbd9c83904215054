import { describe, expectKnown, FocalError } from "../errors.ts";
import type { Order } from "../losses/derive.ts";
import type { Gpu } from "./gpu.ts";
import { usage } from "./pool.ts";
import { record } from "./record.ts";
import type { GpuPlan } from "./support.ts";
import type { Counted } from "./totals.ts";

/** Arrays that are on the GPU already; see `GpuCriterion.encode`. */
export interface GpuInput {
  readonly logits: GPUBuffer;
  readonly targets: GPUBuffer;
  readonly weights?: GPUBuffer;
}

/** What a call on GPUBuffers may say beside them. */
export interface BufferOptions {
  /** Where to record. Default: an encoder of its own, submitted at once. */
  readonly encoder?: GPUCommandEncoder;
  /** Which derivatives: 0 only the value, 1 (default) the gradient too, 2 the Hessian's diagonal too. */
  readonly order?: Order;
  /** How many logits. Default: as many as the buffer holds. */
  readonly length?: number;
  /** Sigmoid head: every target is 0 or 1 (or the ignored value). Default false: between them is read by the soft rule. */
  readonly hard?: boolean;
  /** What to divide the sum by, instead of the reduction's own number. */
  readonly normalizer?: number | "positives";
  /** Buffers to write to, of usage STORAGE, instead of new ones. `value` needs 16 bytes, or 4 per example. */
  readonly value?: GPUBuffer;
  readonly grad?: GPUBuffer;
  readonly hessian?: GPUBuffer;
}

/** Answers that stay on the GPU. Destroy them, or hand them in again, when you are done. */
export interface GpuResults {
  /** The loss, one float32 (with three of its own making behind it); with reduction "none" one per example. */
  readonly value: GPUBuffer;
  readonly grad?: GPUBuffer;
  readonly hessian?: GPUBuffer;
}

const optionNames = ["encoder", "order", "length", "hard", "normalizer", "value", "grad", "hessian"];

/** Records or submits one run over the caller's buffers. */
export function encodeBuffers(gpu: Gpu, plan: GpuPlan, { logits, targets, weights }: GpuInput, options: BufferOptions): GpuResults {
  expectKnown("encode", options, optionNames);
  const { head, classes, inner, ignoreIndex } = plan;
  const { order = 1, hard = false, normalizer, encoder = gpu.device.createCommandEncoder() } = options;
  if (order !== 0 && order !== 1 && order !== 2) throw new FocalError("argument", `order must be 0, 1 or 2, got ${describe(order)}`);
  if (plan.smoothing > 0 || plan.check) throw new FocalError("engine", `the GPU does not look at buffers before it runs over them: ${plan.check ? "check" : "smoothing"} must be left out`);
  if (!(normalizer === undefined || (typeof normalizer === "number" && normalizer > 0) || (normalizer === "positives" && head === "sigmoid"))) {
    throw new FocalError("argument", `normalizer must be a number > 0${head === "sigmoid" ? ` or "positives"` : ""}, got ${describe(normalizer)}`);
  }
  const length = options.length ?? Math.floor((logits?.size ?? 0) / 4);
  if (!(Number.isInteger(length) && length > 0 && length % (classes * inner) === 0)) throw new FocalError("shape", `length must be a multiple of classes × inner = ${classes * inner} and > 0, got ${String(length)}`);
  gpu.expectRoom("logits", 4 * length);
  const examples = head === "softmax" ? length / classes : length, each = plan.reduction === "none";
  expectBuffer("logits", logits, 4 * length);
  expectBuffer("targets", targets, 4 * examples);
  if (weights !== undefined) expectBuffer("weights", weights, 4 * examples);

  const read = [logits, targets, weights];
  const result = (name: "value" | "grad" | "hessian", bytes: number): GPUBuffer => {
    const given = options[name];
    if (given === undefined) return gpu.device.createBuffer({ size: bytes, usage: usage.storage | usage.copySource | usage.copyDestination });
    expectBuffer(name, given, bytes);
    if (read.includes(given)) throw new FocalError("argument", `${name} must be a buffer of its own: a GPU does not write to what it reads`);
    read.push(given);
    return given;
  };
  const value = result("value", each ? 4 * examples : 16);
  const grad = order > 0 ? result("grad", 4 * length) : undefined;
  const hessian = order > 1 ? result("hessian", 4 * length) : undefined;
  const scratch = record(gpu, encoder, {
    plan, labels: head === "softmax" || (hard && plan.loss.kind === "margin") ? "hard" : plan.soft, order, length, ignoreIndex,
    scale: scaleOf(plan, examples, weights !== undefined, normalizer), logits, targets, weights,
    losses: each ? value : undefined, result: each ? undefined : value, grad, hessian,
  });
  if (options.encoder === undefined) {
    gpu.device.queue.submit([encoder.finish()]);
    gpu.pool.give(scratch);
  }
  return { value, ...(grad && { grad }), ...(hessian && { hessian }) };
}

/** The factor where it is known, else what the GPU has to count. */
function scaleOf({ reduction, ignoreIndex }: GpuPlan, examples: number, weighted: boolean, normalizer: BufferOptions["normalizer"]): number | Counted {
  if (typeof normalizer === "number") return 1 / normalizer;
  if (normalizer === "positives" || reduction === "positives") return "positives";
  if (reduction === "sum" || reduction === "none") return 1;
  if (reduction === "weightedMean" && weighted) return "weights";
  return ignoreIndex === undefined ? 1 / examples : "valid";
}

function expectBuffer(name: string, buffer: GPUBuffer, bytes: number): void {
  if (typeof buffer?.size !== "number" || typeof buffer.usage !== "number") throw new FocalError("argument", `${name} must be a GPUBuffer, got ${describe(buffer)}`);
  if ((buffer.usage & usage.storage) === 0) throw new FocalError("argument", `${name} must be a buffer of usage STORAGE`);
  if (buffer.size < bytes) throw new FocalError("shape", `${name} must hold ${bytes} bytes, 4 per value, got ${buffer.size}`);
}
