import type { Job } from "../heads/job.ts";
import { inspectTargets } from "../heads/labels.ts";
import { LossCache } from "../losses/cache.ts";
import type { AnyLoss, Loss } from "../losses/loss.ts";
import { bitsAmong, kindOf } from "./arrays.ts";
import { runBlock } from "./block.ts";
import type { Modules } from "./block.ts";
import { emit } from "./emit.ts";
import type { Variant } from "./emit.ts";
import { blockLength, commonMachine, machineOf } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { hasRelaxedSimd } from "./relax.ts";
import { forSharedMemory } from "./sharedMemory.ts";
import { columnsOf, mostTables, perClass } from "./tables.ts";
import type { Columns } from "./tables.ts";

const compiled = new LossCache<Omit<Modules, "columns">>();

function modulesOf(variant: Omit<Variant, "each">, shared: boolean): Omit<Modules, "columns"> {
  const { loss, labels, order, weighted, alpha, offset, targets, ignored, tables, relaxed } = variant;
  return compiled.get(loss, [labels, order, weighted, offset, ...alpha, targets, ignored, tables, relaxed, shared].join(" "), () => {
    const once = (more: { readonly each?: true; readonly weighted?: true }) => {
      let module: WebAssembly.Module | undefined;
      const bytes = (): Uint8Array<ArrayBuffer> => emit({ ...variant, each: false, ...more });
      return () => (module ??= new WebAssembly.Module(shared ? forSharedMemory(bytes()) : bytes()));
    };
    const sum = once({});
    return { sum, weightedSum: weighted ? sum : once({ weighted: true }), each: once({ each: true }) };
  });
}

/** What was made for each criterion, whose class weights are an object of its own: found without spelling out a variant. */
const ready = new WeakMap<Job["alpha"], { readonly columns: Columns; readonly modules: { readonly made: Modules; readonly ignored: number | undefined }[] }>();

function readyModules({ workers }: Machine, job: Job<Loss>, soft: boolean): Modules {
  const { alpha, order, weights, targets, ignoreIndex, relaxed } = job, kind = kindOf(targets), shared = workers > 0, weighted = weights !== undefined;
  let known = ready.get(alpha);
  if (!known) ready.set(alpha, (known = { columns: columnsOf(job), modules: [] }));
  const key = order * 64 + (kind === "floats" ? 0 : kind === "words" ? 16 : 32) + (weighted ? 8 : 0) + (soft ? 4 : 0) + (shared ? 2 : 0) + (relaxed ? 1 : 0);
  const last = known.modules[key], ignored = ignoreIndex === undefined ? undefined : bitsAmong(targets, ignoreIndex);
  if (last && last.ignored === ignored) return last.made;
  const tables = Object.keys(known.columns);
  const made = modulesOf({
    loss: job.loss, order, weighted, labels: soft ? job.soft : "hard", alpha: [alpha.negative[0]!, alpha.positive[0]!], offset: job.offsets[0]!,
    targets: kind, ignored, tables, relaxed: relaxed && hasRelaxedSimd(),
  }, shared);
  known.modules[key] = { made: { ...made, columns: tables.length > 0 ? known.columns : undefined }, ignored };
  return known.modules[key].made;
}

/** Whether the SIMD kernel can run a loss: a function of one margin or logit, with no more given per column than there is room for, and SIMD at hand. */
export const supports = (loss: AnyLoss): loss is Loss =>
  (loss.kind === "margin" || loss.kind === "score") && 2 + 2 * perClass(loss).length <= mostTables && commonMachine() !== null;

/** Whether a loss and its class weights are the same for every column. */
export const sameForAll = (loss: Loss, { negative, positive }: Job["alpha"]): boolean =>
  [negative, positive].every((weights) => weights.every((weight) => weight === weights[0])) && Object.values(loss.parameters).every((value) => typeof value === "number");

/** The first whole blocks of a job's rest, run on several threads. */
export interface Shared {
  /** The sum of each block's losses. */
  readonly sums: Float64Array;
  /** The block behind them turned out to have soft targets. */
  readonly foundSoft: boolean;
}

type Helpers = (home: Machine, modulesFor: (machine: Machine) => Modules, job: Job<Loss>, from: number, soft: boolean) => Shared | undefined;

/** What shares blocks out, while threads are on: set from outside, so that programs without threads do not carry it. */
let helpers: Helpers | undefined;

export function useHelpers(share: Helpers | undefined): void {
  helpers = share;
}

/** Below this many logits the time saved is about what waking a worker costs. */
const worthSharing = 4 * blockLength;

/** Workers know no tables. */
function share(machine: Machine, job: Job<Loss>, from: number, soft: boolean): Shared | undefined {
  if (helpers === undefined || job.logits.length - from < worthSharing || readyModules(machine, job, soft).columns) return undefined;
  return helpers(machine, (other) => readyModules(other, job, soft), job, from, soft);
}

/**
 * The sigmoid head in WebAssembly SIMD, float32 arithmetic, a block at a time: an optimising compiler takes over between
 * calls, never within one. Arrays in the kernel's memory are used where they lie, others are copied through.
 *
 * Targets are taken to be hard until a block turns out not to be: that block and the rest are checked and
 * run as soft ones.
 */
export function wasm(job: Job<Loss>): number {
  const machine = machineOf(job.logits as Float32Array) ?? commonMachine()!;
  let soft = job.labels !== "hard", total = 0;
  for (let from = 0; from < job.logits.length;) {
    const shared = share(machine, job, from, soft);
    if (shared) {
      for (const sum of shared.sums) total += sum;
      soft ||= shared.foundSoft;
      from += shared.sums.length * blockLength;
      continue;
    }
    const to = Math.min(from + blockLength, job.logits.length);
    let sum = runBlock(machine, readyModules(machine, job, soft), job, from, to);
    if (!soft && machine.hard[0] === 0) {
      soft = true;
      sum = runBlock(machine, readyModules(machine, job, soft), job, from, to);
    }
    if (soft) inspectTargets(job.targets, job.ignoreIndex, from, to);
    total += sum;
    from = to;
  }
  return total;
}
