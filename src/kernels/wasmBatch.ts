import type { Head, Job } from "../heads/job.ts";
import { roomForSums, wholesOf } from "../heads/whole.ts";
import type { Whole } from "../heads/whole.ts";
import { LossCache } from "../losses/cache.ts";
import type { AnyLoss, BatchLoss, Loss } from "../losses/loss.ts";
import { batchPasses, bendName, slopeName, unitName } from "./batchPasses.ts";
import type { BatchPasses } from "./batchPasses.ts";
import { copyIn, copyOut } from "./block.ts";
import { emitPasses } from "./emitPasses.ts";
import type { Program } from "./emitPasses.ts";
import { blockLength, commonMachine, machineOf } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { mostClasses, readSums, runColumn, runRows, writeRecord } from "./planes.ts";
import type { Run } from "./planes.ts";
import { forSharedMemory } from "./sharedMemory.ts";
import { step } from "./weave.ts";

const passes = new LossCache<BatchPasses>(), programs = new LossCache<Program>(), modules = new LossCache<WebAssembly.Module>();

/** Whether the SIMD kernel can run a loss of a whole batch. */
export const supportsBatch = (loss: AnyLoss, { classes }: Pick<Job, "classes">): loss is BatchLoss =>
  loss.kind === "batch" && classes <= mostClasses && commonMachine() !== null;

/**
 * Losses of a whole batch in WebAssembly SIMD: the terms in float32, added up in float64; what the sums come to in float64, as
 * `batchHead` does it; then derivatives in float32, by the slopes that came out.
 */
export function wasmBatch(head: Head, job: Job<BatchLoss>): number {
  const { loss, order, classes, alpha, grad, hessian } = job;
  const machine = (head === "sigmoid" ? machineOf(job.logits as Float32Array) : undefined) ?? commonMachine()!;
  const { sums: sumsProgram, derivatives, regions } = passes.get(loss, head, () => batchPasses(loss, head));
  const differ = (weights: Float64Array): boolean => weights.some((weight) => weight !== weights[0]);
  const separate = head === "softmax" || (classes > 1 && (loss.per === "class" || differ(alpha.positive) || differ(alpha.negative)));
  const records = separate ? classes : 1;
  const go = (what: string, program: Program, job: Job<BatchLoss>, valuesOf: (record: number) => Record<string, number>): number[][] => {
    const module = modules.get(loss, `${head} ${what} ${machine.workers > 0}`, () => {
      const bytes = emitPasses(program);
      return new WebAssembly.Module(machine.workers > 0 ? forSharedMemory(bytes) : bytes);
    });
    const run = machine.kernel(module) as unknown as Run, all = Array.from({ length: records }, (_, record) => record);
    if (head === "softmax") {
      for (const record of all) writeRecord(machine, program, record, valuesOf(record));
      runRows(machine, run, job);
      return all.map((record) => readSums(machine, program, record));
    }
    return all.map((record) => {
      writeRecord(machine, program, 0, valuesOf(record));
      if (separate) runColumn(machine, run, job, record);
      else runAll(machine, run, job);
      return readSums(machine, program, 0);
    });
  };
  const alphaOf = (record: number): Record<string, number> => ({ alphaT: alpha.positive[record]!, alphaRest: alpha.negative[record]! });

  const found = go("sums", sumsProgram, { ...job, grad: undefined, hessian: undefined }, alphaOf);
  const weightsOf = (sums: readonly number[]): number => sums[sums.length - 1]!;
  const count = head === "softmax" ? weightsOf(found[0]!) : found.reduce((sum, of) => sum + weightsOf(of), 0);
  if (count === 0) {
    for (const array of [grad, hessian]) array?.fill(0);
    return 0;
  }
  const sums = roomForSums(loss, head, classes);
  const groupOf = (record: number, region: number): number => (loss.per === "class" ? record * regions.length + region : 0);
  found.forEach((terms, record) => regions.forEach((region, r) => region.forEach((term, k) => (sums[groupOf(record, r)]![k]! += terms[term]!))));
  const wholes = wholesOf(loss, head, sums, count, order);
  if (order > 0) {
    const program = programs.get(loss, `${head} ${order}`, () => derivatives(order));
    go(String(order), program, job, (record) => ({ ...alphaOf(record), ...chainOf(regions, regions.map((_, region) => wholes[groupOf(record, region)]!), regions.map((_, region) => sums[groupOf(record, region)]!)) }));
  }
  return wholes.reduce((total, { value }) => total + value, 0);
}

/** The slopes by the different terms of a record, their units, and the bends. A sum of 0 is made of terms that do not move: none is negative. */
function chainOf(regions: readonly (readonly number[])[], wholes: readonly Whole[], sums: readonly Float64Array[]): Record<string, number> {
  const values: Record<string, number> = {};
  const plus = (name: string, value: number): void => void (values[name] = (values[name] ?? 0) + value);
  regions.forEach((region, r) => {
    const { scales, first, second } = wholes[r]!, moves = (k: number): boolean => sums[r]![k] !== 0;
    region.forEach((term, k) => {
      if (!moves(k)) return;
      plus(slopeName(term), first[k]! / scales[k]!);
      values[unitName(term)] = 1 / scales[k]!;
      region.forEach((other, l) => moves(l) && plus(bendName(Math.min(term, other), Math.max(term, other)), second[k]?.[l] ?? 0));
    });
  });
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Math.max(-largest, Math.min(largest, value))]));
}

/** A float32 with room to grow. */
const largest = 2 ** 126;

/** Takes all logits through a kernel, where they lie if they may. */
function runAll(machine: Machine, run: Run, job: Job): void {
  const { blocks } = machine, { length } = job.logits;
  if (!job.weights) blocks.weights.fill(1);
  for (let from = 0; from < length; from += blockLength) {
    const to = Math.min(from + blockLength, length), padding = (step - ((to - from) % step)) % step;
    const [logits, targets, weights, , grad, hessian] = copyIn(machine, blocks, job as Job<Loss>, from, to, padding);
    run(logits, targets, grad, hessian, weights, blocks.losses.byteOffset, (to - from + padding) / step, 1, 0);
    copyOut(machine, blocks, job as Job<Loss>, from, to, padding);
  }
}
