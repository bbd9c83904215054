import { criterion, focal } from "focal-loss";
import type { Engine } from "focal-loss";
import { inProcess } from "./harness.ts";
import type { Peer } from "./harness.ts";
import { alpha } from "./problems.ts";
import type { Problem } from "./problems.ts";

type Bound = (problem: Problem, grad: Float32Array) => () => number;

/** A candidate of this library: what it calls, given the arrays. Whatever it needs beforehand, `ready` waits for. */
const our = (name: string, bind: Bound, ready?: () => Promise<unknown>): Peer => ({
  title: name,
  async prepare(problem) {
    await ready?.();
    const grad = new Float32Array(problem.logits.length), call = bind(problem, grad);
    call(); // An engine that cannot run this says so here.
    return inProcess(name, call, () => (call(), grad));
  },
});

/** Sum of the losses and gradient by an engine, or by the one the library picks. */
function bound({ head, classes, gamma }: Problem, engine?: Engine) {
  return criterion(focal(head === "sigmoid" ? { gamma, alpha } : { gamma }), { head, reduction: "sum", ...(head === "softmax" && { classes }), ...(engine && { engine }) });
}

const call = (engine?: Engine): Bound => (problem, grad) => {
  const loss = bound(problem, engine), { logits, targets } = problem;
  return () => loss.valueAndGrad(logits, targets, { out: grad }).value;
};
const callBytes = (engine?: Engine): Bound => (problem, grad) => call(engine)({ ...problem, targets: Uint8Array.from(problem.targets) as never }, grad);

export const wasm = our("focal-loss, WASM SIMD, float32 targets", call("wasm"));
export const javascript = our("focal-loss, JavaScript", call("js"));
/** What a caller gets who names no engine. */
export const automatic = our("focal-loss, engine left to it", call());
/** One line per way to call. */
export const ours: readonly Peer[] = [
  wasm,
  our("focal-loss, WASM SIMD, uint8 targets", callBytes("wasm")),
  javascript,
];
