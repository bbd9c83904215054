import { describe, expectKnown, FocalError } from "../../errors.ts";
import type { Loss } from "../../losses/loss.ts";
import type { FitCheckpoint } from "./checkpoint.ts";

/** One column to learn from. */
export interface Feature {
  readonly column: string;
  /** Default: "numeric" where its values are numbers, else "categorical". */
  readonly kind?: "numeric" | "categorical";
}

/** What is fitted to which columns, and how. */
export interface FitSpec {
  /** Column of classes; rows where it is NULL are left out. */
  readonly target: string;
  /** The positive class: of several, this one against the rest. Default: the rarer of two; with more, all are told apart. */
  readonly positive?: string | number | undefined;
  /** Columns to learn from. Default: all but the target, weights and offset. */
  readonly features?: readonly (string | Feature)[] | undefined;
  /** What is minimised: a loss of one margin or logit. Default `focal({ gamma: 2 })`, without class weights. */
  readonly loss?: Loss | undefined;
  /** How more than two classes are told apart: by one softmax (default), or each from all others. */
  readonly multiclass?: "softmax" | "one-vs-rest" | undefined;
  /** Half of it times Σ β² is added to the weighted mean loss, intercepts free. Default 1 / Σ weights. */
  readonly l2?: number | undefined;
  /** Column of weights ≥ 0: a row of weight 2 counts as two rows. Default: every row counts once. */
  readonly weights?: string | undefined;
  /** Column that is added to every logit with coefficient 1. */
  readonly offset?: string | undefined;
  /** Bring numeric columns to mean 0 and deviation 1; default true. ℓ2 is then a penalty on comparable coefficients. */
  readonly standardize?: boolean | undefined;
  /** Values of a categorical column that get a coefficient, the most frequent first; the rest shares one. Default 30. */
  readonly maxLevels?: number | undefined;
  /** "lbfgs" (default), or "newton": fewer passes, each with all second derivatives; not for a softmax. */
  readonly solver?: "lbfgs" | "newton" | undefined;
  /** The scaled gradient (about how far coefficients are from where they belong) at which the fit has converged; default 1e-6. */
  readonly tolerance?: number | undefined;
  /** Passes over the data before the fit ends unconverged; default 200. */
  readonly maxPasses?: number | undefined;
  /** How often a statement is asked again when a replica or a connection dies; default 3. */
  readonly retries?: number | undefined;
  /** Stops the statement where it runs, and the fit with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onPass?: ((pass: FitPass) => void) | undefined;
  /** Called after every iteration with all that is needed to go on from there: plain data. */
  readonly onCheckpoint?: ((checkpoint: FitCheckpoint) => void) | undefined;
  /** Goes on from a checkpoint of the same spec. */
  readonly resume?: FitCheckpoint | undefined;
}

/** One pass over the data, as it has just been answered. */
export interface FitPass {
  /** From 1; statements before the first gradient are no pass. */
  readonly pass: number;
  /** Mean loss with penalty. */
  readonly value: number;
  /** The scaled gradient; the fit ends when it reaches the tolerance. */
  readonly gradient: number;
  /** Of this pass. */
  readonly seconds: number;
  /** Until the end, at the pace of the passes so far; undefined before there is one. */
  readonly secondsLeft: number | undefined;
}

/** What a spec is once defaults stand in it. */
export type Settings = Required<Pick<FitSpec, "loss" | "multiclass" | "standardize" | "maxLevels" | "solver" | "tolerance" | "maxPasses" | "retries">>;

export const specNames = ["target", "positive", "features", "loss", "multiclass", "l2", "weights", "offset", "standardize", "maxLevels", "solver", "tolerance", "maxPasses", "retries", "signal", "onPass", "onCheckpoint", "resume"];

/** @throws FocalError `argument` naming what is wrong in a spec */
export function checkSpec(spec: FitSpec): void {
  expectKnown("fitLinearFocal", spec, specNames);
  for (const name of ["target", "weights", "offset"] as const) {
    const value = spec[name];
    if ((value !== undefined || name === "target") && (typeof value !== "string" || value === "")) throw new FocalError("argument", `${name} must be the name of a column, got ${describe(value)}`);
  }
  const { loss, l2, features, positive } = spec;
  if (loss !== undefined && !((loss.kind === "margin" && loss.labels === "classes") || loss.kind === "score")) {
    throw new FocalError("argument", `loss must be a function of one margin or logit, such as focal({ gamma: 2 }), got ${(loss as { name?: string }).name ?? describe(loss)}`);
  }
  if (l2 !== undefined && !(l2 >= 0 && l2 < Infinity)) throw new FocalError("argument", `l2 must be a finite number ≥ 0, got ${describe(l2)}`);
  if (positive !== undefined && typeof positive !== "string" && typeof positive !== "number") throw new FocalError("argument", `positive must be a value of the target, got ${describe(positive)}`);
  if (features !== undefined && !(Array.isArray(features) && features.length > 0)) throw new FocalError("argument", `features must name at least one column, got ${describe(features)}`);
  for (const [name, allowed] of [["multiclass", ["softmax", "one-vs-rest"]], ["solver", ["lbfgs", "newton"]]] as const) {
    if (spec[name] !== undefined && !(allowed as readonly string[]).includes(spec[name])) throw new FocalError("argument", `${name} must be ${allowed.join(" or ")}, got ${describe(spec[name])}`);
  }
  for (const [name, least] of [["maxLevels", 1], ["maxPasses", 1], ["retries", 0]] as const) {
    const value = spec[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= least)) throw new FocalError("argument", `${name} must be a whole number ≥ ${least}, got ${describe(value)}`);
  }
  if (spec.tolerance !== undefined && !(spec.tolerance > 0 && spec.tolerance < Infinity)) throw new FocalError("argument", `tolerance must be a finite number > 0, got ${describe(spec.tolerance)}`);
}
