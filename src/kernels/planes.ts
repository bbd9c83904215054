import { rowStart } from "../heads/job.ts";
import type { Floats, Job, NumberArray } from "../heads/job.ts";
import { hasShare } from "../heads/targets.ts";
import { LossCache } from "../losses/cache.ts";
import type { AnyLoss } from "../losses/loss.ts";
import { partOf } from "./block.ts";
import { emitPasses, planes, recordBytes, sumBytes } from "./emitPasses.ts";
import type { Program } from "./emitPasses.ts";
import { blockLength, commonMachine } from "./machine.ts";
import type { Blocks } from "./machine.ts";
import { step } from "./weave.ts";

/** A program and its kernel: see `emitPasses` for the arguments. */
interface Compiled {
  readonly program: Program;
  readonly run: (...planesRecordsGroupsClassesAndStride: number[]) => void;
}

const compiled = new LossCache<Compiled>();

export const kernelOf = (loss: AnyLoss, variant: string, make: () => Program): Compiled => compiled.get(loss, variant, () => {
  const program = make();
  return { program, run: commonMachine()!.kernel(new WebAssembly.Module(emitPasses(program))) as unknown as Compiled["run"] };
});

/** Whether kernels can run a loss: its parameters are the same for every class, and the classes' records fit into a block. */
export const supportsPasses = ({ parameters }: AnyLoss, classes: number): boolean =>
  classes <= 256 && Object.values(parameters).every((value) => typeof value === "number") && commonMachine() !== null;

/** Copies one class of some rows between an array and a block, where its plane begins at some place. */
function move(array: NumberArray, { classes, inner }: Pick<Job, "classes" | "inner">, column: number, from: number, to: number, block: Float32Array, place: number, out = false): void {
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

/**
 * Takes rows through a kernel, block by block: some neighbouring classes, each in a plane of its own, with parameters of
 * its own. What is ignored has no weight and no share, whatever its logits hold.
 *
 * @param visit - called after each block, with its rows
 * @returns the sums of each class
 */
export function runPlanes({ program, run }: Compiled, job: Job, first: number, count: number, parameters: (column: number) => Readonly<Record<string, number>>, visit?: (blocks: Blocks, from: number, to: number) => void): number[][] {
  const { logits, targets, weights, grad, hessian, classes, inner, ignoreIndex } = job, { blocks, memory } = commonMachine()!, records = blocks.losses;
  const sums = sumBytes(program), record = recordBytes(program), columns = Array.from({ length: count }, (_, k) => first + k);
  records.fill(0, 0, (count * record) / 4);
  columns.forEach((column, k) => {
    const values = parameters(column);
    program.parameters.forEach((name, i) => (records[(k * record + sums) / 4 + i] = values[name] ?? 0));
  });
  const room = Math.floor(blockLength / count / step) * step, rows = logits.length / classes, perLogit = targets.length === logits.length;
  const ignored = perLogit && ignoreIndex !== undefined ? Math.fround(ignoreIndex) : ignoreIndex;
  for (let from = 0; from < rows; from += room) {
    const to = Math.min(from + room, rows), length = to - from, padded = Math.ceil(length / step) * step;
    columns.forEach((column, k) => {
      const place = k * room;
      for (const block of [blocks.logits, blocks.targets]) block.fill(0, place, place + padded);
      move(logits, job, column, from, to, blocks.logits, place);
      if (perLogit) move(targets, job, column, from, to, blocks.targets, place);
    });
    if (weights) move(weights, weights.length === logits.length ? job : { classes: 1, inner: rows }, weights.length === logits.length ? first : 0, from, to, blocks.weights, 0);
    else blocks.weights.fill(1, 0, length);
    blocks.weights.fill(0, length, padded);
    for (let i = 0; i < length && (count > 1 || ignoreIndex !== undefined); i++) {
      const label = perLogit ? blocks.targets[i]! : targets[from + i]!;
      if (count > 1 && perLogit ? !hasShare(targets, rowStart(from + i, classes, inner), classes, inner) : label === ignored) {
        blocks.weights[i] = 0;
        for (let k = 0; k < count; k++) blocks.logits[k * room + i] = blocks.targets[k * room + i] = 0;
      } else if (!perLogit) blocks.targets[label * room + i] = 1;
    }
    run(...planes.map((name) => blocks.at[name as keyof Blocks["at"]]), records.byteOffset, padded / step, count, 4 * room);
    visit?.(blocks, from, to);
    for (const [array, block] of [[grad, blocks.grad], [hessian, blocks.hessian]] as const) {
      if (array) columns.forEach((column, k) => move(array, job, column, from, to, block, k * room, true));
    }
  }
  const halves = new Float64Array(memory.buffer, records.byteOffset, records.length / 2);
  return columns.map((_, k) => Array.from({ length: sums / 16 }, (_, i) => halves[(k * record) / 8 + 2 * i]! + halves[(k * record) / 8 + 2 * i + 1]!));
}
