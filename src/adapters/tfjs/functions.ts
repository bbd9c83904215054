import type { Tensor, TensorLike } from "@tensorflow/tfjs-core";
import { expectKnown } from "../../errors.ts";
import type { FocalSettings } from "../../focalLoss.ts";
import type { Head } from "../../heads/job.ts";
import { focal } from "../../losses/focal.ts";
import { bindTensors, optionNames } from "./bind.ts";
import type { TensorLoss, TfjsOptions } from "./bind.ts";
import { sigmoidOnly, softmaxOnly } from "./kinds.ts";
import type { KindOf } from "./kinds.ts";

/** The settings of focal loss, weights, and what a loss is bound with. */
export interface FocalOptions extends FocalSettings, Omit<TfjsOptions, "head"> {
  /** Factors on the losses, to whose shape they broadcast. */
  readonly weights?: Tensor | TensorLike | null;
}

const ready = new Map<string, TensorLoss>();
/** Losses kept between calls of the functions below: the settings of one program. */
const kept = 32;

function bound(head: Head, kindOf: KindOf, options: FocalOptions): TensorLoss {
  expectKnown(`${head}FocalLoss`, options, ["gamma", "alpha", "weights", ...optionNames.filter((name) => name !== "head")]);
  const { gamma, alpha, weights: _, ...rest } = options;
  const settings = { ...(gamma !== undefined && { gamma }), ...(alpha !== undefined && { alpha }) }, key = JSON.stringify([head, settings, rest]);
  let found = ready.get(key);
  if (!found) {
    found = bindTensors(focal(settings), { ...rest, head }, kindOf);
    if (ready.size === kept) ready.delete(ready.keys().next().value!);
    ready.set(key, found);
  }
  return found;
}

/**
 * Focal loss of yes-or-no logits, beside `tf.losses.sigmoidCrossEntropy` and called like it.
 *
 * FL(p_t) = −α_t (1 − p_t)^γ log(p_t), p = σ(logit)
 *
 * @param labels - 0 or 1, or soft targets between, in the shape of the logits; float32, int32 or bool
 * @param logits - of any shape
 * @param options - gamma (default 2), alpha (default none; the paper's is 0.25 at γ = 2), weights, labelSmoothing,
 *   reduction (default SUM_BY_NONZERO_WEIGHTS: the mean, without weights), from, classes, soft
 * @returns a scalar, or with Reduction.NONE the losses
 * @throws FocalError naming the argument, its value and what was expected
 *
 * @example
 * sigmoidFocalLoss([1, 0, 0], [2, -1, 0.5], { alpha: 0.25, gamma: 2 }).dataSync()[0];   // 0.10016…
 *
 * @see https://arxiv.org/abs/1708.02002
 */
export function sigmoidFocalLoss(labels: Tensor | TensorLike, logits: Tensor | TensorLike, options: FocalOptions = {}): Tensor {
  return bound("sigmoid", sigmoidOnly, options)(labels, logits, options.weights);
}

/**
 * Focal loss of competing logits, beside `tf.losses.softmaxCrossEntropy` and called like it.
 *
 * FL(p_y) = −α_y (1 − p_y)^γ log(p_y), p = softmax over the last axis
 *
 * @param labels - a share of every class (one-hot or soft) in the shape of the logits, or one class per row
 * @param logits - rows of classes along the last axis
 * @param options - as of `sigmoidFocalLoss`; alpha: one weight per class
 * @returns a scalar, or with Reduction.NONE one loss per row
 * @throws FocalError naming the argument, its value and what was expected
 *
 * @example
 * softmaxFocalLoss([2, 1], [[1, 0, -1], [0, 1, 2]], { gamma: 2 }).dataSync()[0];   // 1.39827…
 *
 * @see https://arxiv.org/abs/1708.02002
 */
export function softmaxFocalLoss(labels: Tensor | TensorLike, logits: Tensor | TensorLike, options: Omit<FocalOptions, "classes" | "soft"> = {}): Tensor {
  return bound("softmax", softmaxOnly, options)(labels, logits, options.weights);
}
