import type { Floats, Job } from "../heads/job.ts";
import type { Loss } from "../losses/loss.ts";
import { blockLength, kindOf } from "./arrays.ts";
import { verdictAt } from "./machine.ts";
import type { Block, Blocks, Machine } from "./machine.ts";
import { fillTables } from "./tables.ts";
import type { Columns } from "./tables.ts";
import { step } from "./weave.ts";

/** The modules of one variant, each compiled when it is first needed. */
export interface Modules {
  /** Sums the losses. */
  sum(): WebAssembly.Module;
  /** Sums the losses times their weights. */
  weightedSum(): WebAssembly.Module;
  /** Stores the losses. */
  each(): WebAssembly.Module;
  /** What they find in tables, if anything is given per column. */
  readonly columns: Columns | undefined;
}

/** Runs a block. Returns the sum of the losses, unless each is wanted. */
export function runBlock(machine: Machine, modules: Modules, job: Job<Loss>, from: number, to: number): number {
  if (modules.columns) fillTables(machine.tables, modules.columns, job, from, to);
  const rest = (to - from) % step;
  if (rest === 0 || rest === to - from || !machine.holds(job.logits)) return pass(machine, modules, job, from, to, 0);
  // Arrays that are used where they lie may not be touched behind their end: what is left over behind the last step is copied.
  const sum = pass(machine, modules, job, from, to - rest, 0);
  return machine.hard[0] === 0 ? sum : sum + pass(machine, modules, job, to - rest, to, to - from - rest);
}

/** One run of a kernel over part of the arrays: at their own addresses where it may, through the blocks where it must. */
function pass(machine: Machine, modules: Modules, job: Job<Loss>, from: number, to: number, tableFrom: number): number {
  const { blocks, tables } = machine, length = to - from, padding = -length & (step - 1);
  const module = (job.losses ? modules.each : padding > 0 ? modules.weightedSum : modules.sum)();
  const at = copyIn(machine, blocks, job, from, to, padding);
  const sum = machine.kernel(module)(at[0], at[1], at[2], at[3], at[4], at[5], length + padding, job.scale, verdictAt, tables.at + 4 * tableFrom);
  copyOut(machine, blocks, job, from, to, padding);
  return sum;
}

/** Where a kernel finds and leaves the numbers of each array. */
export type Addresses = readonly [logits: number, targets: number, weights: number, losses: number, grad: number, hessian: number];

/** Copies the inputs that live elsewhere into blocks, padded with examples without weight. Returns where everything is. */
export function copyIn(machine: Machine, blocks: Blocks, job: Job<Loss>, from: number, to: number, padding: number): Addresses {
  const { weights } = job, kind = kindOf(job.targets), inPlace = padding === 0;
  const targets = kind === "floats" ? blocks.targets : kind === "bytes" ? blocks.bytes : blocks.words;
  const addresses: Addresses = [
    input(machine, job.logits, blocks.logits, blocks.at.logits, from, to, inPlace), input(machine, job.targets, targets, blocks.at.targets, from, to, inPlace),
    weights ? input(machine, weights, blocks.weights, blocks.at.weights, from, to, inPlace) : blocks.at.weights,
    output(machine, job.losses, blocks.at.losses, from, padding), output(machine, job.grad, blocks.at.grad, from, padding), output(machine, job.hessian, blocks.at.hessian, from, padding),
  ];
  if (!weights && !inPlace) blocks.weights.fill(1, 0, to - from);
  for (let i = to - from; i < to - from + padding; i++) blocks.logits[i] = targets[i] = blocks.weights[i] = 0;
  return addresses;
}

function input(machine: Machine, array: ArrayLike<number>, block: Block, at: number, from: number, to: number, inPlace: boolean): number {
  if (inPlace && machine.holdsAs(array, block)) return array.byteOffset + block.BYTES_PER_ELEMENT * from;
  fill(block, machine.workers > 0, partOf(array, from, to));
  return at;
}

const output = (machine: Machine, array: Floats | undefined, at: number, from: number, padding: number): number =>
  (array && padding === 0 && machine.holds(array) ? array.byteOffset + 4 * from : at);

/** Whether every array of a job can be used where it lies, as float32. */
export const staysPut = (machine: Machine, { logits, targets, weights, losses, grad, hessian }: Job<Loss>): boolean =>
  [logits, targets, weights, losses, grad, hessian].every((array) => array === undefined || machine.holds(array));

/** Some elements of an array, as another array's `set` takes them. */
export const partOf = (array: ArrayLike<number>, from: number, to: number): Float32Array | number[] =>
  from === 0 && to === array.length ? array as Float32Array
    : ArrayBuffer.isView(array) ? (array as Float32Array).subarray(from, to) : Array.prototype.slice.call(array, from, to);

const converted = new Float32Array(blockLength);

/** Engines convert numbers one by one, slowly, into memory that is shared: there, better beforehand. */
function fill(block: Block, shared: boolean, part: ArrayLike<number>): void {
  if (shared && block instanceof Float32Array && !(part instanceof Float32Array)) {
    converted.set(part);
    block.set(converted.subarray(0, part.length));
  } else block.set(part);
}

/** Copies what blocks hold of the results to where it belongs. */
export function copyOut(machine: Machine, blocks: Blocks, { losses, grad, hessian }: Job<Loss>, from: number, to: number, padding: number): void {
  if (losses) copyBack(machine, losses, blocks, "losses", from, to, padding);
  if (grad) copyBack(machine, grad, blocks, "grad", from, to, padding);
  if (hessian) copyBack(machine, hessian, blocks, "hessian", from, to, padding);
}

function copyBack(machine: Machine, array: Floats, blocks: Blocks, name: "losses" | "grad" | "hessian", from: number, to: number, padding: number): void {
  if (padding === 0 && machine.holds(array)) return;
  let part = blocks.parts[name];
  if (part?.length !== to - from) blocks.parts[name] = part = blocks[name].subarray(0, to - from); // making a view takes as long as copying a little
  array.set(part, from);
}
