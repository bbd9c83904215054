import { describe, FocalError } from "./errors.ts";
import type { Floats, Job, NumberArray } from "./heads/job.ts";
import type { Order } from "./heads/scalar.ts";
import { readTargets, repeatOverClasses } from "./heads/targets.ts";
import type { Targets } from "./heads/targets.ts";
import { checkOverlap, checkWeights, expectNumbers, firstNotFinite, looksLikeProbabilities, toFloats } from "./inputs.ts";
import { cpu } from "./kernels/cpu.ts";
import { supports, wasm } from "./kernels/wasm.ts";
import type { Curvature } from "./losses/derive.ts";
import type { AnyLoss, Loss } from "./losses/loss.ts";
import type { RunningPositives } from "./normalizer.ts";
import { readOptions } from "./options.ts";
import type { CriterionOptions, Plan, Reduction } from "./options.ts";
export type { CriterionOptions, Engine, Reduction } from "./options.ts";
import { chainToScores, logitsFrom } from "./scores.ts";

export type Logits = Floats | readonly number[];
/** Answers come as the logits do: float32 for float32, else float64. */
export type ArrayOf<L extends Logits> = L extends Float32Array ? Float32Array : Float64Array;

export interface CallOptions<L extends Logits = Logits> {
  /**
   * One factor ≥ 0 per example: per row of classes, or per logit (sigmoid head). The mean still divides by the number of
   * examples; "weightedMean" divides by their sum.
   */
  readonly weights?: NumberArray;
  /** Where to write the gradient, instead of a new array of the same type. */
  readonly out?: ArrayOf<L>;
  /** What to divide the sum by, instead of the reduction's own number; "positives": max(1, targets above 0). */
  readonly normalizer?: number | "positives" | RunningPositives;
}

/** A number, or with reduction "none" an array. */
export type Value<R extends Reduction, L extends Logits> = R extends "none" ? ArrayOf<L> : number;

