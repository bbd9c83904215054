import type { numpy as np } from "@jax-js/jax";
import { expectKnown } from "../../errors.ts";
import type { FocalSettings } from "../../focalLoss.ts";
import { focal } from "../../losses/focal.ts";
import type { Alpha } from "../../losses/loss.ts";
import { jaxLoss } from "./loss.ts";
import type { ArrayLoss } from "./program.ts";

/** The settings of focal loss, as optax names them. */
export interface FocalOptions extends Omit<FocalSettings, "alpha"> {
  /** Class weights; null, optax's None, or left out: no weighting. */
  readonly alpha?: Alpha | null;
}

const ready = new Map<string, ArrayLoss>();
/** Losses kept between calls of the functions below: the settings of one program. */
const kept = 32;

function bound(head: "sigmoid" | "softmax", options: FocalOptions): ArrayLoss {
  expectKnown(`${head}FocalLoss`, options, ["alpha", "gamma"]);
  const { alpha, gamma } = options, settings = { ...(gamma !== undefined && { gamma }), ...(alpha !== undefined && alpha !== null && { alpha }) };
  const key = JSON.stringify([head, settings]);
  let found = ready.get(key);
  if (!found) {
    found = jaxLoss(focal(settings), { head });
    if (ready.size === kept) ready.delete(ready.keys().next().value!);
    ready.set(key, found);
  }
  return found;
}

/**
 * optax's focal loss: of yes-or-no logits, one loss per logit, without a reduction.
 *
 * FL(p_t) = −α_t (1 − p_t)^γ log(p_t), p = σ(logit)
 *
 * Finite with all its derivatives for every finite logit and γ ≥ 0; see {@link jaxLoss}. It consumes its arguments.
 *
 * @param logits - of any shape and float type
 * @param labels - 0 or 1 in the shape of the logits, of a float type also anything between
 * @param options - alpha: positives weigh alpha, negatives 1 − alpha (default: every class weighs 1); gamma, ≥ 0 (default 2)
 * @returns losses in the shape of the logits
 * @throws FocalError naming the argument, its value and what was expected
 *
 * @example
 * sigmoidFocalLoss(np.array([2, -1, 0.5]), np.array([1, 0, 0]), { alpha: 0.25, gamma: 2 }).js();   // [ 0.00045…, 0.01699…, 0.28305… ]
 *
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.sigmoid_focal_loss
 */
export function sigmoidFocalLoss(logits: np.Array, labels: np.Array, options: FocalOptions = {}): np.Array {
  return bound("sigmoid", options)(logits, labels);
}

/**
 * Focal loss of rows of competing logits, one loss per row, without a reduction.
 *
 * FL(p_y) = −α_y (1 − p_y)^γ log(p_y), p = softmax over the last axis
 *
 * @param logits - classes along the last axis; −∞ for one that is masked
 * @param labels - one class per row, or a share of every class (one-hot or soft) in the shape of the logits
 * @param options - alpha: one weight per class (default: every class weighs 1); gamma, ≥ 0 (default 2)
 * @returns losses in the shape of the logits without their last axis; 0 for a row whose label is no class, as −1
 * @throws FocalError naming the argument, its value and what was expected
 *
 * @example
 * softmaxFocalLoss(np.array([[1, 0, -1], [0, 1, 2]]), np.array([2, 1]), { gamma: 2 }).js();   // [ 1.9936…, 0.8029… ]
 *
 * @see https://arxiv.org/abs/1708.02002
 */
export function softmaxFocalLoss(logits: np.Array, labels: np.Array, options: FocalOptions = {}): np.Array {
  return bound("softmax", options)(logits, labels);
}
