import { backend, engine, getBackend, getKernel, registerKernel } from "@tensorflow/tfjs-core";
import type { KernelBackend, NamedAttrMap, NamedTensorInfoMap, Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import { bind } from "../../run/bind.ts";
import type { Bound } from "../../run/bind.ts";
import type { Plan } from "../../options.ts";
import { runsInHeap, sigmoidInHeap } from "./heap.ts";
import { shapeOfLosses } from "./job.ts";
import type { Answer, TensorJob } from "./job.ts";
import { memoryOf } from "./memory.ts";
import type { Memory, Numbers } from "./memory.ts";

/** What tfjs calls our kernels, in its profiles. */
const kernelName = "FocalLoss";

/** What a kernel is handed by name: it carries out whatever the call asks for. */
interface Attributes {
  readonly run: (memory: Memory, inputs: NamedTensorInfoMap) => TensorInfo[];
}

/** Whether the backend at work keeps tensors where our engines can reach them; if so, tfjs is told of the kernel. */
export function hasKernel(): boolean {
  const name = getBackend();
  if (memoryOf(name, backend()) === null) return false;
  if (!getKernel(kernelName, name)) {
    registerKernel({
      kernelName, backendName: name,
      kernelFunc: ({ inputs, attrs, backend: at }) => (attrs as unknown as Attributes).run(memoryOf(name, at as KernelBackend)!, inputs),
    });
  }
  return true;
}

/** Runs a job over the numbers themselves: the criterion's engines, or on the heap of the wasm backend its own kernel. */
export function byKernel(job: TensorJob): Answer {
  const { labels, logits } = job;
  const run: Attributes["run"] = (memory, inputs) => compute(job, memory, inputs as { labels: TensorInfo; logits: TensorInfo });
  return engine().runKernel(kernelName, { labels, logits }, { run } as unknown as NamedAttrMap) as Tensor[];
}

function compute(job: TensorJob, memory: Memory, inputs: { labels: TensorInfo; logits: TensorInfo }): TensorInfo[] {
  const { plan, order, total, divisor } = job;
  // Tensors of another backend come here when they are first looked at, for which a heap may grow, as it may for new ones.
  for (const input of [inputs.logits, inputs.labels]) memory.view(input);
  const derivative = (least: number): TensorInfo[] => (order >= least ? [memory.make(job.logits.shape)] : []);
  const made = [memory.make(total ? [] : shapeOfLosses(job)), ...derivative(1), ...derivative(2)];
  const [value, grad, hessian] = made.map((tensor) => memory.view(tensor)) as [Float32Array, Float32Array?, Float32Array?];
  const logits = memory.view(inputs.logits) as Float32Array, targets = targetsOf(plan, memory.view(inputs.labels), logits.length);
  if (memory.heap && targets instanceof Float32Array && runsInHeap(plan) && logits.length > 0) {
    const places = { logits, targets, ...(!total && { losses: value }), ...(grad && { grad }), ...(hessian && { hessian }) };
    const sum = sigmoidInHeap(memory.heap, plan, places, order, 1 / divisor);
    if (total) value[0] = sum / divisor;
    else if (divisor !== 1) for (let i = 0; i < value.length; i++) value[i]! /= divisor;
    return made;
  }
  const call = { ...(plan.loss.kind !== "batch" && { normalizer: divisor }), ...(grad && { out: grad }) };
  const answer = boundTo(plan, total).run(logits, targets, order, call);
  if (typeof answer.value === "number") value[0] = answer.value;
  else value.set(answer.value);
  if (answer.hessian) hessian!.set(answer.hessian);
  return made;
}

/** One-hot rows as labels, which engines take in less time; other targets as they are. */
function targetsOf({ head, classes, loss }: Plan, targets: Numbers, logits: number): Numbers {
  if (head === "sigmoid" || targets.length !== logits || loss.kind === "batch") return targets;
  return labelsOf(targets instanceof Float32Array ? targets : Float32Array.from(targets), classes) ?? targets;
}

/** The label of each row that gives one class 1 and the others 0, if all do. */
function labelsOf(shares: Float32Array, classes: number): Int32Array | undefined {
  const labels = new Int32Array(shares.length / classes).fill(-1);
  for (let row = 0, at = 0; row < labels.length; row++) {
    for (let k = 0; k < classes; k++, at++) {
      const share = shares[at]!;
      if (share === 0) continue;
      if (share !== 1 || labels[row] !== -1) return undefined;
      labels[row] = k;
    }
    if (labels[row] === -1) return undefined;
  }
  return labels;
}

const bound = new WeakMap<Plan, Map<boolean, Bound>>();

/** The criterion of a plan: for the total, or for each loss. */
function boundTo(plan: Plan, total: boolean): Bound {
  let both = bound.get(plan);
  if (!both) bound.set(plan, (both = new Map()));
  let found = both.get(total);
  if (!found) both.set(total, (found = bind(plan.loss.kind === "batch" ? plan : { ...plan, reduction: total ? "sum" : "none" }, "exact")));
  return found;
}
