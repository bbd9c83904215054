import { rowStart } from "../../heads/job.ts";
import type { Floats, Job } from "../../heads/job.ts";
import { inspectLabels } from "../../heads/labels.ts";
import type { Loss } from "../../losses/loss.ts";
import { partOf } from "../block.ts";
import type { Room } from "./room.ts";

/** A kernel bound to a memory: see `emitSoftmax` for its arguments. */
export type Run = (
  logits: number, labels: number, weights: number, losses: number, grad: number, hessian: number, scratch: number,
  examples: number, stride: number, outStride: number, areFloats: number, ignored: number, scale: number,
) => number;

/** A kernel, the room it runs in, the examples that it takes at least, and the numbers per class that it looks up. */
export interface Ready {
  readonly run: Run;
  readonly room: Room;
  readonly unit: number;
  readonly tables: readonly ArrayLike<number>[];
}

/** One run of a kernel over some examples, made a whole number of units. */
export function pass({ run, room, unit }: Ready, job: Job<Loss>, from: number, to: number): number {
  const { targets, weights, ignoreIndex, scale, losses, grad, hessian, classes, inner, logits } = job, { floats, labels } = room;
  const examples = to - from, padded = Math.ceil(examples / unit) * unit, start = rowStart(from, classes, inner), pitch = room.examples;
  // What stays where it is has whole units, all of one plane.
  const canStay = padded === examples && (inner === 1 || Math.floor(from / inner) === Math.floor((to - 1) / inner));
  const stays = (array: Floats | undefined): array is Float32Array => canStay && room.holds(array);
  const inPlace = stays(logits), outInPlace = (inner > 1 || classes >= 4) && [grad, hessian].every((array) => array === undefined || stays(array));
  if (!inPlace) move(job, from, to, logits, floats.logits, pitch, false);
  const areFloats = !ArrayBuffer.isView(targets) || targets instanceof Float32Array || targets instanceof Float64Array;
  (areFloats ? floats.labels : labels).set(partOf(targets, from, to));
  if (weights) floats.weights.set(partOf(weights, from, to));
  else if (ignoreIndex !== undefined) floats.weights.fill(1, 0, examples);
  if (padded > examples) {
    labels.fill(0, examples, padded);
    floats.weights.fill(0, examples, padded);
    for (let k = 0; k < classes; k++) for (let i = examples; i < padded; i++) floats.logits[inner === 1 ? i * classes + k : k * pitch + i] = 0;
  }
  const address = (array: Floats | undefined, block: Float32Array, itself: boolean): number => (itself && array ? array.byteOffset + 4 * start : block.byteOffset);
  let sum: number;
  try {
    sum = run(
      address(logits, floats.logits, inPlace), labels.byteOffset, floats.weights.byteOffset, floats.losses.byteOffset, address(grad, floats.grad, outInPlace), address(hessian, floats.hessian, outInPlace),
      room.scratch, padded, 4 * (inPlace ? inner : pitch), 4 * (outInPlace ? inner : pitch), areFloats ? -1 : 0, ignoreIndex ?? 0, scale,
    );
  } catch (trap) {
    inspectLabels(targets, classes, ignoreIndex);
    throw trap;
  }
  losses?.set(floats.losses.subarray(0, examples), from);
  if (!outInPlace) for (const [array, block] of [[grad, floats.grad], [hessian, floats.hessian]] as const) if (array) move(job, from, to, array, block, pitch, true);
  return sum;
}

/** Runs shorter than this are copied number by number. */
const worthASet = 48;

/** Copies some examples between an array and a block, whose planes lie `pitch` apart. */
function move({ classes, inner }: Job, from: number, to: number, array: Floats, block: Float32Array, pitch: number, out: boolean): void {
  const copy = (at: number, place: number, length: number): void => {
    if (out) array.set(block.subarray(place, place + length), at);
    else block.set((array as Float32Array).subarray(at, at + length), place);
  };
  if (inner === 1) return copy(from * classes, 0, (to - from) * classes);
  for (let row = from; row < to;) {
    const length = Math.min(inner - (row % inner), to - row), start = rowStart(row, classes, inner);
    for (let k = 0; k < classes; k++) {
      const at = start + k * inner, place = k * pitch + row - from;
      if (length >= worthASet) copy(at, place, length);
      else if (out) for (let i = 0; i < length; i++) array[at + i] = block[place + i]!;
      else for (let i = 0; i < length; i++) block[place + i] = array[at + i]!;
    }
    row += length;
  }
}
