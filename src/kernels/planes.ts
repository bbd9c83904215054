import { hasShare } from "../heads/targets.ts";
import { rowStart } from "../heads/job.ts";
import type { Floats, Job, NumberArray } from "../heads/job.ts";
import { partOf } from "./block.ts";
import { recordBytes } from "./emitPasses.ts";
import type { Program } from "./emitPasses.ts";
import { blockLength } from "./machine.ts";
import type { Blocks, Machine } from "./machine.ts";
import { step } from "./weave.ts";

/** A kernel of passes: see `emitPasses` for its arguments. */
export type Run = (logits: number, targets: number, grad: number, hessian: number, weights: number, records: number, groups: number, classes: number, stride: number) => void;

/** The most classes whose records fit beside each other, with at least a step of rows in a block. */
export const mostClasses = 256;

/** Puts numbers into the parameters of a record. */
export function writeRecord({ blocks }: Machine, program: Program, record: number, values: Readonly<Record<string, number>>): void {
  const start = (record * recordBytes(program)) / 4, behindSums = start + 4 * program.sums;
  blocks.losses.fill(0, start, behindSums);
  program.parameters.forEach((name, i) => (blocks.losses[behindSums + i] = values[name] ?? 0));
}

/** What a record's sums have come to. */
export function readSums({ memory, blocks }: Machine, program: Program, record: number): number[] {
  const halves = new Float64Array(memory.buffer, blocks.losses.byteOffset + record * recordBytes(program), 2 * program.sums);
  return Array.from({ length: program.sums }, (_, k) => halves[2 * k]! + halves[2 * k + 1]!);
}

/** Copies one class of some rows between an array and a block, where its plane begins at some place. */
function move(array: NumberArray, { classes, inner }: Job, column: number, from: number, to: number, block: Float32Array, place: number, out = false): void {
  const last = place + to - from;
  let at = rowStart(from, classes, inner) + column * inner;
  if (inner === 1) {
    if (out) for (; place < last; place++, at += classes) (array as Floats)[at] = block[place]!;
    else for (; place < last; place++, at += classes) block[place] = array[at]!;
    return;
  }
  for (let run = inner - (from % inner); place < last; place += run, at += run + (classes - 1) * inner, run = inner) {
    run = Math.min(run, last - place);
    if (out) (array as Floats).set(block.subarray(place, place + run), at);
    else block.set(partOf(array, at, at + run), place);
  }
}

/** Takes one column of yes-or-no logits through a kernel, as if it were all there is. */
export function runColumn({ blocks }: Machine, run: Run, job: Job, column: number): void {
  const { logits, targets, weights, grad, hessian, classes, ignoreIndex } = job, rows = logits.length / classes;
  const ignored = ignoreIndex === undefined ? NaN : Math.fround(ignoreIndex);
  for (let from = 0; from < rows; from += blockLength) {
    const to = Math.min(from + blockLength, rows), length = to - from, padded = Math.ceil(length / step) * step;
    for (const [array, block] of [[logits, blocks.logits], [targets, blocks.targets], [weights, blocks.weights]] as const) {
      if (array) move(array, job, column, from, to, block, 0);
      else block.fill(1, 0, length);
      block.fill(0, length, padded);
    }
    for (let i = 0; i < length; i++) if (blocks.targets[i] === ignored) blocks.logits[i] = blocks.targets[i] = blocks.weights[i] = 0;
    call(blocks, run, padded, 1, 0);
    if (grad) move(grad, job, column, from, to, blocks.grad, 0, true);
    if (hessian) move(hessian, job, column, from, to, blocks.hessian, 0, true);
  }
}

/**
 * Takes softmax rows through a kernel, block by block, each class in a plane of its own. A row that is ignored has no
 * share of any class and no weight, whatever its logits hold.
 *
 * @param visit - called after each block, with its rows
 */
export function runRows({ blocks }: Machine, run: Run, job: Job, visit?: (from: number, to: number) => void): void {
  const { logits, targets, weights, grad, hessian, classes, inner, ignoreIndex } = job, shares = targets.length === logits.length;
  const room = Math.floor(blockLength / classes / step) * step, rows = logits.length / classes;
  for (let from = 0; from < rows; from += room) {
    const to = Math.min(from + room, rows), length = to - from, padded = Math.ceil(length / step) * step;
    if (weights) blocks.weights.set(partOf(weights, from, to));
    else blocks.weights.fill(1, 0, length);
    blocks.weights.fill(0, length, padded);
    for (let k = 0, place = 0; k < classes; k++, place += room) {
      move(logits, job, k, from, to, blocks.logits, place);
      blocks.logits.fill(0, place + length, place + padded);
      if (shares) move(targets, job, k, from, to, blocks.targets, place);
      blocks.targets.fill(0, shares ? place + length : place, place + padded);
    }
    for (let i = 0; i < length; i++) {
      const label = targets[from + i]!;
      if (shares ? !hasShare(targets, rowStart(from + i, classes, inner), classes, inner) : label === ignoreIndex) {
        blocks.weights[i] = 0;
        for (let k = 0; k < classes; k++) blocks.logits[k * room + i] = 0;
      } else if (!shares) blocks.targets[label * room + i] = 1;
    }
    call(blocks, run, padded, classes, 4 * room);
    visit?.(from, to);
    for (let k = 0, place = 0; k < classes; k++, place += room) {
      if (grad) move(grad, job, k, from, to, blocks.grad, place, true);
      if (hessian) move(hessian, job, k, from, to, blocks.hessian, place, true);
    }
  }
}

const call = ({ logits, targets, grad, hessian, weights, losses: records }: Blocks, run: Run, rows: number, classes: number, stride: number): void =>
  run(logits.byteOffset, targets.byteOffset, grad.byteOffset, hessian.byteOffset, weights.byteOffset, records.byteOffset, rows / step, classes, stride);
