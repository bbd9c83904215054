import { rowStart } from "../heads/job.ts";
import type { Job } from "../heads/job.ts";
import { LossCache } from "../losses/cache.ts";
import type { AnyLoss, Loss } from "../losses/loss.ts";
import { partOf } from "./block.ts";
import { emitSoftmax, softmaxArrays } from "./emitSoftmax.ts";
import type { SoftmaxVariant } from "./emitSoftmax.ts";
import { commonMachine } from "./machine.ts";
import { step, streams } from "./weave.ts";

type Run = (...addressesGroupsAndScale: number[]) => number;
type ArrayName = (typeof softmaxArrays)[number];

/** The blocks that softmax kernels of one number of classes run over. */
interface Blocks extends Readonly<Record<ArrayName, Float32Array>> {
  readonly memory: WebAssembly.Memory;
  /** Examples per block, a whole number of steps. */
  readonly rows: number;
}

/** Logits per block: small enough for a level-2 cache. */
const blockLength = 16384;
const made = new Map<number, Blocks>();

function blocksFor(classes: number): Blocks {
  const known = made.get(classes);
  if (known) return known;
  const rows = Math.max(step, Math.floor(blockLength / classes / step) * step);
  const lengths: Record<ArrayName, number> = {
    logits: rows * classes, labels: rows, weights: rows, losses: rows, grad: rows * classes, hessian: rows * classes, alpha: Math.ceil(classes / 4) * 4, scratch: 4 * streams * classes,
  };
  const bytes = softmaxArrays.reduce((sum, name) => sum + 4 * lengths[name], 0);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) });
  let at = 0;
  const arrays = Object.fromEntries(softmaxArrays.map((name) => {
    const array = new Float32Array(memory.buffer, at, lengths[name]);
    at += array.byteLength;
    return [name, array];
  })) as Record<ArrayName, Float32Array>;
  const blocks = { ...arrays, memory, rows };
  made.set(classes, blocks);
  return blocks;
}

const compiled = new LossCache<Run>();

function kernelOf(variant: SoftmaxVariant, memory: WebAssembly.Memory): Run {
  const { loss, order, classes, layout } = variant;
  return compiled.get(loss, [order, classes, layout].join(" "), () =>
    new WebAssembly.Instance(new WebAssembly.Module(emitSoftmax(variant)), { env: { memory } }).exports["run"] as Run);
}

/** Whether the SIMD kernel can run a loss: class weights may differ, parameters and margins may not, and planes must fill its vectors. */
export const supportsSoftmax = (loss: AnyLoss, { offsets, inner }: Pick<Job, "offsets" | "inner">): loss is Loss =>
  loss.kind === "margin" && loss.margins === undefined && loss.labels === "classes" && Object.values(loss.parameters).every((value) => typeof value === "number")
  && offsets.every((offset) => offset === 0) && (inner === 1 || inner >= step) && commonMachine() !== null;

/** The softmax head in WebAssembly SIMD, float32 arithmetic, one example per lane, a block of examples at a time. */
export function wasmSoftmax(job: Job<Loss>): number {
  const { loss, order, classes, inner, targets } = job;
  const blocks = blocksFor(classes);
  blocks.alpha.set(job.alpha.positive);
  const run = kernelOf({ loss, order, classes, layout: inner === 1 ? "rows" : "planes", rowsInPlane: blocks.rows }, blocks.memory);
  let total = 0;
  // Blocks end where planes end.
  for (let from = 0; from < targets.length;) {
    const to = Math.min(from + blocks.rows, targets.length, (Math.floor(from / inner) + 1) * (inner === 1 ? targets.length : inner));
    total += runBlock(blocks, run, job, from, to);
    from = to;
  }
  return total;
}

function runBlock(blocks: Blocks, run: Run, job: Job<Loss>, from: number, to: number): number {
  const { targets, weights, ignoreIndex, scale, losses, grad, hessian } = job;
  const rows = to - from, padded = Math.ceil(rows / step) * step;
  move(job, from, to, blocks.rows, (at, length, place) => blocks.logits.set((job.logits as Float32Array).subarray(at, at + length), place));
  blocks.labels.set(partOf(targets, from, to));
  if (weights) blocks.weights.set(partOf(weights, from, to));
  else blocks.weights.fill(1, 0, rows);
  for (let i = 0; i < rows && ignoreIndex !== undefined; i++) if (targets[from + i] === ignoreIndex) silence(blocks, job, i);
  for (let i = rows; i < padded; i++) silence(blocks, job, i);
  run(...softmaxArrays.map((name) => blocks[name].byteOffset), padded / step, scale);
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += blocks.losses[i]!;
  losses?.set(blocks.losses.subarray(0, rows), from);
  for (const [array, block] of [[grad, blocks.grad], [hessian, blocks.hessian]] as const) {
    if (array) move(job, from, to, blocks.rows, (at, length, place) => array.set(block.subarray(place, place + length), at));
  }
  return sum;
}

/** The runs of numbers that make up some examples: where each begins in the arrays, how long it is, where it goes in a block. */
function move({ classes, inner }: Job, from: number, to: number, rowsInPlane: number, visit: (at: number, length: number, place: number) => void): void {
  if (inner === 1) {
    visit(from * classes, (to - from) * classes, 0);
    return;
  }
  const start = rowStart(from, classes, inner);
  for (let k = 0; k < classes; k++) visit(start + k * inner, to - from, k * rowsInPlane);
}

/** Whatever an ignored example holds must not turn up in the results, not even as 0 · NaN. */
function silence({ logits, labels, weights, rows }: Blocks, { classes, inner }: Job, i: number): void {
  labels[i] = weights[i] = 0;
  for (let k = 0; k < classes; k++) logits[inner === 1 ? i * classes + k : k * rows + i] = 0;
}
