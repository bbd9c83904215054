import { describe, expectKnown, expectOptions, FocalError } from "../errors.ts";
import type { Floats, NumberArray } from "../heads/job.ts";
import type { RunningPositives } from "../normalizer.ts";
import type { Plan, Reduction } from "../options.ts";

/** Scores of a model, row by row: float32 arrays are computed in float32, all others in float64. */
export type Logits = Floats | readonly number[];
/** Answers come as the logits do: float32 for float32, else float64. */
export type ArrayOf<L extends Logits> = L extends Float32Array ? Float32Array : Float64Array;

/** What one call may say beside logits and targets. */
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

const callOptions = ["weights", "out", "normalizer"];
/** A call without options. */
export const nothing: CallOptions = {};

/** Checks a call's options, lengths, and where to write. */
export function checkCall(plan: Plan, logits: Floats, call: CallOptions): void {
  const { loss, head, classes, inner } = plan;
  if (typeof call !== "object" || call === null) expectOptions("the call of a criterion", call);
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

/** A mean needs something to be the mean of. */
export function refuseEmptyMean({ reduction }: Plan, length: number): void {
  if (length === 0 && (reduction === "mean" || reduction === "weightedMean")) throw new FocalError("shape", "the mean of no logits is no number: logits must hold at least one value");
}
