/** Runs in the page: what is asked of it comes and goes as plain data. */
import { criterion, focal } from "focal-loss";
import type { CriterionOptions, FocalError } from "focal-loss";
import { webgpu } from "focal-loss/webgpu";
import type { BufferOptions, GpuCriterion, WebGpu } from "focal-loss/webgpu";
import type { Entry } from "../golden/entry.ts";
import { lossOf } from "../golden/lossOf.ts";

let opened: Promise<WebGpu> | undefined;
const uncaptured: string[] = [];

/** One device for all tests; whatever it complains about is kept. */
export const gpu = (): Promise<WebGpu> => (opened ??= webgpu().then((made) => {
  made.device.addEventListener("uncapturederror", (event) => uncaptured.push((event as GPUUncapturedErrorEvent).error.message));
  return made;
}));
/** The same device, passed off as a card's: more workgroups at a time. */
let likeACard: Promise<WebGpu> | undefined;
const card = (): Promise<WebGpu> => (likeACard ??= gpu().then(({ device }) => webgpu(Object.defineProperty(device, "adapterInfo", { value: { isFallbackAdapter: false } }))));
export const complaints = (): string[] => uncaptured.splice(0);

export interface Answer {
  readonly value: number | number[];
  readonly grad: number[];
  readonly hessian: number[];
}
export type Outcome = Answer | { readonly refusal: string; readonly code: string };

const optionsOf = ({ head, classes, options }: Entry) => ({ head, ...options, ...(classes !== undefined && { classes }), reduction: "none" as const });

/** Value, gradient and Hessian of a golden table. */
export async function golden(entry: Entry): Promise<Outcome> {
  try {
    const { criterion: bind } = await gpu();
    const { value, grad, hessian } = await bind(lossOf(entry), optionsOf(entry)).derivatives(Float32Array.from(entry.logits), entry.targets);
    return { value: Array.from(value), grad: Array.from(grad), hessian: Array.from(hessian) };
  } catch (error) {
    return { refusal: (error as FocalError).message, code: (error as FocalError).code };
  }
}

/** Logits between −10 and 10 in float32, in no order, and labels below `classes`, some of them ignored. */
const logitsOf = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 2003) / 100 - 10);
const labelsOf = (n: number, classes: number): Int32Array => Int32Array.from({ length: n }, (_, i) => (i % 7 === 3 ? -1 : (i * 31) % classes));

type Results = { readonly value: number | ArrayLike<number>; readonly grad?: ArrayLike<number>; readonly hessian?: ArrayLike<number> };

/**
 * The worst difference of each part, relative to its size; of a Hessian to the gradient's too, since it passes through 0,
 * as soft targets' gradients do: to the example's loss.
 */
export function worst(got: Results, want: Results, soft = false): Record<string, number> {
  const found: Record<string, number> = {};
  for (const part of ["value", "grad", "hessian"] as const) {
    const a = got[part], b = want[part];
    if (a === undefined || b === undefined) continue;
    found[part] = 0;
    for (let i = 0; i < list(b).length; i++) {
      const more = part === "hessian" ? want.grad![i]! : part === "grad" && soft ? list(want.value)[i]! : 0;
      const size = Math.abs(list(b)[i]!) + Math.abs(more), off = Math.abs(list(a)[i]! - list(b)[i]!);
      if (!(off <= found[part]! * size)) found[part] = size === 0 ? Infinity : off / size;
    }
  }
  return found;
}

export interface Case {
  readonly loss: Pick<Entry, "loss" | "settings" | "transform">;
  readonly options: CriterionOptions;
  /** How many logits. */
  readonly n: number;
  readonly soft?: boolean;
  readonly weighted?: boolean;
  readonly normalizer?: number | "positives";
  readonly likeACard?: boolean;
}

function inputs({ options: { head, classes = 1, ignoreIndex }, n, soft, weighted }: Case) {
  const examples = head === "softmax" ? n / classes : n, targets = labelsOf(examples, head === "softmax" ? classes : 2), labels: ArrayLike<number> = soft ? Float32Array.from(targets, (t, i) => (t === 1 ? [1, 0.25, 0.75, 0.5][i % 4]! : t)) : targets;
  return {
    logits: logitsOf(n), targets: ignoreIndex === undefined ? Float32Array.from(labels, Math.abs) : labels,
    weights: weighted ? Float32Array.from({ length: examples }, (_, i) => (i % 5) / 2) : undefined,
  };
}

const losses = new Map<string, ReturnType<typeof lossOf>>();

/** One loss for equal settings: its shaders are compiled once. */
function sameLoss(named: Case["loss"]): ReturnType<typeof lossOf> {
  const key = JSON.stringify(named), known = losses.get(key) ?? lossOf(named as Entry);
  losses.set(key, known);
  return known;
}

