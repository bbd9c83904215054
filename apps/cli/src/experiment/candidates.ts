import { effectiveNumberWeights, FocalError } from "focal-loss";
import type { Loss } from "focal-loss";
import type { Calibration } from "focal-loss/evaluate";
import { families, type Family, type FamilyName } from "./families.ts";

/** One loss to train with, on every division of the rows. */
export interface Candidate {
  readonly name: string;
  readonly family: FamilyName;
  /** Undefined for losses without γ. */
  readonly gamma: number | undefined;
  readonly alpha: AlphaChoice;
  /** As the report prints it. */
  readonly formula: string;
  /** Added to the seed of first weights and batches. */
  readonly seedShift: number;
  /** The loss, for a training part with so many rows of each class. */
  loss(counts: readonly number[]): Loss;
  /** Steps that put this loss's scores back on the probability scale; undefined where none are known. */
  recovery(counts: readonly number[]): readonly Calibration[] | undefined;
}

/** Class weights of a candidate: none, the paper's α_t, or effective-number weights. */
export type AlphaChoice = "none" | "balanced" | number;

/** The restart's first weights and batches have nothing to do with the others'. */
const restartShift = 1_000_003;

export const REFERENCE = "cross-entropy";

/** Cross-entropy; and cross-entropy again from other first weights, whose difference is noise. */
function reference(): Candidate[] {
  const cross = candidateOf("crossEntropy", undefined, "none", 2);
  return [cross, { ...cross, name: "cross-entropy (restart)", seedShift: restartShift }];
}

/**
 * What `focal train` always trains: cross-entropy, its restart, cross-entropy with effective-number weights; and each family for
 * each γ and α asked for.
 *
 * @throws FocalError `argument` for a number α with more than two classes
 */
export function candidatesFor(gammas: readonly number[], alphas: readonly AlphaChoice[], classes: number, names: readonly FamilyName[] = ["focal"]): Candidate[] {
  const always = [...reference(), candidateOf("crossEntropy", undefined, "balanced", classes)];
  const asked = names.flatMap((name) => gammasOf(name, gammas).flatMap((gamma) => alphas.map((alpha) => candidateOf(name, gamma, alpha, classes))));
  refuseRepeats(asked);
  return [...always, ...asked.filter(({ name }) => always.every((other) => other.name !== name))];
}

/**
 * The grid of `focal tune`, simplest first: cross-entropy and its restart, cross-entropy with each weighting (γ = 0), then each family
 * by weighting and γ. Cells whose γ = 0 is cross-entropy are not trained twice.
 *
 * @throws FocalError `argument` for a number α with more than two classes, or a grid of cross-entropy alone
 */
export function gridOf(gammas: readonly number[], alphas: readonly AlphaChoice[], classes: number, names: readonly FamilyName[]): Candidate[] {
  const weightings = [...alphas].sort((a, b) => complexity(a) - complexity(b));
  const ascending = [...gammas].sort((a, b) => a - b);
  const weighted = weightings.filter((alpha) => alpha !== "none").map((alpha) => candidateOf("crossEntropy", undefined, alpha, classes));
  // Cross-entropy stands in the grid with every weighting, asked for or not.
  const asked = names.filter((name) => name !== "crossEntropy").flatMap((name) => {
    const { zero }: Family = families[name];
    const own = gammasOf(name, ascending).filter((gamma) => gamma !== 0 || zero === "itself");
    return weightings.flatMap((alpha) => own.map((gamma) => candidateOf(name, gamma, alpha, classes)));
  });
  refuseRepeats([...weighted, ...asked]);
  if (new Set(gammas).size < gammas.length) throw new FocalError("argument", "gamma must not repeat a value");
  if (weighted.length + asked.length === 0) throw new FocalError("argument", "nothing to compare: γ = 0 without class weights is cross-entropy itself");
  return [...reference(), ...weighted, ...asked];
}

/** None before balanced before a number, and numbers in order. */
const complexity = (alpha: AlphaChoice): number => (alpha === "none" ? -2 : alpha === "balanced" ? -1 : alpha);

function gammasOf(name: FamilyName, gammas: readonly number[]): readonly (number | undefined)[] {
  const { zero }: Family = families[name];
  return zero === undefined ? [undefined] : zero === "nothing" ? gammas.filter((gamma) => gamma > 0) : gammas;
}

function refuseRepeats(candidates: readonly Candidate[]): void {
  if (new Set(candidates.map(({ name }) => name)).size < candidates.length) throw new FocalError("argument", "loss, gamma and alpha must not repeat a value");
}

function candidateOf(name: FamilyName, gamma: number | undefined, alpha: AlphaChoice, classes: number): Candidate {
  if (typeof alpha === "number" && classes > 2) {
    throw new FocalError("argument", `alpha must be none or balanced for ${classes} classes, got ${alpha}: α and 1 − α name two classes only`);
  }
  const family: Family = families[name];
  const weighting = (counts: readonly number[]): { alpha?: number | number[] } =>
    alpha === "none" ? {} : { alpha: alpha === "balanced" ? effectiveNumberWeights(counts) : alpha };
  const focusing = gamma === undefined ? {} : { gamma };
  family.make(typeof alpha === "number" ? { ...focusing, alpha } : focusing); // refuses what cannot be trained with
  return {
    name: nameOf(name, gamma, alpha), family: name, gamma, alpha, seedShift: 0,
    formula: family.formula(alpha === "none" ? "" : alpha === "balanced" ? "w_y " : "αₜ ", gamma) + (name === "crossEntropy" && alpha === "balanced" ? ", w by effective number" : ""),
    loss: (counts) => family.make({ ...focusing, ...weighting(counts) }),
    recovery: (counts) => {
      if (family.recovery === undefined) return undefined;
      return name === "crossEntropy" && alpha === "none" ? [] : [{ kind: "posterior", gamma: family.recovery(gamma), ...weighting(counts) }];
    },
  };
}

function nameOf(family: FamilyName, gamma: number | undefined, alpha: AlphaChoice): string {
  const suffix = alpha === "none" ? "" : alpha === "balanced" ? ", balanced" : `, α = ${alpha}`;
  if (family !== "crossEntropy") return `${family}${gamma === undefined ? "" : ` γ = ${gamma}`}${suffix}`;
  return alpha === "balanced" ? `balanced ${REFERENCE}` : `${REFERENCE}${suffix}`;
}
