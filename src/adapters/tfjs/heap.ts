import { inspectTargets } from "../../heads/labels.ts";
import { arrays, emit } from "../../kernels/emit.ts";
import { blockLength } from "../../kernels/machine.ts";
import type { Run } from "../../kernels/machine.ts";
import { forSharedMemory } from "../../kernels/sharedMemory.ts";
import { sameForAll, supports } from "../../kernels/wasm.ts";
import { step } from "../../kernels/weave.ts";
import { LossCache } from "../../losses/cache.ts";
import type { Labels, Order } from "../../losses/derive.ts";
import type { Plan } from "../../options.ts";
import type { Heap } from "./memory.ts";

/** Arrays of one length in a heap: views of a memory that is not ours. */
export type Places = Readonly<Record<"logits" | "targets", Float32Array> & Partial<Record<"losses" | "grad" | "hessian", Float32Array>>>;

/** Whether the SIMD kernel can run a plan where its tensors lie: logits, hard or soft targets as they are, nothing per column. */
export const runsInHeap = ({ loss, head, alpha, from, smoothing, perColumn }: Plan): boolean =>
  head === "sigmoid" && from === "logits" && smoothing === 0 && !perColumn && supports(loss) && sameForAll(loss, alpha);

const compiled = new LossCache<WebAssembly.Module>();
const instances = new WeakMap<WebAssembly.Memory, WeakMap<WebAssembly.Module, Run>>();

/** A plan's kernel in a heap. */
function kernelOf({ memory }: Heap, { loss, alpha, offsets }: Plan, labels: Labels, order: Order, each: boolean): Run {
  if (loss.kind !== "margin" && loss.kind !== "score") throw new Error(`no kernel for ${loss.name}`);
  const weights = [alpha.negative[0]!, alpha.positive[0]!] as const, offset = offsets[0]!, shared = !(memory.buffer instanceof ArrayBuffer);
  const module = compiled.get(loss, [labels, order, each, offset, ...weights, shared].join(" "), () => {
    const bytes = emit({ loss, labels, order, weighted: false, each, alpha: weights, offset });
    return new WebAssembly.Module(shared ? forSharedMemory(bytes) : bytes);
  });
  let here = instances.get(memory);
  if (!here) instances.set(memory, (here = new WeakMap()));
  let run = here.get(module);
  if (!run) here.set(module, (run = new WebAssembly.Instance(module, { env: { memory } }).exports["run"] as Run));
  return run;
}

const rooms = new WeakMap<WebAssembly.Memory, number>();

/** Room for one step of each array, and behind them for what the kernel says about targets. */
function roomIn(heap: Heap): number {
  let room = rooms.get(heap.memory);
  if (room === undefined) rooms.set(heap.memory, (room = heap.room(arrays.length * 4 * step + 16)));
  return room;
}

/**
 * Runs the sigmoid head's kernel over arrays where they lie; returns the sum of the losses.
 *
 * In blocks, since an optimising compiler takes over between calls. What is left behind the last whole step goes through
 * room of our own: what lies behind an array is another tensor's.
 */
export function sigmoidInHeap(heap: Heap, plan: Plan, places: Places, order: Order, scale: number): number {
  const room = roomIn(heap), { buffer } = heap.memory, n = places.logits.length, whole = n - (n % step);
  const verdict = room + arrays.length * 4 * step, hard = new Int32Array(buffer, verdict, 4);
  const addresses = (from: number): number[] => arrays.map((name) => (name === "weights" ? 0 : (places[name]?.byteOffset ?? 0) + 4 * from));
  const pass = (labels: Labels): number | undefined => {
    const go = (at: readonly number[], length: number, each: boolean): number => {
      const [logits, targets, weights, losses, grad, hessian] = at as [number, number, number, number, number, number];
      return kernelOf(heap, plan, labels, order, each)(logits, targets, weights, losses, grad, hessian, length, scale, verdict);
    };
    let sum = 0;
    for (let from = 0; from < whole; from += blockLength) {
      sum += go(addresses(from), Math.min(blockLength, whole - from), places.losses !== undefined);
      if (labels === "hard" && hard.includes(0)) return undefined;
    }
    if (whole === n) return sum;
    const own = Object.fromEntries(arrays.map((name, i) => [name, new Float32Array(buffer, room + i * 4 * step, step)])) as Record<(typeof arrays)[number], Float32Array>;
    for (const name of ["logits", "targets"] as const) {
      own[name].fill(0);
      own[name].set(places[name].subarray(whole));
    }
    go(arrays.map((name) => own[name].byteOffset), step, true);
    if (labels === "hard" && hard.includes(0)) return undefined;
    for (const name of ["losses", "grad", "hessian"] as const) places[name]?.set(own[name].subarray(0, n - whole), whole);
    for (let i = 0; i < n - whole; i++) sum += own.losses[i]!;
    return sum;
  };
  const sum = plan.loss.kind === "score" ? undefined : pass("hard");
  if (sum !== undefined) return sum;
  inspectTargets(places.targets, undefined);
  return pass(plan.soft)!;
}
