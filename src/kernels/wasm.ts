import type { Floats, Job } from "../heads/job.ts";
import { inspectTargets } from "../heads/labels.ts";
import { LossCache } from "../losses/cache.ts";
import type { Loss } from "../losses/loss.ts";
import { blockLength, emit, memoryPages, offsets, step } from "./emit.ts";
import type { Variant } from "./emit.ts";

type Run = (position: number, end: number, scale: number) => number;

/** The blocks of every kernel, one after another in one memory: kernels are synchronous, so they can share it. */
interface Machine {
  readonly memory: WebAssembly.Memory;
  readonly logits: Float32Array;
  readonly targets: Float32Array;
  readonly weights: Float32Array;
  readonly losses: Float32Array;
  readonly grad: Float32Array;
  readonly hessian: Float32Array;
  /** Four lanes of ones, if the last run met hard targets only. */
  readonly hard: Int32Array;
}

let machine: Machine | undefined | null;

/** The memory, made at the first use; null where WebAssembly SIMD is missing or forbidden. */
function start(): Machine | null {
  if (machine !== undefined) return machine;
  try {
    const memory = new WebAssembly.Memory({ initial: memoryPages });
    const block = (offset: number): Float32Array => new Float32Array(memory.buffer, offset, blockLength);
    machine = {
      memory, logits: block(offsets.logits), targets: block(offsets.targets), weights: block(offsets.weights),
      losses: block(offsets.losses), grad: block(offsets.grad), hessian: block(offsets.hessian),
      hard: new Int32Array(memory.buffer, offsets.hard, 4),
    };
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11));
  } catch {
    machine = null;
  }
  return machine;
}

/** The kernels of one variant: what sums the losses, and what stores them. Each is compiled when it is first needed. */
interface Kernels {
  sum(): Run;
  each(): Run;
}

const compiled = new LossCache<Kernels>();

function kernelsOf(variant: Omit<Variant, "each">, memory: WebAssembly.Memory): Kernels {
  const { loss, labels, order, weighted, alpha, offset } = variant;
  return compiled.get(loss, [labels, order, weighted, offset, ...alpha].join(" "), () => {
    const compile = (each: boolean): Run =>
      new WebAssembly.Instance(new WebAssembly.Module(emit({ ...variant, each })), { env: { memory } }).exports["run"] as Run;
    let sum: Run | undefined, each: Run | undefined;
    return { sum: () => (sum ??= compile(false)), each: () => (each ??= compile(true)) };
  });
}

/** Whether the SIMD kernel can run a loss: one weight per side, nothing given per class, and SIMD at hand. */
export const supports = (loss: Loss, { negative, positive }: Job["alpha"]): boolean =>
  [negative, positive].every((weights) => weights.every((weight) => weight === weights[0])) && loss.margins === undefined && Object.values(loss.parameters).every((value) => typeof value === "number") && start() !== null;

/**
 * The sigmoid head in WebAssembly SIMD, float32 arithmetic, a block at a time.
 *
 * Targets are taken to be hard until a block turns out not to be: that block and the rest are checked and
 * run as soft ones.
 */
export function wasm(job: Job<Loss>): number {
  const block = start()!;
  const { loss, order, logits, losses, grad, hessian } = job;
  const variant = {
    loss, order, weighted: job.weights !== undefined || job.ignoreIndex !== undefined,
    alpha: [job.alpha.negative[0]!, job.alpha.positive[0]!] as const, offset: job.offsets[0]!,
  };
  let kernels = kernelsOf({ ...variant, labels: job.labels }, block.memory), soft = job.labels !== "hard";
  let total = 0;
  for (let from = 0; from < logits.length; from += blockLength) {
    const length = Math.min(blockLength, logits.length - from);
    fill(block, job, from, length);
    let sum = runBlock(block, kernels, job, length);
    if (!soft && block.hard.includes(0)) {
      soft = true;
      kernels = kernelsOf({ ...variant, labels: job.soft }, block.memory);
      sum = runBlock(block, kernels, job, length);
    }
    if (soft) inspectTargets(job.targets, job.ignoreIndex, from, from + length);
    total += sum;
    take(losses, block.losses, from, length);
    take(grad, block.grad, from, length);
    take(hessian, block.hessian, from, length);
  }
  return total;
}

/**
 * Runs the block's whole steps; what is left over behind the last is run padded, with every loss stored.
 * Returns the sum of the losses.
 */
function runBlock(block: Machine, kernels: Kernels, { losses, scale }: Job, length: number): number {
  const summed = losses ? 0 : length - (length % step);
  block.hard.fill(-1);
  let sum = summed > 0 ? kernels.sum()(0, summed * 4, scale) : 0;
  if (summed === length || block.hard.includes(0)) return sum;
  kernels.each()(summed * 4, length * 4, scale);
  for (let i = summed; i < length; i++) sum += block.losses[i]!;
  return sum;
}

/** Copies one block out. */
function take(to: Floats | undefined, block: Float32Array, from: number, length: number): void {
  to?.set(length === blockLength ? block : block.subarray(0, length), from);
}

/** Copies one block in. Ignored examples become harmless ones of weight 0; so does what stands behind the last. */
function fill(block: Machine, { logits, targets, weights, ignoreIndex }: Job, from: number, length: number): void {
  block.logits.set(logits.subarray(from, from + length));
  const part = ArrayBuffer.isView(targets) ? (targets as Float32Array).subarray(from, from + length) : Array.prototype.slice.call(targets, from, from + length);
  block.targets.set(part);
  if (weights || ignoreIndex !== undefined) {
    for (let i = 0; i < length; i++) block.weights[i] = weights ? weights[from + i]! : 1;
    for (let i = 0; i < length; i++) if (targets[from + i] === ignoreIndex) block.weights[i] = block.targets[i] = block.logits[i] = 0;
  }
  if (length % step) for (const array of [block.logits, block.targets, block.weights]) array.fill(0, length, length + step - (length % step));
}
