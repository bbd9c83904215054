import type { Job } from "../heads/job.ts";
import { LossCache } from "../losses/cache.ts";
import type { AnyLoss, Loss } from "../losses/loss.ts";
import { commonMachine, machineOf } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { forSharedMemory } from "./sharedMemory.ts";
import { emitSoftmax } from "./softmax/emit.ts";
import { pass } from "./softmax/pass.ts";
import type { Ready, Run } from "./softmax/pass.ts";
import { Room } from "./softmax/room.ts";
import { unitOf } from "./softmax/shape.ts";
import type { Shape } from "./softmax/shape.ts";
import { leadOf, tableOf, tablesOf } from "./softmax/tables.ts";

/** The furthest that a class's powers may be moved and still be normal float32 numbers. */
const furthest = 20;

/** Whether the SIMD kernel can run a loss: one of a single margin, whatever is given per class, unless it moves logits too far. */
export const supportsSoftmax = (loss: AnyLoss, { offsets }: Pick<Job, "offsets">): loss is Loss =>
  loss.kind === "margin" && loss.labels === "classes" && commonMachine() !== null
  && [loss.margins ?? [], leadOf({ ...loss, margins: undefined }, offsets)].every((moves) => moves.every((by: number) => Math.abs(by) <= furthest));

const compiled = new LossCache<WebAssembly.Module>();
const rooms = new WeakMap<Machine, Map<string, Room>>();

/** What is ready for a criterion, whose class weights are an object of its own, by machine. */
const known = new WeakMap<Job["alpha"], WeakMap<Machine, Ready[]>>();

function readyFor(machine: Machine, job: Job<Loss>): Ready {
  let ofMachine = known.get(job.alpha);
  if (!ofMachine) known.set(job.alpha, (ofMachine = new WeakMap()));
  let variants = ofMachine.get(machine);
  if (!variants) ofMachine.set(machine, (variants = []));
  const ignoring = job.ignoreIndex !== undefined, weighted = ignoring || job.weights !== undefined;
  return (variants[4 * job.order + (weighted ? 2 : 0) + (ignoring ? 1 : 0)] ??= makeReady(machine, job, weighted, ignoring));
}

function makeReady(machine: Machine, job: Job<Loss>, weighted: boolean, ignoring: boolean): Ready {
  const { loss, order, classes, inner, offsets } = job, tables = tablesOf(loss, offsets);
  const shape: Shape = { order, classes, layout: inner === 1 ? "rows" : "planes", weighted, ignoring, tables };
  const key = JSON.stringify(shape);
  let ofMachine = rooms.get(machine);
  if (!ofMachine) rooms.set(machine, (ofMachine = new Map()));
  let room = ofMachine.get(key);
  if (!room) ofMachine.set(key, (room = new Room(machine, shape)));
  const shared = room.memory === machine.memory && machine.workers > 0;
  const module = compiled.get(loss, `${key} ${shared}`, () => {
    const bytes = emitSoftmax(shape, loss);
    return new WebAssembly.Module(shared ? forSharedMemory(bytes) : bytes);
  });
  const run = new WebAssembly.Instance(module, { env: { memory: room.memory } }).exports["run"] as Run;
  return { run, room, unit: unitOf(shape), tables: tables.map((name) => tableOf(name, job)) };
}

/** The softmax head in WebAssembly SIMD, float32 arithmetic, block by block; arrays in the kernel's memory are used where they lie. */
export function wasmSoftmax(job: Job<Loss>): number {
  const { inner, targets, ignoreIndex } = job;
  // The kernel compares whole numbers.
  if (ignoreIndex !== undefined && ignoreIndex !== (ignoreIndex | 0)) return wasmSoftmax({ ...job, targets: Int32Array.from(targets, (label) => (label === ignoreIndex ? -1 : label)), ignoreIndex: -1 });
  const ready = readyFor(machineOf(job.logits as Float32Array) ?? commonMachine()!, job), { room, unit } = ready;
  ready.tables.forEach((values, i) => {
    room.tables[i]!.fill(1).set(values);
  });
  let total = 0;
  for (let from = 0; from < targets.length;) {
    const to = Math.min(from + room.examples, targets.length), end = inner >= room.examples ? Math.min(to, (Math.floor(from / inner) + 1) * inner) : to;
    const whole = end - ((end - from) % unit);
    if (whole > from) total += pass(ready, job, from, whole);
    if (end > whole) {
      pass(ready, job, whole, end);
      for (let i = 0; i < end - whole; i++) total += room.floats.losses[i]!;
    }
    from = end;
  }
  return total;
}
