import { describe, FocalError } from "../errors.ts";
import type { NumberArray } from "../heads/job.ts";
import type { Targets } from "../heads/targets.ts";
import type { Plan } from "../options.ts";
import type { CallOptions } from "./call.ts";

/** What a reduction may divide by. */
export interface Tally extends Pick<Targets, "valid" | "positives"> {
  /** The weights of the examples that are not ignored, together: where the reduction asks for them. */
  readonly weight: number;
}

/** Counts what a reduction may divide by. */
export const tally = ({ reduction }: Plan, targets: Targets, weights: NumberArray | undefined): Tally =>
  ({ valid: targets.valid, positives: targets.positives, weight: reduction !== "weightedMean" ? 0 : weights ? sumOfValid(weights, targets) : targets.valid });

function sumOfValid(weights: NumberArray, targets: Targets): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) if (targets.counts(i)) sum += weights[i]!;
  return sum;
}

/** What the sum of the losses is divided by. */
export function divisor({ loss, reduction }: Plan, { valid, positives, weight }: Tally, normalizer?: CallOptions["normalizer"]): number {
  if (typeof normalizer === "number") return normalizer;
  if (typeof normalizer === "object") return positive(normalizer.update(positives));
  if (normalizer === "positives" || reduction === "positives") return Math.max(1, positives);
  if (loss.kind === "batch" || reduction === "sum" || reduction === "none") return 1;
  return reduction === "weightedMean" ? weight || 1 : Math.max(1, valid);
}

/** Whether the divisor can only be known from the targets. */
export const dependsOnTargets = ({ reduction }: Plan, normalizer: CallOptions["normalizer"]): boolean =>
  reduction === "positives" || reduction === "weightedMean" || (normalizer !== undefined && typeof normalizer !== "number");

/** What a caller's own divisor answered. */
function positive(divisor: number): number {
  if (!(divisor > 0 && divisor < Infinity)) throw new FocalError("argument", `normalizer.update must return a finite number > 0, got ${describe(divisor)}`);
  return divisor;
}
