import type { Floats, Job } from "../heads/job.ts";
import { inspectTargets } from "../heads/labels.ts";
import { LossCache } from "../losses/cache.ts";
import type { AnyLoss, Loss } from "../losses/loss.ts";
import { emit } from "./emit.ts";
import type { Variant } from "./emit.ts";
import { blockLength, commonMachine, machineOf } from "./machine.ts";
import type { Machine, Run } from "./machine.ts";
import { step } from "./weave.ts";

/** The modules of one variant: what sums the losses, and what stores them. Each is compiled when it is first needed. */
interface Modules {
  sum(): WebAssembly.Module;
  each(): WebAssembly.Module;
}

const compiled = new LossCache<Modules>();

function modulesOf(variant: Omit<Variant, "each">): Modules {
  const { loss, labels, order, weighted, alpha, offset } = variant;
  return compiled.get(loss, [labels, order, weighted, offset, ...alpha].join(" "), () => {
    const compile = (each: boolean): WebAssembly.Module => new WebAssembly.Module(emit({ ...variant, each }));
    let sum: WebAssembly.Module | undefined, each: WebAssembly.Module | undefined;
    return { sum: () => (sum ??= compile(false)), each: () => (each ??= compile(true)) };
  });
}

/** Whether the SIMD kernel can run a loss: one weight per side, nothing given per class, and SIMD at hand. */
export const supports = (loss: AnyLoss, { negative, positive }: Job["alpha"]): loss is Loss =>
  (loss.kind === "margin" || loss.kind === "score") && [negative, positive].every((weights) => weights.every((weight) => weight === weights[0])) && loss.margins === undefined
  && Object.values(loss.parameters).every((value) => typeof value === "number") && commonMachine() !== null;

/**
 * The sigmoid head in WebAssembly SIMD, float32 arithmetic, a block at a time: an optimising compiler takes over between
 * calls, never within one. Arrays in the kernel's memory are used where they lie, others are copied through.
 *
 * Targets are taken to be hard until a block turns out not to be: that block and the rest are checked and
 * run as soft ones.
 */
export function wasm(job: Job<Loss>): number {
  const machine = machineOf(job.logits as Float32Array) ?? commonMachine()!;
  const { loss, order } = job;
  const variant = {
    loss, order, weighted: job.weights !== undefined || job.ignoreIndex !== undefined,
    alpha: [job.alpha.negative[0]!, job.alpha.positive[0]!] as const, offset: job.offsets[0]!,
  };
  let modules = modulesOf({ ...variant, labels: job.labels }), soft = job.labels !== "hard";
  let total = 0;
  for (let from = 0; from < job.logits.length; from += blockLength) {
    const to = Math.min(from + blockLength, job.logits.length);
    let sum = runBlock(machine, modules, job, from, to);
    if (!soft && machine.hard.includes(0)) {
      soft = true;
      modules = modulesOf({ ...variant, labels: job.soft });
      sum = runBlock(machine, modules, job, from, to);
    }
    if (soft) inspectTargets(job.targets, job.ignoreIndex, from, to);
    total += sum;
  }
  return total;
}

/**
 * Runs a block's whole steps; what is left over behind the last is run padded, with every loss stored.
 * Returns the sum of the losses, unless each is wanted.
 */
function runBlock(machine: Machine, modules: Modules, job: Job<Loss>, from: number, to: number): number {
  const whole = to - ((to - from) % step);
  machine.hard.fill(-1);
  let sum = whole > from ? pass(machine, machine.kernel((job.losses ? modules.each : modules.sum)()), job, from, whole) : 0;
  if (whole === to || machine.hard.includes(0)) return sum;
  pass(machine, machine.kernel(modules.each()), job, whole, to);
  for (let i = 0; i < to - whole; i++) sum += machine.blocks.losses[i]!;
  return sum;
}

/** One run of a kernel over part of the arrays: at their own addresses where it may, through the blocks where it must. */
function pass(machine: Machine, run: Run, job: Job<Loss>, from: number, to: number): number {
  const { blocks, hard } = machine, { ignoreIndex, scale } = job;
  const length = to - from, padding = (step - (length % step)) % step;
  const stays = (array: ArrayLike<number> | undefined): array is Float32Array => array !== undefined && padding === 0 && machine.holds(array);
  const address = (array: Float32Array): number => array.byteOffset + 4 * from;
  const input = (array: ArrayLike<number> | undefined, block: Float32Array): number => {
    if (ignoreIndex === undefined && stays(array)) return address(array);
    if (array) copyIn(array, block, from, to);
    if (padding > 0) block.fill(0, length, length + padding);
    return block.byteOffset;
  };
  const output = (array: Floats | undefined, block: Float32Array): number => (stays(array) ? address(array) : block.byteOffset);
  const addresses = [input(job.logits, blocks.logits), input(job.targets, blocks.targets), input(job.weights, blocks.weights)] as const;
  if (ignoreIndex !== undefined) silence(blocks, job, from, to);
  const outputs = [[job.losses, blocks.losses], [job.grad, blocks.grad], [job.hessian, blocks.hessian]] as const;
  const [losses, grad, hessian] = outputs.map(([array, block]) => output(array, block)) as [number, number, number];
  const sum = run(...addresses, losses, grad, hessian, length + padding, scale, hard.byteOffset);
  for (const [array, block] of outputs) if (array && !stays(array)) array.set(length === blockLength ? block : block.subarray(0, length), from);
  return sum;
}

function copyIn(array: ArrayLike<number>, block: Float32Array, from: number, to: number): void {
  block.set(ArrayBuffer.isView(array) ? (array as Float32Array).subarray(from, to) : Array.prototype.slice.call(array, from, to));
}

/** Ignored examples become harmless ones of weight 0. */
function silence({ logits, targets, weights }: Machine["blocks"], { targets: given, weights: factors, ignoreIndex }: Job<Loss>, from: number, to: number): void {
  for (let i = 0; i < to - from; i++) {
    if (!factors) weights[i] = 1;
    if (given[from + i] === ignoreIndex) weights[i] = targets[i] = logits[i] = 0;
  }
}
