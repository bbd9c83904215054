import { describe, expectKnown, expectOptions, FocalError } from "./errors.ts";
import type { Floats, Job, NumberArray } from "./heads/job.ts";
import type { Order } from "./losses/derive.ts";
import { formOf } from "./forms.ts";
import { repeatOverClasses } from "./heads/targets.ts";
import type { Targets } from "./heads/targets.ts";
import { checkWeights, expectNumbers, firstNotFinite, isWrittenOver, looksLikeProbabilities, toFloats } from "./inputs.ts";
import type { Curvature } from "./losses/derive.ts";
import type { AnyLoss } from "./losses/loss.ts";
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

/** Part of a stream: some rows, or some logits of the sigmoid head. */
export interface Chunk extends Pick<CallOptions, "weights"> {
  readonly logits: Logits;
  readonly targets: NumberArray;
}

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

/** A criterion that also takes its examples chunk by chunk. */
export interface StreamingCriterion<R extends Reduction = Reduction> extends Criterion<R> {
  /**
   * The loss of a stream of chunks, as if they were one array: any iterable, or an async one. Memory stays that of a chunk.
   * Not for reduction "none" or losses of a whole batch.
   */
  accumulate(chunks: Iterable<Chunk>): number;
  accumulate(chunks: AsyncIterable<Chunk>): Promise<number>;
}

/** Below this many logits a call into WebAssembly costs more than it saves. */
const worthSimd = 24;

/**
 * Binds a loss to a head and a reduction.
 *
 * Value, gradient and curvature come from one fused pass, stable for logits of any size up to 1e300. Float64 logits
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
export function criterion<const R extends Reduction = "mean">(loss: AnyLoss, options: CriterionOptions<R> = {}): StreamingCriterion<R> {
  if (!loss?.formula) throw new FocalError("argument", `criterion takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  const plan = readOptions(loss, options, formOf);
  const { run, accumulate } = bind(plan, "exact");
  return {
    loss, accumulate,
    value: (logits, targets, call = nothing) => run(logits, targets, 0, call).value as never,
    valueAndGrad: (logits, targets, call = nothing) => run(logits, targets, 1, call) as never,
    derivatives: (logits, targets, call = nothing) => run(logits, targets, 2, call) as never,
  };
}

interface Results {
  readonly value: number | Floats;
  readonly grad?: Floats;
  readonly hessian?: Floats;
}

/** One call's arrays, read and checked. */
export interface Batch {
  readonly scores: Floats;
  readonly logits: Floats;
  readonly targets: Targets;
  readonly weights: NumberArray | undefined;
  readonly onSimd: boolean;
}

/** What a plan does with one call's arrays, and with many chunks. */
export interface Bound {
  run(scores: Logits, targets: NumberArray, order: Order, call: CallOptions): Results;
  readonly accumulate: StreamingCriterion["accumulate"];
  /** What `run` does first, and what it divides by: for engines that answer later. */
  read(scores: Logits, targets: NumberArray, call: CallOptions, lookAhead: boolean): Batch;
  divisorOf(batch: Batch, normalizer: CallOptions["normalizer"]): number;
}

