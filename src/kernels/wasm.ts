import type { Job } from "../heads/job.ts";
import { inspectTargets } from "../heads/labels.ts";
import { LossCache } from "../losses/cache.ts";
import type { AnyLoss, Loss } from "../losses/loss.ts";
import { runBlock } from "./block.ts";
import type { Modules } from "./block.ts";
import { emit } from "./emit.ts";
import type { Variant } from "./emit.ts";
import { blockLength, commonMachine, machineOf } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { forSharedMemory } from "./sharedMemory.ts";

const compiled = new LossCache<Modules>();

function modulesOf({ workers }: Machine, variant: Omit<Variant, "each">): Modules {
  const { loss, labels, order, weighted, alpha, offset } = variant, shared = workers > 0;
  return compiled.get(loss, [labels, order, weighted, offset, ...alpha, shared].join(" "), () => {
    const compile = (each: boolean): WebAssembly.Module => new WebAssembly.Module(shared ? forSharedMemory(emit({ ...variant, each })) : emit({ ...variant, each }));
    let sum: WebAssembly.Module | undefined, each: WebAssembly.Module | undefined;
    return { sum: () => (sum ??= compile(false)), each: () => (each ??= compile(true)) };
  });
}

/** The modules of each criterion, whose class weights are an object of its own: found without spelling out a variant. */
const ready = new WeakMap<Job["alpha"], Map<number, Modules>>();

function readyModules(machine: Machine, { loss, order, weights, ignoreIndex, alpha, offsets, soft: reading }: Job<Loss>, soft: boolean): Modules {
  let known = ready.get(alpha);
  if (!known) ready.set(alpha, (known = new Map()));
  const weighted = weights !== undefined || ignoreIndex !== undefined;
  const key = order * 8 + (weighted ? 4 : 0) + (soft ? 2 : 0) + (machine.workers > 0 ? 1 : 0);
  let modules = known.get(key);
  if (!modules) {
    modules = modulesOf(machine, { loss, order, weighted, labels: soft ? reading : "hard", alpha: [alpha.negative[0]!, alpha.positive[0]!], offset: offsets[0]! });
    known.set(key, modules);
  }
  return modules;
}

/** Whether the SIMD kernel can run a loss: one weight per side, nothing given per class, and SIMD at hand. */
export const supports = (loss: AnyLoss, { negative, positive }: Job["alpha"]): loss is Loss =>
  (loss.kind === "margin" || loss.kind === "score") && [negative, positive].every((weights) => weights.every((weight) => weight === weights[0])) && loss.margins === undefined
  && Object.values(loss.parameters).every((value) => typeof value === "number") && commonMachine() !== null;

/** The first whole blocks of a job's rest, run on several threads. */
export interface Shared {
  /** The sum of each block's losses. */
  readonly sums: Float64Array;
  /** The block behind them turned out to have soft targets. */
  readonly foundSoft: boolean;
}

type Helpers = (home: Machine, modulesFor: (machine: Machine) => Modules, job: Job<Loss>, from: number, soft: boolean) => Shared;

/** What shares blocks out, while threads are on: set from outside, so that programs without threads do not carry it. */
let helpers: Helpers | undefined;

export function useHelpers(share: Helpers | undefined): void {
  helpers = share;
}

/** Below this many logits the time saved is about what waking a worker costs. */
const worthSharing = 4 * blockLength;

/**
 * The sigmoid head in WebAssembly SIMD, float32 arithmetic, a block at a time: an optimising compiler takes over between
 * calls, never within one. Arrays in the kernel's memory are used where they lie, others are copied through.
 *
 * Targets are taken to be hard until a block turns out not to be: that block and the rest are checked and
 * run as soft ones.
 */
export function wasm(job: Job<Loss>): number {
  const machine = machineOf(job.logits as Float32Array) ?? commonMachine()!;
  const modulesFor = (other: Machine): Modules => readyModules(other, job, soft);
  let soft = job.labels !== "hard", modules = modulesFor(machine);
  const turnSoft = (): void => {
    soft = true;
    modules = modulesFor(machine);
  };
  let total = 0;
  for (let from = 0; from < job.logits.length;) {
    const shared = helpers && job.logits.length - from >= worthSharing ? helpers(machine, modulesFor, job, from, soft) : undefined;
    if (shared) {
      for (const sum of shared.sums) total += sum;
      if (shared.foundSoft) turnSoft();
      from += shared.sums.length * blockLength;
      continue;
    }
    const to = Math.min(from + blockLength, job.logits.length);
    let sum = runBlock(machine, modules, job, from, to);
    if (!soft && machine.hard.includes(0)) {
      turnSoft();
      sum = runBlock(machine, modules, job, from, to);
    }
    if (soft) inspectTargets(job.targets, job.ignoreIndex, from, to);
    total += sum;
    from = to;
  }
  return total;
}
