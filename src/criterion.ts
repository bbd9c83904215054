import { describe, FocalError } from "./errors.ts";
import type { Floats, Job, Kernel, NumberArray } from "./heads/job.ts";
import type { Order } from "./heads/scalar.ts";
import { inspectLabels, inspectTargets } from "./heads/labels.ts";
import type { Inspection } from "./heads/labels.ts";
import { checkOverlap, checkParameters, checkWeights, classWeights, expectNumbers, expectOptions, firstNotFinite, looksLikeProbabilities, toFloats } from "./inputs.ts";
import { cpu } from "./kernels/cpu.ts";
import type { Head } from "./kernels/cpu.ts";
import { supports, wasm } from "./kernels/wasm.ts";
import type { Loss } from "./losses/loss.ts";

/**
 * What becomes of the examples' losses: their mean over the examples that are not ignored, their sum,
 * nothing ("none"), or the sum ÷ max(1, targets above 0), as dense detectors divide.
 */
export type Reduction = "mean" | "sum" | "none" | "positives";
/** Where the loss runs. JavaScript computes in float64, WebAssembly SIMD in float32. */
export type Engine = "js" | "wasm";
export type Logits = Floats | readonly number[];
/** Answers come as the logits do: float32 for float32, else float64. */
export type ArrayOf<L extends Logits> = L extends Float32Array ? Float32Array : Float64Array;

export interface CriterionOptions<R extends Reduction = Reduction> {
  /** "sigmoid" (default): each logit a yes-or-no question. "softmax": rows of `classes` logits, one label each. */
  readonly head?: Head;
  /** Default "mean". */
  readonly reduction?: R;
  /** Logits per row: required by softmax; with sigmoid, the columns that per-class settings refer to. */
  readonly classes?: number;
  /** Distance between the classes of one example: 1 (default) for rows, height × width for NCHW planes. */
  readonly inner?: number;
  /** Targets of this value count for nothing: no loss, no gradient, no part in the mean. */
  readonly ignoreIndex?: number;
  /** Default: SIMD for float32 logits where it is available and worth it, else JavaScript. */
  readonly engine?: Engine;
  /** Also refuse NaN and infinite logits, naming the index. Default false: NaN in, NaN out. */
  readonly check?: boolean;
}

export interface CallOptions<L extends Logits = Logits> {
  /** One factor ≥ 0 per example. The mean still divides by the number of examples. */
  readonly weights?: NumberArray;
  /** Where to write the gradient, instead of a new array of the same type. */
  readonly out?: ArrayOf<L>;
  /** What to divide the sum by, instead of the reduction's own number; "positives": max(1, targets above 0). */
  readonly normalizer?: number | "positives";
}

/** A number, or with reduction "none" an array. */
export type Value<R extends Reduction, L extends Logits> = R extends "none" ? ArrayOf<L> : number;

/** A loss, a head and a reduction, ready to call. */
export interface Criterion<R extends Reduction = Reduction> {
  readonly loss: Loss;
  /** The loss: a number, or with reduction "none" one per example. */
  value<L extends Logits>(logits: L, targets: NumberArray, options?: CallOptions<L>): Value<R, L>;
  /** The loss and its gradient by each logit, in one pass. With reduction "none", of each example's own loss. */
  valueAndGrad<L extends Logits>(logits: L, targets: NumberArray, options?: CallOptions<L>): { value: Value<R, L>; grad: ArrayOf<L> };
  /** Also the exact second derivative by each logit: the diagonal of the Hessian. */
  derivatives<L extends Logits>(logits: L, targets: NumberArray, options?: CallOptions<L>): { value: Value<R, L>; grad: ArrayOf<L>; hessian: ArrayOf<L> };
}

const optionNames = ["head", "reduction", "classes", "inner", "ignoreIndex", "engine", "check"];
const reductions: readonly Reduction[] = ["mean", "sum", "none", "positives"];
/** Below this many logits a call into WebAssembly costs more than it saves. */
const worthSimd = 64;