export function bind(plan: Plan, curvature: Curvature): Bound {
  const { loss, form, head, reduction, classes, inner, from } = plan;
  const perClass = Object.entries(loss.parameters).find(([, value]) => typeof value !== "number")?.[0];
  const simd = from === "logits" && curvature === "exact" && (form.simd?.supports(loss, plan) ?? false);
  let warned = false;

  function run(given: Logits, givenTargets: NumberArray, order: Order, call: CallOptions): Results {
    if (typeof call !== "object" || call === null) expectOptions("the call of a criterion", call);
    const dependsOnTargets = reduction === "positives" || reduction === "weightedMean" || (call.normalizer !== undefined && typeof call.normalizer !== "number");
    const batch = read(given, givenTargets, call, dependsOnTargets);
    const { scores, logits } = batch;
    const scale = 1 / divisorOf(batch, call.normalizer);
    const array = (length: number): Floats => (scores instanceof Float32Array ? new Float32Array(length) : new Float64Array(length));
    const grad = order > 0 ? call.out ?? array(logits.length) : undefined;
    const hessian = order > 1 ? array(logits.length) : undefined;
    const losses = reduction === "none" ? array(head === "softmax" ? logits.length / classes : logits.length) : undefined;
    const total = perform(batch, order, scale, { losses, grad, hessian });
    chainToScores(scores, from, head, order, { grad, hessian });
    if (losses && scale !== 1) for (let i = 0; i < losses.length; i++) losses[i]! *= scale;
    const value = losses ?? total * scale;
    return hessian ? { value, grad: grad!, hessian } : grad ? { value, grad } : { value };
  }

  function accumulate(chunks: Iterable<Chunk> | AsyncIterable<Chunk>): number | Promise<number> {
    if (reduction === "none" || loss.kind === "batch") throw new FocalError("argument", `accumulate adds up losses, which ${reduction === "none" ? `reduction "none" keeps apart` : `${loss.name} does not: it is one number for the whole batch`}`);
    let total = 0, length = 0, seen: Tally = { valid: 0, positives: 0, weight: 0 };
    const take = ({ logits, targets, weights }: Chunk): void => {
      length += logits.length;
      if (logits.length === 0) return;
      const batch = read(logits, targets, weights === undefined ? {} : { weights }, true), more = tally(batch.targets, batch.weights);
      total += perform(batch, 0, 1, { losses: undefined, grad: undefined, hessian: undefined });
      seen = { valid: seen.valid + more.valid, positives: seen.positives + more.positives, weight: seen.weight + more.weight };
    };
    const result = (): number => {
      refuseEmptyMean(plan, length);
      return total / divisor(seen, undefined);
    };
    if (Symbol.iterator in chunks) {
      for (const chunk of chunks) take(chunk);
      return result();
    }
    return (async () => {
      for await (const chunk of chunks) take(chunk);
      return result();
    })();
  }

  /** @param lookAhead - whether targets must be known before the kernel reads them; a SIMD kernel checks hard ones itself */
  function read(given: Logits, givenTargets: NumberArray, call: CallOptions, lookAhead: boolean): Batch {
    const scores = toFloats(from, given);
    expectNumbers("targets", givenTargets);
    checkShapes(plan, scores, call);
    if (plan.check) refuseNotFinite(from, scores);
    if (!warned && head === "sigmoid" && from === "logits" && looksLikeProbabilities(scores)) {
      warned = true;
      console.warn(`focal-loss: every logit is in [0, 1]; these look like probabilities. If they are, pass from: "probabilities".`);
    }
    const logits = logitsFrom(scores, from, head), couldBeSimd = picksSimd(logits);
    // A gradient written over its logits leaves no second try to a kernel that finds soft targets on its way.
    const overwrites = call.out !== undefined && isWrittenOver(scores, call.out);
    const targets = form.readTargets(plan, logits.length, givenTargets, lookAhead || overwrites || !couldBeSimd || plan.ignoreIndex !== undefined);
    if (targets.soft && head === "sigmoid") refuseSoft(targets);
    const onSimd = couldBeSimd && !targets.mixed;
    if (plan.engine === "wasm" && !onSimd) refuseSimd();
    return { scores, logits, targets, weights: readWeights(call.weights, logits.length), onSimd };
  }

  /** Runs the kernel; returns the sum of the losses. */
  function perform({ logits, targets, weights, onSimd }: Batch, order: Order, scale: number, { losses, grad, hessian }: Pick<Job, "losses" | "grad" | "hessian">): number {
    const job: Job = {
      loss, labels: loss.kind === "score" || (targets.soft && head === "sigmoid") ? plan.soft : "hard", soft: plan.soft, order, curvature, logits,
      targets: targets.values, weights, ignoreIndex: targets.ignoreIndex, alpha: plan.alpha, offsets: plan.offsets, classes, perColumn: plan.perColumn, inner, scale, losses, grad, hessian,
    };
    return onSimd ? form.simd!.run(job) : form.js(job, targets.mixed);
  }

  /** Soft targets stand between the classes; not everything has a value there. */
  function refuseSoft({ values }: Targets): void {
    const at = (): string => `targets[${Array.prototype.findIndex.call(values, (t: number) => t > 0 && t < 1)}]`;
    if (loss.kind === "batch" && loss.per === "batch") throw new FocalError("target", `${loss.name} is defined for hard targets: ${at()} must be 0 or 1`);
    if (perClass && !plan.perColumn) throw new FocalError("target", `${perClass} given per class needs targets of 0 or 1, got a soft one at ${at()}: it stands between the classes`);
  }

  function picksSimd(logits: Floats): boolean {
    const can = simd && logits instanceof Float32Array;
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

  /** What the reduction may divide by. */
  function tally(targets: Targets, weights: NumberArray | undefined): Tally {
    return { valid: targets.valid, positives: targets.positives, weight: reduction !== "weightedMean" ? 0 : weights ? sumOfValid(weights, targets) : targets.valid };
  }

  function divisorOf({ targets, weights }: Batch, normalizer: CallOptions["normalizer"]): number {
    return divisor(tally(targets, weights), normalizer);
  }

  function divisor({ valid, positives, weight }: Tally, normalizer: CallOptions["normalizer"]): number {
    if (typeof normalizer === "number") return normalizer;
    if (typeof normalizer === "object") return positive(normalizer.update(positives));
    if (normalizer === "positives" || reduction === "positives") return Math.max(1, positives);
    if (loss.kind === "batch" || reduction === "sum" || reduction === "none") return 1;
    return reduction === "weightedMean" ? weight || 1 : Math.max(1, valid);
  }

  return { run, accumulate: accumulate as StreamingCriterion["accumulate"], read, divisorOf };
}

/** What a caller's own divisor answered. */
function positive(divisor: number): number {
  if (!(divisor > 0 && divisor < Infinity)) throw new FocalError("argument", `normalizer.update must return a finite number > 0, got ${describe(divisor)}`);
  return divisor;
}

interface Tally extends Pick<Targets, "valid" | "positives"> {
  /** The weights of the examples that are not ignored, together. */
  readonly weight: number;
}

function sumOfValid(weights: NumberArray, targets: Targets): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) if (targets.counts(i)) sum += weights[i]!;
  return sum;
}

