import { describe, FocalError } from "./errors.ts";

type Numbers = ArrayLike<number>;

/**
 * Class weights by the effective number of examples.
 *
 * The hundredth example of a class tells less that is new than the first, so n examples count as
 * E_n = (1 − βⁿ)/(1 − β) < n, and a class weighs 1/E_n. β = 0 weighs classes alike, β → 1 by inverse frequency.
 * Pass the result as a loss's `alpha`.
 *
 * w_k ∝ (1 − β) / (1 − β^{n_k}), scaled to sum to the number of classes
 *
 * @param counts - training examples of each class. A class without any weighs 0, the others are scaled as if it were not there
 * @param beta - in [0, 1), default 0.9999
 * @returns one weight per class, with the sum C
 * @throws FocalError `argument` when beta is outside its range or no class has an example
 *
 * @example
 * effectiveNumberWeights([900, 100]);   // [0.2072…, 1.7928…]
 *
 * @see Cui, Jia, Lin, Song, Belongie: Class-Balanced Loss Based on Effective Number of Samples, 2019, https://arxiv.org/abs/1901.05555
 */
export function effectiveNumberWeights(counts: Numbers, beta = 0.9999): number[] {
  if (!(typeof beta === "number" && beta >= 0 && beta < 1)) throw new FocalError("argument", `beta must be in [0, 1), got ${describe(beta)}`);
  return weigh(counts, (n) => (1 - beta) / -Math.expm1(n * Math.log(beta)));
}

/**
 * Class weights by inverse frequency, w_k ∝ 1/n_k: every class weighs the same in sum.
 *
 * @param counts - training examples of each class; a class without any weighs 0
 * @returns one weight per class, with the sum C
 * @throws FocalError `argument` when no class has an example
 *
 * @example
 * inverseFrequencyWeights([900, 100]);   // [0.2, 1.8]
 */
export function inverseFrequencyWeights(counts: Numbers): number[] {
  return weigh(counts, (n) => 1 / n);
}

function weigh(counts: Numbers, weight: (n: number) => number): number[] {
  expectCounts(counts);
  const raw = Array.from(counts, (n) => (n === 0 ? 0 : weight(n)));
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((w) => (w * counts.length) / sum);
}

/**
 * The bias at which an untrained sigmoid output already answers the class frequency.
 *
 * Without it every answer starts at one half, and the first steps are spent on unlearning that for the many negatives.
 *
 * b = log(π / (1 − π))
 *
 * @param prior - share of positives, in (0, 1); 0.01 is usual for dense detectors
 * @throws FocalError `argument` when the prior is outside (0, 1)
 *
 * @example
 * sigmoidPriorBias(0.01);   // -4.59511985013459
 *
 * @see Lin et al., section 3.3, https://arxiv.org/abs/1708.02002
 */
export function sigmoidPriorBias(prior: number): number {
  if (!(typeof prior === "number" && prior > 0 && prior < 1)) throw new FocalError("argument", `prior must be in (0, 1), got ${describe(prior)}`);
  return Math.log(prior / (1 - prior));
}

/**
 * The biases at which an untrained softmax output already answers the class frequencies: b_k = log π_k.
 *
 * @param counts - training examples of each class, or their shares. A class without any counts as half an example
 *   (half the smallest share), since log 0 could never be unlearned
 * @throws FocalError `argument` when no class has an example
 *
 * @example
 * softmaxPriorBias([90, 10]);   // [-0.10536051565782628, -2.3025850929940455]
 */
export function softmaxPriorBias(counts: Numbers): number[] {
  expectCounts(counts);
  const seen = Array.from(counts).filter((n) => n > 0);
  const least = Math.min(1, ...seen) / 2;
  const sum = seen.reduce((a, b) => a + b, 0) + (counts.length - seen.length) * least;
  return Array.from(counts, (n) => Math.log((n > 0 ? n : least) / sum));
}

function expectCounts(counts: Numbers): void {
  if (!(Array.isArray(counts) || ArrayBuffer.isView(counts))) throw new FocalError("argument", `counts must be an array, the examples of each class, got ${describe(counts)}`);
  let some = false;
  for (let k = 0; k < counts.length; k++) {
    const n = counts[k]!;
    if (!(typeof n === "number" && n >= 0 && n < Infinity)) throw new FocalError("argument", `counts[${k}] must be a finite number ≥ 0, got ${describe(n)}`);
    some ||= n > 0;
  }
  if (!some) throw new FocalError("argument", "counts must hold at least one class with an example, got none");
}