/**
 * Binds a loss to a head and a reduction.
 *
 * Value, gradient and curvature come from one fused pass, stable for every finite logit. Float64 logits
 * (and plain arrays) are computed and answered in float64, float32 logits answered in float32.
 *
 * @param loss - e.g. `focal({ gamma: 2, alpha: 0.25 })`
 * @throws FocalError `argument` for an unknown or impossible option; its methods: `shape`, `target`, `label`
 *
 * @example
 * const loss = criterion(focal({ gamma: 2, alpha: 0.25 }), { reduction: "sum" });
 * loss.valueAndGrad([0, 0], [1, 0]);
 * // { value: 0.17328679513998632, grad: Float64Array [ -0.0745716987849966, 0.2237150963549898 ] }
 */
export function criterion<const R extends Reduction = "mean">(loss: Loss, options: CriterionOptions<R> = {}): Criterion<R> {
  if (!loss?.formula) throw new FocalError("argument", `criterion takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  expectOptions("criterion", options);
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) throw new FocalError("argument", `criterion has no option ${name}; it has ${optionNames.join(", ")}`);
  }
  const { head = "sigmoid", reduction = "mean" as R, classes, inner = 1, ignoreIndex, engine, check = false } = options;
  if (!Object.hasOwn(cpu, head)) throw new FocalError("argument", `head must be "sigmoid" or "softmax", got ${JSON.stringify(head)}`);
  if (!reductions.includes(reduction)) throw new FocalError("argument", `reduction must be ${reductions.map((r) => `"${r}"`).join(", ")}, got ${JSON.stringify(reduction)}`);
  const least = head === "softmax" ? 2 : 1;
  if (head === "softmax" || classes !== undefined) expectWhole("classes", classes, least);
  expectWhole("inner", inner, 1);
  if (reduction === "positives" && head === "softmax") throw new FocalError("argument", `reduction "positives" needs the sigmoid head: a softmax row has a label, not a positive`);
  if (engine !== undefined && engine !== "js" && engine !== "wasm") throw new FocalError("argument", `engine must be "js" or "wasm", got ${JSON.stringify(engine)}`);
  const alpha = classWeights(loss, head, classes);
  checkParameters(loss, head, classes);
  const perClass = Object.entries(loss.parameters).find(([, value]) => typeof value !== "number")?.[0];
  const runsOnSimd = head === "sigmoid" && supports(loss, classes);
  let warned = false;

  function run<L extends Logits>(given: L, targets: NumberArray, order: Order, call: CallOptions<L>): { value: Value<R, L>; grad: ArrayOf<L>; hessian: ArrayOf<L> } {
    const logits = toFloats("logits", given);
    expectNumbers("targets", targets);
    const rows = checkShapes(logits, targets, call);
    if (check) refuseNotFinite(logits);
    if (!warned && head === "sigmoid" && looksLikeProbabilities(logits)) {
      warned = true;
      console.warn("focal-loss: every logit is in [0, 1]; these look like probabilities. The loss takes logits, log(p / (1 − p)).");
    }
    const kernel = pick(logits);
    // The SIMD kernel checks targets as it reads them; only a divisor that depends on them needs a look ahead.
    const ahead = kernel !== wasm || ignoreIndex !== undefined || reduction === "positives" || call.normalizer === "positives";
    const seen = head === "softmax" ? inspectLabels(targets, classes!, ignoreIndex)
      : ahead ? inspectTargets(targets, ignoreIndex) : { soft: false, valid: targets.length, positives: 0 };
    if (seen.soft && perClass && classes === undefined) throw new FocalError("target", `${perClass} given per class needs targets of 0 or 1: a soft one stands between the classes`);
    const scale = 1 / divisor(seen, call.normalizer);
    const array = (length: number): Floats => (logits instanceof Float32Array ? new Float32Array(length) : new Float64Array(length));
    const grad = order > 0 ? call.out ?? array(logits.length) : undefined;
    const hessian = order > 1 ? array(logits.length) : undefined;
    const losses = reduction === "none" ? array(rows) : undefined;
    const job: Job = {
      loss, labels: seen.soft ? "soft" : "hard", order, logits, targets, weights: call.weights, ignoreIndex, alpha,
      classes: classes ?? 1, inner, scale, losses, grad, hessian,
    };
    const total = kernel(job);
    const value = (losses ?? total * scale) as Value<R, L>;
    return { value, ...(grad && { grad }), ...(hessian && { hessian }) } as { value: Value<R, L>; grad: ArrayOf<L>; hessian: ArrayOf<L> };
  }

  function pick(logits: Floats): Kernel {
    const simd = runsOnSimd && logits instanceof Float32Array;
    if (engine === "wasm" && !simd) {
      throw new FocalError("engine", `engine "wasm" runs float32 logits under the sigmoid head, without per-class settings, where WebAssembly SIMD exists; use engine "js" here`);
    }
    return simd && engine !== "js" && (engine === "wasm" || logits.length >= worthSimd) ? wasm : cpu[head];
  }

  /** Checks the lengths; returns the number of examples. */
  function checkShapes(logits: Floats, targets: NumberArray, { weights, out, normalizer }: CallOptions): number {
    const type = logits instanceof Float32Array ? Float32Array : Float64Array;
    if (logits.length === 0 && reduction === "mean") throw new FocalError("shape", "the mean of no logits is no number: logits must hold at least one value");
    const rows = head === "softmax" ? logits.length / classes! : logits.length;
    if (logits.length % ((classes ?? 1) * inner) !== 0) {
      throw new FocalError("shape", `the number of logits must be a multiple of classes × inner = ${(classes ?? 1) * inner}, got ${logits.length}`);
    }
    if (targets.length !== rows) throw new FocalError("shape", `targets must have one value per ${head === "softmax" ? "row" : "logit"}: expected ${rows}, got ${targets.length}`);
    if (weights !== undefined) {
      expectNumbers("weights", weights);
      if (weights.length !== rows) throw new FocalError("shape", `weights must have one value per ${head === "softmax" ? "row" : "logit"}: expected ${rows}, got ${weights.length}`);
      checkWeights(weights);
    }
    if (out !== undefined && !(out instanceof type)) throw new FocalError("argument", `out must be a ${type.name}, as the logits are, got ${describe(out)}`);
    if (out !== undefined && out.length !== logits.length) throw new FocalError("shape", `out must have one value per logit: expected ${logits.length}, got ${out.length}`);
    if (out !== undefined) checkOverlap(logits, out);
    if (normalizer !== undefined && normalizer !== "positives" && !(normalizer > 0)) throw new FocalError("argument", `normalizer must be a number > 0 or "positives", got ${String(normalizer)}`);
    return rows;
  }

  function divisor(seen: Inspection, normalizer: CallOptions["normalizer"]): number {
    if (typeof normalizer === "number") return normalizer;
    if (normalizer === "positives" || reduction === "positives") return Math.max(1, seen.positives);
    return reduction === "mean" ? Math.max(1, seen.valid) : 1;
  }

  return {
    loss,
    value: (logits, targets, call = {}) => run(logits, targets, 0, call).value,
    valueAndGrad: (logits, targets, call = {}) => run(logits, targets, 1, call),
    derivatives: (logits, targets, call = {}) => run(logits, targets, 2, call),
  };
}

function expectWhole(name: string, value: number | undefined, least: number): void {
  if (!(Number.isInteger(value) && value! >= least)) throw new FocalError("argument", `${name} must be a whole number ≥ ${least}, got ${String(value)}`);
}

function refuseNotFinite(logits: Floats): void {
  const at = firstNotFinite(logits);
  if (at >= 0) throw new FocalError("argument", `logits[${at}] must be a finite number, got ${logits[at]}`);
}
