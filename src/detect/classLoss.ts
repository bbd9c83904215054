import { numpy as np } from "@jax-js/jax";
import { jaxLoss } from "../adapters/jax/index.ts";
import { crossEntropy } from "../losses/index.ts";
import type { AnyLoss } from "../losses/loss.ts";
import { BACKGROUND } from "./assign.ts";
import { hardest } from "./hardNegatives.ts";
import type { HardNegatives } from "./hardNegatives.ts";

/** What classes are judged by: any loss that looks at one logit at a time, or cross-entropy over positives and the hardest negatives. */
export type ClassLoss = AnyLoss | HardNegatives;

export const isHardNegatives = (loss: ClassLoss): loss is HardNegatives => "hardNegatives" in loss;

/**
 * The sum of every anchor's class losses: each class is a yes-or-no question of its own, all answered "no" by background.
 *
 * @returns a function of logits [batch, anchors, classes], labels [batch, anchors] (a class, −1 background, −2 ignored; int32)
 *   and the number of positives [1]; consumes them
 */
export function classLoss(loss: ClassLoss, classes: number): (logits: np.Array, labels: np.Array, positives: np.Array) => np.Array {
  const mined = isHardNegatives(loss), each = jaxLoss(mined ? crossEntropy() : loss, { classes });
  return (logits, labels, positives) => {
    const [batch, anchors] = labels.shape as [number, number];
    const asked = np.arange(classes).reshape([1, 1, classes]).astype(np.int32);
    const losses = np.sum(each(logits, labels.ref.reshape([batch, anchors, 1]).equal(asked)), 2);
    const counts = mined ? hardest(losses.ref, labels, positives, loss.hardNegatives) : (positives.dispose(), labels.greaterEqual(BACKGROUND));
    return np.sum(np.sum(losses.mul(counts.astype(np.float32)), 1));
  };
}
