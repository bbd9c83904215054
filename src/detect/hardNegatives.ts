import { lax, numpy as np } from "@jax-js/jax";
import { BACKGROUND } from "./assign.ts";

/** Online hard example mining: cross-entropy over the positives and so many times as many negatives, those of the highest loss. */
export interface HardNegatives {
  /** Negatives per positive, usually 3. */
  readonly hardNegatives: number;
}

/**
 * Which anchors count: all positives, and the batch's negatives of highest loss. Without positives as many as for one.
 *
 * @param losses - [batch, anchors]; consumed, like labels [batch, anchors] and the number of positives [1]
 * @returns booleans [batch, anchors], never more negatives than asked for; of equals either
 *
 * @see Liu et al.: SSD: Single Shot MultiBox Detector, 2016, section 2.2; Shrivastava, Gupta, Girshick: Training Region-based Object Detectors with OHEM, 2016
 */
export function hardest(losses: np.Array, labels: np.Array, positives: np.Array, perPositive: number): np.Array {
  const negative = labels.ref.equal(BACKGROUND), shape = labels.shape;
  const easeOf = np.where(negative.ref, lax.stopGradient(losses).mul(-1), Infinity).reshape([-1]);
  // The place of every anchor in the order of the hardest: sorting the order gives it.
  const place = np.argsort(np.argsort(easeOf)).reshape([...shape]);
  const wanted = np.maximum(positives, 1).mul(perPositive);
  const chosen = np.logicalAnd(negative, place.astype(np.float32).less(wanted));
  return np.logicalOr(labels.greaterEqual(0), chosen);
}