/** A case on the GPU beside the same in float64, in every form: arrays, the same again, and buffers that stay on the GPU. */
export async function compare(wanted: Case): Promise<{ arrays: Record<string, number>; again: boolean; buffers: Record<string, number>; same: boolean }> {
  const { options, normalizer } = wanted, loss = sameLoss(wanted.loss);
  const { logits, targets, weights } = inputs(wanted), call = { ...(weights && { weights }), ...(normalizer !== undefined && { normalizer }) };
  const exact = criterion(loss, { ...options, engine: "js" }).derivatives(Float64Array.from(logits), targets, call);
  const made = (await (wanted.likeACard ? card() : gpu())).criterion(loss, options);
  const got = await made.derivatives(logits, targets, call), again = await made.derivatives(logits, targets, call);
  const kept = await onBuffers(made, options, logits, targets, weights, { ...(normalizer !== undefined && { normalizer }), hard: !wanted.soft });
  return { arrays: worst(got, exact, wanted.soft), again: equal(got.value, again.value) && equal(got.grad, again.grad) && equal(got.hessian, again.hessian), buffers: worst(kept, exact, wanted.soft), same: equal(kept.grad, got.grad) && equal(kept.hessian, got.hessian) };
}

const list = (x: number | ArrayLike<number>): ArrayLike<number> => (typeof x === "number" ? [x] : x);
const equal = (a: number | ArrayLike<number> | undefined, b: number | ArrayLike<number> | undefined): boolean =>
  a !== undefined && b !== undefined && list(a).length === list(b).length && Array.prototype.every.call(list(a), (x, i) => Object.is(x, list(b)[i]));

/** Runs over buffers of exactly the arrays' sizes, recorded into an encoder of the caller's, and reads the answers. */
async function onBuffers(made: GpuCriterion, options: CriterionOptions, logits: Float32Array, targets: ArrayLike<number>, weights: Float32Array | undefined, more: BufferOptions) {
  const { device } = await gpu();
  const upload = (array: Float32Array | Int32Array): GPUBuffer => {
    const buffer = device.createBuffer({ size: array.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(buffer, 0, array as Float32Array<ArrayBuffer>);
    return buffer;
  };
  // A new buffer holds zeros: what lies behind the gradient must stay so.
  const grad = device.createBuffer({ size: 4 * logits.length + 32, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const encoder = device.createCommandEncoder();
  const results = made.encode({
    logits: upload(logits), targets: upload(options.head === "softmax" ? Int32Array.from(targets) : Float32Array.from(targets)), ...(weights && { weights: upload(weights) }),
  }, { encoder, order: 2, grad, ...more });
  device.queue.submit([encoder.finish()]);
  const [value, gradient, hessian] = await Promise.all([results.value, results.grad!, results.hessian!].map(download));
  if (gradient!.subarray(logits.length).some((x) => x !== 0)) throw new Error("written behind the gradient's end");
  return { value: options.reduction === "none" ? value! : value![0]!, grad: gradient!.subarray(0, logits.length), hessian: hessian! };
}

async function download(buffer: GPUBuffer): Promise<Float32Array> {
  const { device } = await gpu();
  const staging = device.createBuffer({ size: buffer.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  return new Float32Array(staging.getMappedRange()).slice();
}

/** How far the sum over many float32 losses is from its exact value, relative to it. */
export async function longSum(n: number): Promise<number> {
  const loss = focal({ gamma: 2, alpha: 0.25 }), made = (await gpu()).criterion(loss, { reduction: "sum" });
  const logits = new Float32Array(n), targets = new Uint8Array(n);
  for (let i = 0; i < n; i++) { logits[i] = ((i * 7919) % 1000) / 100 - 5; targets[i] = i % 5 === 0 ? 1 : 0; }
  const one = criterion(loss, { reduction: "sum", engine: "js" });
  const table = Array.from({ length: 2000 }, (_, k) => one.value([Math.fround((k >> 1) / 100 - 5)], [k & 1]));
  let exact = 0;
  for (let i = 0; i < n; i++) exact += table[((i * 7919) % 1000) * 2 + targets[i]!]!;
  return Math.abs(await made.value(logits, targets) / exact - 1);
}

/** Value, gradient and Hessian of given numbers, one loss per example. */
export async function given(loss: Pick<Entry, "loss" | "settings">, options: CriterionOptions, logits: readonly number[], targets: readonly number[]): Promise<Answer> {
  const { value, grad, hessian } = await (await gpu()).criterion(sameLoss(loss), { ...options, reduction: "none" }).derivatives(Float32Array.from(logits), targets);
  return { value: Array.from(value), grad: Array.from(grad), hessian: Array.from(hessian) };
}
