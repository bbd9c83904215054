import { criterion } from "../criterion.ts";
import { crossEntropy } from "../losses/index.ts";
import { BACKGROUND } from "./assign.ts";
import { isHardNegatives } from "./classLoss.ts";
import type { ClassLoss } from "./classLoss.ts";

/** From which p_t on an answer is easy. */
const easy = 0.9;

/**
 * The share of a batch's class loss that comes from easy background: logits of background anchors that already say "no" with p_t > .9.
 *
 * It is what focal loss is about: each of them costs next to nothing, but there are thousands for every object, and
 * cross-entropy adds them up. With hard negatives only anchors that were picked count.
 *
 * @param logits - [anchors, classes] of the whole batch
 * @param labels - of each anchor: a class, −1 background, −2 ignored
 * @returns 0 … 1; 0 where there is no loss at all
 */
export function easyBackgroundShare(loss: ClassLoss, logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length, targets = new Uint8Array(logits.length), mined = isHardNegatives(loss);
  labels.forEach((label, anchor) => {
    if (label > BACKGROUND) targets[anchor * classes + label] = 1;
  });
  const losses = criterion(mined ? crossEntropy() : loss, { reduction: "none", classes, from: "logits" }).value(logits, targets) as ArrayLike<number>;
  const sum = (anchor: number, from: (logit: number) => boolean): number => {
    let total = 0;
    for (let i = anchor * classes; i < (anchor + 1) * classes; i++) if (from(logits[i]!)) total += losses[i]!;
    return total;
  };
  const background: { all: number; easy: number }[] = [], bound = Math.log((1 - easy) / easy);
  let objects = 0, positives = 0;
  labels.forEach((label, anchor) => {
    if (label > BACKGROUND) {
      positives++;
      objects += sum(anchor, () => true);
    } else if (label === BACKGROUND) background.push({ all: sum(anchor, () => true), easy: sum(anchor, (logit) => logit < bound) });
  });
  const counted = mined ? background.sort((a, b) => b.all - a.all).slice(0, loss.hardNegatives * Math.max(1, positives)) : background;
  const total = counted.reduce((all, anchor) => all + anchor.all, objects);
  return total > 0 ? counted.reduce((all, anchor) => all + anchor.easy, 0) / total : 0;
}