const callOptions = ["weights", "out", "normalizer"];
/** A call without options. */
const nothing: CallOptions = {};

/** Checks a call's options, lengths, and where to write. */
function checkShapes(plan: Plan, logits: Floats, call: CallOptions): void {
  const { loss, head, classes, inner } = plan;
  const { out, normalizer } = call;
  for (const name in call) if (name !== "out" && name !== "weights" && name !== "normalizer") expectKnown("the call of a criterion", call, callOptions);
  refuseEmptyMean(plan, logits.length);
  if (logits.length % (classes * inner) !== 0) {
    throw new FocalError("shape", `the number of logits must be a multiple of classes × inner = ${classes * inner}, got ${logits.length}`);
  }
  if (out !== undefined) {
    const single = logits instanceof Float32Array;
    if (single ? !(out instanceof Float32Array) : !(out instanceof Float64Array)) throw new FocalError("argument", `out must be a ${single ? "Float32Array" : "Float64Array"}, as the logits are, got ${describe(out)}`);
    if (out.length !== logits.length) throw new FocalError("shape", `out must have one value per logit: expected ${logits.length}, got ${out.length}`);
  }
  if (normalizer === undefined || normalizer === "positives") {
    if (normalizer && head === "softmax") throw new FocalError("argument", `normalizer "positives" needs the sigmoid head: a softmax row has a label, not a positive`);
    return;
  }
  if (loss.kind === "batch") throw new FocalError("argument", `${loss.name} is one number for the whole batch: normalizer must be left out`);
  const usable = typeof normalizer === "object" ? typeof normalizer?.update === "function" : typeof normalizer === "number" && normalizer > 0 && normalizer < Infinity;
  if (!usable) throw new FocalError("argument", `normalizer must be a number > 0, "positives" or runningPositives(), got ${describe(normalizer)}`);
}

function refuseEmptyMean({ reduction }: Plan, length: number): void {
  if (length === 0 && (reduction === "mean" || reduction === "weightedMean")) throw new FocalError("shape", "the mean of no logits is no number: logits must hold at least one value");
}

function refuseSimd(): never {
  throw new FocalError("engine", `engine "wasm" runs float32 logits with one label each and, but for a softmax head's alpha, nothing set per class, where WebAssembly SIMD exists; use engine "js" here`);
}

function refuseNotFinite(name: string, scores: Floats): void {
  const at = firstNotFinite(scores);
  if (at >= 0) throw new FocalError("argument", `${name}[${at}] must be a finite number, got ${scores[at]}`);
}
