import { effectiveNumberWeights } from "../balance.ts";
import { expectKnown, FocalError } from "../errors.ts";
import { focal } from "./focal.ts";
import type { Loss, Parameter } from "./loss.ts";

/** Settings of {@link classBalancedFocal}. */
export interface ClassBalancedSettings {
  /** Training examples of each class: `[negatives, positives]` for the sigmoid head. */
  readonly counts: ArrayLike<number>;
  /** In [0, 1), default 0.9999. */
  readonly beta?: number;
  /** Default 2. */
  readonly gamma?: Parameter;
}

/**
 * Class-balanced focal loss: focal loss whose class weights are one over the effective number of examples.
 *
 * CB(p_t) = −w_y (1 − p_t)^γ log(p_t),  w_k ∝ (1 − β) / (1 − β^{n_k}), summing to the number of classes
 *
 * @throws FocalError `argument` for counts, beta or gamma out of range
 *
 * @example
 * classBalancedFocal({ counts: [900, 100] }).alpha;   // [0.2072…, 1.7928…]
 *
 * @see Cui, Jia, Lin, Song, Belongie, 2019, https://arxiv.org/abs/1901.05555
 */
export function classBalancedFocal(settings: ClassBalancedSettings): Loss {
  expectKnown("classBalancedFocal", settings, ["counts", "beta", "gamma"]);
  const { counts, beta = 0.9999, gamma = 2 } = settings;
  if (counts === undefined) throw new FocalError("argument", "classBalancedFocal needs counts, the number of training examples of each class");
  return focal({ gamma, alpha: effectiveNumberWeights(counts, beta) });
}
