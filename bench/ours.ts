import { fileURLToPath } from "node:url";
import { alloc, criterion, focal } from "focal-loss";
import type { Engine } from "focal-loss";
import { inProcess } from "./harness.ts";
import type { Peer } from "./harness.ts";
import { workerPeer } from "./peers/worker.ts";
import { alpha } from "./problems.ts";
import type { Problem } from "./problems.ts";

/** What is called, and where it leaves the gradient. */
interface Bound {
  readonly call: () => number;
  readonly grad: Float32Array;
}

/** A way to call this library. */
const our = (name: string, bind: (problem: Problem) => Bound): Peer => ({
  title: name,
  prepare(problem) {
    const { call, grad } = bind(problem);
    call(); // An engine that cannot run this says so here.
    return inProcess(name, call, () => (call(), grad));
  },
});

/** Sum of the losses and gradient by an engine, or by the one the library picks. */
function bound({ head, classes, gamma }: Problem, engine?: Engine) {
  return criterion(focal(head === "sigmoid" ? { gamma, alpha } : { gamma }), { head, reduction: "sum", ...(head === "softmax" && { classes }), ...(engine && { engine }) });
}

const by = (engine?: Engine) => (problem: Problem): Bound => {
  const loss = bound(problem, engine), { logits, targets } = problem, grad = new Float32Array(logits.length);
  return { call: () => loss.valueAndGrad(logits, targets, { out: grad }).value, grad };
};

function withBytes(problem: Problem): Bound {
  if (problem.classes > 256) throw new Error("a byte holds 256 labels");
  const loss = bound(problem, "wasm"), { logits } = problem, targets = Uint8Array.from(problem.targets), grad = new Float32Array(logits.length);
  return { call: () => loss.valueAndGrad(logits, targets, { out: grad }).value, grad };
}

/** Nothing is copied. */
function inKernelMemory(problem: Problem): Bound {
  const loss = bound(problem, "wasm"), { logits, targets: room, grad } = alloc(problem.logits.length);
  logits.set(problem.logits);
  room.set(problem.targets);
  const targets = room.subarray(0, problem.targets.length);
  return { call: () => loss.valueAndGrad(logits, targets, { out: grad }).value, grad };
}

/** Threads are a setting of the whole process, so they are measured in another. */
export const onThreads = (count: number): Peer => {
  const name = `focal-loss, WASM SIMD, arrays in kernel memory, ${count} ${count === 1 ? "thread" : "threads"}`;
  return workerPeer(name, () => ({ command: process.execPath, args: [fileURLToPath(new URL("oursWorker.js", import.meta.url)), String(count)], name }));
};

export const wasm = our("focal-loss, WASM SIMD, float32 targets", by("wasm"));
export const javascript = our("focal-loss, JavaScript", by("js"));
/** What a caller gets who names no engine. */
export const automatic = our("focal-loss, engine left to it", by());
export const allotted = our("focal-loss, WASM SIMD, arrays in kernel memory", inKernelMemory);
/** One line per way to call, on one thread. */
export const ours: readonly Peer[] = [
  wasm,
  our("focal-loss, WASM SIMD, uint8 targets", withBytes),
  allotted,
  javascript,
];
export const threaded: readonly Peer[] = [onThreads(2)];
