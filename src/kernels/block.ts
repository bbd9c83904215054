import type { Floats, Job } from "../heads/job.ts";
import type { Loss } from "../losses/loss.ts";
import { blockLength } from "./machine.ts";
import type { Blocks, Machine } from "./machine.ts";
import { step } from "./weave.ts";

/** The modules of one variant: what sums the losses, and what stores them. Each is compiled when it is first needed. */
export interface Modules {
  sum(): WebAssembly.Module;
  each(): WebAssembly.Module;
}

/**
 * Runs a block's whole steps; what is left over behind the last is run padded, with every loss stored.
 * Returns the sum of the losses, unless each is wanted.
 */
export function runBlock(machine: Machine, modules: Modules, job: Job<Loss>, from: number, to: number): number {
  const whole = to - ((to - from) % step);
  machine.hard.fill(-1);
  let sum = whole > from ? pass(machine, (job.losses ? modules.each : modules.sum)(), job, from, whole) : 0;
  if (whole === to || machine.hard.includes(0)) return sum;
  pass(machine, modules.each(), job, whole, to);
  for (let i = 0; i < to - whole; i++) sum += machine.blocks.losses[i]!;
  return sum;
}

/** One run of a kernel over part of the arrays: at their own addresses where it may, through the blocks where it must. */
function pass(machine: Machine, module: WebAssembly.Module, job: Job<Loss>, from: number, to: number): number {
  const padding = (step - ((to - from) % step)) % step;
  const [logits, targets, weights, losses, grad, hessian] = copyIn(machine, machine.blocks, job, from, to, padding);
  const sum = machine.kernel(module)(logits, targets, weights, losses, grad, hessian, to - from + padding, job.scale, machine.hard.byteOffset);
  copyOut(machine, machine.blocks, job, from, to, padding);
  return sum;
}

/** Where a kernel finds and leaves the numbers of each array. */
export type Addresses = readonly [logits: number, targets: number, weights: number, losses: number, grad: number, hessian: number];

/** Copies the inputs that live elsewhere into blocks, padded with zeros. Returns where everything is. */
export function copyIn(machine: Machine, blocks: Blocks, job: Job<Loss>, from: number, to: number, padding: number): Addresses {
  const length = to - from, { ignoreIndex } = job;
  const input = (array: ArrayLike<number> | undefined, block: Float32Array): number => {
    if (padding === 0 && ignoreIndex === undefined && stays(machine, array)) return array.byteOffset + 4 * from;
    if (array) fill(block, machine.workers > 0, partOf(array, from, to));
    if (padding > 0) block.fill(0, length, length + padding);
    return block.byteOffset;
  };
  const output = (array: Floats | undefined, block: Float32Array): number => (padding === 0 && stays(machine, array) ? array.byteOffset + 4 * from : block.byteOffset);
  const logits = input(job.logits, blocks.logits), targets = input(job.targets, blocks.targets), weights = input(job.weights, blocks.weights);
  if (ignoreIndex !== undefined) silence(blocks, job, from, to);
  return [logits, targets, weights, output(job.losses, blocks.losses), output(job.grad, blocks.grad), output(job.hessian, blocks.hessian)];
}

/** Some elements of an array, as another array's `set` takes them. */
export const partOf = (array: ArrayLike<number>, from: number, to: number): Float32Array | number[] =>
  ArrayBuffer.isView(array) ? (array as Float32Array).subarray(from, to) : Array.prototype.slice.call(array, from, to);

const converted = new Float32Array(blockLength);

/** Engines convert numbers one by one, slowly, into memory that is shared: there, better beforehand. */
function fill(block: Float32Array, shared: boolean, part: Float32Array | number[]): void {
  if (shared && !(part instanceof Float32Array)) {
    converted.set(part);
    block.set(part.length === blockLength ? converted : converted.subarray(0, part.length));
  } else block.set(part);
}

/** Copies what blocks hold of the results to where it belongs. */
export function copyOut(machine: Machine, blocks: Blocks, job: Job<Loss>, from: number, to: number, padding: number): void {
  const out = (array: Floats | undefined, block: Float32Array): void => {
    if (array && !(padding === 0 && stays(machine, array))) array.set(to - from === blockLength ? block : block.subarray(0, to - from), from);
  };
  out(job.losses, blocks.losses);
  out(job.grad, blocks.grad);
  out(job.hessian, blocks.hessian);
}

/** Whether an array can be used where it lies. */
const stays = (machine: Machine, array: ArrayLike<number> | undefined): array is Float32Array => array !== undefined && machine.holds(array);

/** Whether every array of a job can be. */
export const staysPut = (machine: Machine, { logits, targets, weights, ignoreIndex, losses, grad, hessian }: Job<Loss>): boolean =>
  ignoreIndex === undefined && [logits, targets, weights, losses, grad, hessian].every((array) => array === undefined || machine.holds(array));

/** Ignored examples become harmless ones of weight 0. */
function silence({ logits, targets, weights }: Blocks, { targets: given, weights: factors, ignoreIndex }: Job<Loss>, from: number, to: number): void {
  for (let i = 0; i < to - from; i++) {
    if (!factors) weights[i] = 1;
    if (given[from + i] === ignoreIndex) weights[i] = targets[i] = logits[i] = 0;
  }
}
