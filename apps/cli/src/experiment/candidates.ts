import { crossEntropy, effectiveNumberWeights, focal, FocalError } from "focal-loss";
import type { Calibration, Loss } from "focal-loss";

/** One loss to train with, on every split. */
export interface Candidate {
  readonly name: string;
  /** As the report prints it. */
  readonly formula: string;
  /** Added to the seed of first weights and batches. */
  readonly seedShift: number;
  /** The loss, for a training part with so many rows of each class. */
  loss(counts: readonly number[]): Loss;
  /** Steps that put this loss's scores back on the probability scale. */
  recovery(counts: readonly number[]): readonly Calibration[];
}

/** Class weights of a focal candidate: none, the paper's α_t, or effective-number weights. */
export type AlphaChoice = "none" | "balanced" | number;

/** The restart's first weights and batches have nothing to do with the others'. */
const restartShift = 1_000_003;

export const REFERENCE = "cross-entropy";
const RESTART = "cross-entropy (restart)";

const plain = (): Loss => crossEntropy();
const nothing = (): readonly Calibration[] => [];

/**
 * What is always trained: cross-entropy; cross-entropy again from other first weights, whose difference is noise;
 * cross-entropy with effective-number weights; and focal loss for each γ and α asked for.
 *
 * @throws FocalError `argument` for a number α with more than two classes
 */
export function candidatesFor(gammas: readonly number[], alphas: readonly AlphaChoice[], classes: number): Candidate[] {
  const cross = { formula: "−log pₜ", loss: plain, recovery: nothing };
  const focals = gammas.flatMap((gamma) => alphas.map((alpha) => focalCandidate(gamma, alpha, classes)));
  const names = new Set(focals.map(({ name }) => name));
  if (names.size < focals.length) throw new FocalError("argument", "gamma and alpha must not repeat a value");
  return [
    { name: REFERENCE, seedShift: 0, ...cross },
    { name: RESTART, seedShift: restartShift, ...cross },
    {
      name: "balanced cross-entropy", formula: "−w_y log pₜ, w by effective number", seedShift: 0,
      loss: (counts) => crossEntropy({ alpha: effectiveNumberWeights(counts) }),
      recovery: (counts) => [{ kind: "posterior", gamma: 0, alpha: effectiveNumberWeights(counts) }],
    },
    ...focals,
  ];
}

function focalCandidate(gamma: number, alpha: AlphaChoice, classes: number): Candidate {
  if (typeof alpha === "number" && classes > 2) {
    throw new FocalError("argument", `alpha must be none or balanced for ${classes} classes, got ${alpha}: α and 1 − α name two classes only`);
  }
  const setting = (counts: readonly number[]): { alpha?: number | number[] } =>
    alpha === "none" ? {} : { alpha: alpha === "balanced" ? effectiveNumberWeights(counts) : alpha };
  const suffix = alpha === "none" ? "" : alpha === "balanced" ? ", balanced" : `, α = ${alpha}`;
  const weight = alpha === "none" ? "" : alpha === "balanced" ? "w_y " : "αₜ ";
  focal(typeof alpha === "number" ? { gamma, alpha } : { gamma }); // refuses what cannot be trained with
  return {
    name: `focal γ = ${gamma}${suffix}`, formula: `−${weight}(1 − pₜ)^${gamma} log pₜ`, seedShift: 0,
    loss: (counts) => focal({ gamma, ...setting(counts) }),
    recovery: (counts) => [{ kind: "posterior", gamma, ...setting(counts) }],
  };
}