/** A loss, a head and a reduction, ready to call. */
export interface Criterion<R extends Reduction = Reduction> {
  readonly loss: AnyLoss;
  /** The loss: a number, or with reduction "none" one per example. */
  value<L extends Logits>(logits: L, targets: NumberArray, options?: CallOptions<L>): Value<R, L>;
  /** The loss and its gradient by each logit, in one pass. With reduction "none", of each example's own loss. */
  valueAndGrad<L extends Logits>(logits: L, targets: NumberArray, options?: CallOptions<L>): { value: Value<R, L>; grad: ArrayOf<L> };
  /** Also the exact second derivative by each logit: the diagonal of the Hessian. */
  derivatives<L extends Logits>(logits: L, targets: NumberArray, options?: CallOptions<L>): { value: Value<R, L>; grad: ArrayOf<L>; hessian: ArrayOf<L> };
}

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
export function criterion<const R extends Reduction = "mean">(loss: AnyLoss, options: CriterionOptions<R> = {}): Criterion<R> {
  if (!loss?.formula) throw new FocalError("argument", `criterion takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  const plan = readOptions(loss, options);
  const runner = bind(plan, "exact");
  return {
    loss,
    value: (logits, targets, call = {}) => runner(logits, targets, 0, call).value as never,
    valueAndGrad: (logits, targets, call = {}) => runner(logits, targets, 1, call) as never,
    derivatives: (logits, targets, call = {}) => runner(logits, targets, 2, call) as never,
  };
}

interface Results {
  readonly value: number | Floats;
  readonly grad?: Floats;
  readonly hessian?: Floats;
}

/** What a plan does with one call's arrays. */
export function bind(plan: Plan, curvature: Curvature): (scores: Logits, targets: NumberArray, order: Order, call: CallOptions) => Results {
  const { loss, head, reduction, classes, inner, from } = plan;
  const scalarLoss = loss.kind === "margin" || loss.kind === "score" ? loss : undefined;
  const perClass = Object.entries(loss.parameters).find(([, value]) => typeof value !== "number")?.[0];
  const simd = head === "sigmoid" && from === "logits" && curvature === "exact" && scalarLoss && supports(scalarLoss, plan.alpha) ? scalarLoss : undefined;
  let warned = false;

  return function run(given, givenTargets, order, call) {
    const scores = toFloats(from === "logits" ? "logits" : from, given);
    expectNumbers("targets", givenTargets);
    checkShapes(plan, scores, call);
    if (plan.check) refuseNotFinite(scores);
    if (!warned && head === "sigmoid" && from === "logits" && looksLikeProbabilities(scores)) {
      warned = true;
      console.warn(`focal-loss: every logit is in [0, 1]; these look like probabilities. If they are, pass from: "probabilities".`);
    }
    const logits = logitsFrom(scores, from, head);
    const onSimd = picksSimd(logits);
    // The SIMD kernel checks hard targets as it reads them; only a divisor that depends on them needs a look ahead.
    const ahead = !onSimd || plan.ignoreIndex !== undefined || reduction === "positives" || reduction === "weightedMean" || (call.normalizer !== undefined && typeof call.normalizer !== "number");
    const targets = readTargets(plan, logits.length, givenTargets, ahead);
    if (targets.soft && head === "sigmoid") refuseSoft(targets);
    const weights = readWeights(call.weights, logits.length);
    const scale = 1 / divisor(targets, weights, call.normalizer);
    const array = (length: number): Floats => (scores instanceof Float32Array ? new Float32Array(length) : new Float64Array(length));
    const grad = order > 0 ? call.out ?? array(logits.length) : undefined;
    const hessian = order > 1 ? array(logits.length) : undefined;
    const losses = reduction === "none" ? array(head === "softmax" ? logits.length / classes : logits.length) : undefined;
    const job: Job = {
      loss, labels: loss.kind === "score" || (targets.soft && head === "sigmoid") ? plan.soft : "hard", soft: plan.soft, order, curvature, logits,
      targets: targets.values, weights, ignoreIndex: targets.ignoreIndex, alpha: plan.alpha, offsets: plan.offsets, classes, inner, scale, losses, grad, hessian,
    };
    const total = onSimd ? wasm(job as Job<Loss>) : cpu(loss, head, targets.mixed)(job);
    chainToScores(scores, from, head, order, { grad, hessian });
    if (losses && scale !== 1) for (let i = 0; i < losses.length; i++) losses[i]! *= scale;
    return { value: losses ?? total * scale, ...(grad && { grad }), ...(hessian && { hessian }) };
  };

  /** Soft targets stand between the classes; not everything has a value there. */
  function refuseSoft({ values }: Targets): void {
    const at = (): string => `targets[${Array.prototype.findIndex.call(values, (t: number) => t > 0 && t < 1)}]`;
    if (loss.kind === "batch" && loss.per === "batch") throw new FocalError("target", `${loss.name} is defined for hard targets: ${at()} must be 0 or 1`);
    if (perClass && !plan.perColumn) throw new FocalError("target", `${perClass} given per class needs targets of 0 or 1, got a soft one at ${at()}: it stands between the classes`);
  }

  function picksSimd(logits: Floats): boolean {
    const can = simd !== undefined && logits instanceof Float32Array;
    if (plan.engine === "wasm" && !can) {
      throw new FocalError("engine", `engine "wasm" runs float32 logits under the sigmoid head, without per-class settings, where WebAssembly SIMD exists; use engine "js" here`);
    }
    return can && plan.engine !== "js" && (plan.engine === "wasm" || logits.length >= worthSimd);
  }

  /** One weight per example, as the kernels take them. */
  function readWeights(weights: NumberArray | undefined, logits: number): NumberArray | undefined {
    if (weights === undefined) return undefined;
    expectNumbers("weights", weights);
    const rows = logits / classes, byRow = weights.length === rows;
    if (head === "softmax" ? !byRow : weights.length !== logits && !byRow) {
      const expected = head === "softmax" ? `row: expected ${rows}` : classes > 1 ? `logit or per row: expected ${logits} or ${rows}` : `logit: expected ${logits}`;
      throw new FocalError("shape", `weights must have one value per ${expected}, got ${weights.length}`);
    }
    checkWeights(weights);
    return head === "sigmoid" && byRow && classes > 1 ? repeatOverClasses(weights, plan) : weights;
  }

  function divisor(seen: Targets, weights: NumberArray | undefined, normalizer: CallOptions["normalizer"]): number {
    if (typeof normalizer === "number") return normalizer;
    if (typeof normalizer === "object") return normalizer.update(seen.positives);
    if (normalizer === "positives" || reduction === "positives") return Math.max(1, seen.positives);
    if (loss.kind === "batch" || reduction === "sum" || reduction === "none") return 1;
    return reduction === "weightedMean" && weights ? sumOfValid(weights, seen) || 1 : Math.max(1, seen.valid);
  }
}

/** The weights of the examples that are not ignored, together. */
function sumOfValid(weights: NumberArray, targets: Targets): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) if (targets.counts(i)) sum += weights[i]!;
  return sum;
}

/** Checks lengths, and where to write. */
function checkShapes({ loss, head, reduction, classes, inner }: Plan, logits: Floats, { out, normalizer }: CallOptions): void {
  const type = logits instanceof Float32Array ? Float32Array : Float64Array;
  if (logits.length === 0 && (reduction === "mean" || reduction === "weightedMean")) throw new FocalError("shape", "the mean of no logits is no number: logits must hold at least one value");
  if (logits.length % (classes * inner) !== 0) {
    throw new FocalError("shape", `the number of logits must be a multiple of classes × inner = ${classes * inner}, got ${logits.length}`);
  }
  if (out !== undefined && !(out instanceof type)) throw new FocalError("argument", `out must be a ${type.name}, as the logits are, got ${describe(out)}`);
  if (out !== undefined && out.length !== logits.length) throw new FocalError("shape", `out must have one value per logit: expected ${logits.length}, got ${out.length}`);
  if (out !== undefined) checkOverlap(logits, out);
  if (normalizer === undefined || normalizer === "positives") {
    if (normalizer && head === "softmax") throw new FocalError("argument", `normalizer "positives" needs the sigmoid head: a softmax row has a label, not a positive`);
    return;
  }
  if (loss.kind === "batch") throw new FocalError("argument", `${loss.name} is one number for the whole batch: normalizer must be left out`);
  const usable = typeof normalizer === "object" ? typeof normalizer?.update === "function" : normalizer > 0;
  if (!usable) throw new FocalError("argument", `normalizer must be a number > 0, "positives" or runningPositives(), got ${describe(normalizer)}`);
}

function refuseNotFinite(logits: Floats): void {
  const at = firstNotFinite(logits);
  if (at >= 0) throw new FocalError("argument", `logits[${at}] must be a finite number, got ${logits[at]}`);
}
