import { recoverPosterior } from "focal-loss/evaluate";
import { randomNumbers } from "focal-loss/train";

/** The loss that scores come from; α = 0.5 weighs both classes alike. */
export interface LossSettings {
  readonly gamma: number;
  readonly alpha: number;
}

/** Scores of the positive class, with the truth. */
export interface Scored {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

/** Scores σ(x) are tabulated at logits from −WIDEST to WIDEST, so many per unit. */
const WIDEST = 24, PER_UNIT = 100;

/**
 * The probabilities that scores mean: the library's posterior recovery, for the positive of two classes.
 *
 * @param logits - of the scores
 */
export function meaningOf(logits: ArrayLike<number>, { gamma, alpha }: LossSettings): Float64Array {
  const rows = new Float64Array(2 * logits.length);
  for (let i = 0; i < logits.length; i++) {
    rows[2 * i] = 1 / (1 + Math.exp(logits[i]!));
    rows[2 * i + 1] = 1 / (1 + Math.exp(-logits[i]!));
  }
  return recoverPosterior(rows, 2, { gamma, ...(alpha !== 0.5 && { alpha }) }).filter((_, i) => i % 2 === 1);
}

/** The score with which a perfect learner answers each probability: the one of least expected focal loss, {@link meaningOf} read backwards. */
export function scoreOf(loss: LossSettings): (probability: number) => number {
  const logits = Float64Array.from({ length: 2 * WIDEST * PER_UNIT + 1 }, (_, i) => i / PER_UNIT - WIDEST), meanings = meaningOf(logits, loss);
  return (probability) => {
    let low = 0, high = logits.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (meanings[middle]! < probability) low = middle;
      else high = middle;
    }
    const part = (logitOf(probability) - logitOf(meanings[low]!)) / (logitOf(meanings[high]!) - logitOf(meanings[low]!));
    return 1 / (1 + Math.exp(-(logits[low]! + Math.min(1, Math.max(0, part)) / PER_UNIT)));
  };
}

const logitOf = (p: number): number => Math.log(p) - Math.log1p(-p);

/** Examples of which the true probability of being positive is known, scored by a perfect learner of a loss. */
export function simulate(loss: LossSettings, seed: number, count = 20_000): Scored & { readonly truth: Float64Array } {
  const random = randomNumbers(seed * 2 + 3), score = scoreOf(loss), labels = new Uint8Array(count), truth = new Float64Array(count);
  const scores = truth.map((_, i) => {
    // A sum of twelve uniform numbers is as good as normal here. One example in five is positive, about.
    let spread = -6;
    for (let k = 0; k < 12; k++) spread += random();
    const probability = truth[i] = 1 / (1 + Math.exp(2 - 1.8 * spread));
    labels[i] = random() < probability ? 1 : 0;
    return score(probability);
  });
  return { scores, labels, truth };
}
