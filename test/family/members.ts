/** The members of the family, each as a function of one number γ, and where their formulas change their piece. */
import * as library from "focal-loss";
import type { BatchLoss, Loss, PairLoss } from "focal-loss";

export interface Member<L> {
  readonly name: string;
  /** γ stands for whatever exponent the loss has. */
  readonly of: (gamma: number) => L;
  /** Values of p_t (or p) at which the formula changes its piece. */
  readonly kinks?: readonly number[];
  /** Defined by the margin: between the classes only a mixture of both sides. */
  readonly mixtureOnly?: boolean;
}

/** The exponents that are tried: none, powers that are multiplied out, and powers that are not. */
export const gammas = [0, 0.3, 0.5, 1, 1.7, 2, 3, 5];

/** Each loss is made once for each γ, and so compiled once. */
const family = <L>(members: readonly Member<L>[]): readonly Member<L>[] => members.map(({ of, ...member }) => {
  const made = new Map<number, L>();
  return { ...member, of: (gamma) => made.get(gamma) ?? made.set(gamma, of(gamma)).get(gamma)! };
});

const atLeast = (least: number, gamma: number): number => Math.max(least, gamma);

/** Both heads. */
export const marginLosses = family<Loss>([
  { name: "crossEntropy", of: () => library.crossEntropy() },
  { name: "focal", of: (gamma) => library.focal({ gamma }) },
  { name: "focalStar", of: (gamma) => library.focalStar({ gamma: atLeast(0.25, gamma), beta: 0.75 }), mixtureOnly: true },
  { name: "poly1Focal", of: (gamma) => library.poly1Focal({ gamma, epsilon: 0.75 }) },
  { name: "inverseFocal", of: (gamma) => library.inverseFocal({ gamma }) },
  { name: "reducedFocal", of: (gamma) => library.reducedFocal({ gamma, threshold: 0.375 }), kinks: [0.375] },
  { name: "reducedFocalContinuous", of: (gamma) => library.reducedFocalContinuous({ gamma, threshold: 0.375 }), kinks: [0.375] },
  { name: "flsd53", of: (gamma) => library.flsd53({ hard: gamma, easy: gamma / 2, threshold: 0.25 }), kinks: [0.25] },
  { name: "equalizedFocal", of: (gamma) => library.equalizedFocal({ gamma, base: 1.5 }) },
  { name: "cyclicalFocal", of: (gamma) => library.cyclicalFocal({ share: 0.375, gammaHigh: gamma, gammaLow: gamma / 2 }) },
]);

/** Sigmoid head, with a target of their own reading. */
export const scoreLosses = family<Loss>([
  { name: "asymmetric", of: (gamma) => library.asymmetric({ gammaPos: gamma / 2, gammaNeg: gamma, shift: 0.0625 }), kinks: [0.0625] },
  { name: "qualityFocal", of: (beta) => library.qualityFocal({ beta }) },
  { name: "varifocal", of: (gamma) => library.varifocal({ gamma, negativeWeight: 0.5 }) },
  { name: "gaussianFocal", of: (gamma) => library.gaussianFocal({ gamma, beta: gamma / 2 }) },
]);

/** Softmax head, more than the label's own probability. */
export const rowLosses = family<Loss | PairLoss>([
  { name: "dualFocal", of: (gamma) => library.dualFocal({ gamma }) },
  { name: "distributionFocal", of: () => library.distributionFocal() },
  { name: "asymmetricSingleLabel", of: (gamma) => library.asymmetricSingleLabel({ gammaPos: gamma / 2, gammaNeg: gamma }) },
]);

/** One number for a batch. */
export const batchLosses = family<BatchLoss>([
  { name: "normalizedFocal", of: (gamma) => library.normalizedFocal({ gamma }) },
  { name: "focalTversky", of: (gamma) => library.focalTversky({ gamma: 0.25 + gamma / 2, delta: 0.75 }) },
  { name: "unifiedFocal", of: (gamma) => library.unifiedFocal({ weight: 0.375, delta: 0.625, gamma: gamma / 8 }) },
  { name: "asymmetricUnifiedFocal", of: (gamma) => library.asymmetricUnifiedFocal({ weight: 0.375, delta: 0.625, gamma: gamma / 8 }) },
]);

export type SoftRule = "interpolate" | "mixture" | "quality";

/** How a margin loss may read a target between the classes. */
export const softRules = (member: Member<Loss>): readonly SoftRule[] => (member.mixtureOnly ? ["mixture"] : ["interpolate", "mixture", "quality"]);

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Every p_t that a loss reads at a logit with a target. */
export function readings(x: number, t: number, rule: SoftRule): number[] {
  const p = sigmoid(x);
  if (t === 0) return [1 - p];
  if (t === 1) return [p];
  return rule === "mixture" ? [p, 1 - p] : [rule === "interpolate" ? t * p + (1 - t) * (1 - p) : 1 - Math.abs(t - p)];
}

export const near = (kinks: readonly number[] | undefined, points: readonly number[], distance = 1e-3): boolean =>
  (kinks ?? []).some((kink) => points.some((point) => Math.abs(point - kink) < distance));
