import { describe, expectKnown, FocalError } from "../errors.ts";
import { add, log, mul, neg, pow, select, sub } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { defineLoss } from "./define.ts";
import type { Alpha, Loss } from "./loss.ts";

/** What {@link AdaFocal} carries from epoch to epoch: plain data that JSON keeps. */
export interface AdaFocalState {
  /** One γ per bin of confidence, from 0 to 1; below 0 inverse focal loss with |γ|. */
  readonly gammas: readonly number[];
  /** How fast γ follows the calibration gap, λ. */
  readonly rate: number;
  /** γ changes to inverse focal loss, and back, below this size. */
  readonly threshold: number;
  readonly least: number;
  readonly most: number;
}

/** How {@link AdaFocal} begins. */
export interface AdaFocalOptions extends Partial<Omit<AdaFocalState, "gammas">> {
  readonly bins?: number;
  readonly gamma?: number;
}

/**
 * AdaFocal: γ finds itself, bin by bin, from how well calibrated the model is on validation data.
 *
 * Where confidence exceeds accuracy γ grows, where it lags behind γ shrinks, and turns to inverse focal loss once it is
 * small. The state is the γ of every bin; each epoch: train with `loss()`, then `update` with validation predictions.
 *
 * L(p_t) = −α_t (1 − p_t)^γ_b log(p_t) where γ_b ≥ 0,  −α_t (1 + p_t)^|γ_b| log(p_t) where γ_b < 0,  b the bin of p_t
 *
 * γ_b ← γ_b · e^{λ(C_b − A_b)} (the exponent's sign turned where γ_b < 0), at most `most`, at least `least`; below
 * `threshold` in size it goes over to ∓threshold
 *
 * @param options - bins (default 15), gamma to begin with (default 1: focal loss), rate λ (default 1), threshold
 *   (default 0.2), least and most γ (defaults −2 and 20)
 * @throws FocalError `argument` for values out of range
 *
 * @example
 * const ada = new AdaFocal({ bins: 2 });
 * ada.update([0.9, 0.8], [1, 0]);        // confident by .85, right by .5
 * ada.toJSON().gammas;                   // [1, 1.4190675485932573]
 * criterion(ada.loss(), { reduction: "sum" }).value([2], [1]);   // 0.0062…
 *
 * @see Ghosh, Schaaf, Gormley: AdaFocal: Calibration-aware Adaptive Focal Loss, 2022, https://arxiv.org/abs/2211.11838
 */
export class AdaFocal {
  #state: AdaFocalState;

  constructor(options: AdaFocalOptions = {}) {
    expectKnown("AdaFocal", options, ["bins", "gamma", "rate", "threshold", "least", "most"]);
    const { bins = 15, gamma = 1, rate = 1, threshold = 0.2, least = -2, most = 20 } = options;
    if (!(Number.isInteger(bins) && bins >= 1 && bins <= 1000)) throw new FocalError("argument", `bins must be a whole number from 1 to 1000, got ${describe(bins)}`);
    if (!(threshold > 0)) throw new FocalError("argument", `threshold must be > 0, got ${threshold}`);
    if (!(least <= -threshold && most >= threshold)) throw new FocalError("argument", `least and most must enclose ±${threshold}, got ${least} and ${most}`);
    if (!(gamma >= least && gamma <= most)) throw new FocalError("argument", `gamma must be in [${least}, ${most}], got ${gamma}`);
    if (!(rate >= 0 && rate < Infinity)) throw new FocalError("argument", `rate must be a finite number ≥ 0, got ${rate}`);
    this.#state = { gammas: new Array<number>(bins).fill(gamma), rate, threshold, least, most };
  }

  /** Goes on from a state that `toJSON` gave. */
  static from(state: AdaFocalState): AdaFocal {
    if (!Array.isArray(state?.gammas)) throw new FocalError("argument", "AdaFocal.from takes what toJSON gave: { gammas, rate, threshold, least, most }");
    const { gammas, ...options } = state;
    const made = new AdaFocal({ ...options, bins: gammas.length }), { least, most } = made.#state;
    const wrong = gammas.findIndex((gamma) => !(gamma >= least && gamma <= most));
    if (wrong >= 0) throw new FocalError("argument", `gammas[${wrong}] must be in [${least}, ${most}], got ${describe(gammas[wrong])}`);
    made.#state = { ...made.#state, gammas: [...gammas] };
    return made;
  }

  /** The loss for the next epoch. */
  loss(settings: { readonly alpha?: Alpha } = {}): Loss {
    const { gammas } = this.#state;
    const inBins = (pt: Expr): Expr => gammas
      .map((gamma) => (gamma >= 0 ? pow(sub(1, pt), gamma) : pow(add(1, pt), -gamma)))
      .reduceRight((above, factor, bin) => select(sub(pt, (bin + 1) / gammas.length), above, factor));
    return defineLoss("adaFocal", {}, ({ pt, alphaT }) => neg(mul(alphaT, inBins(pt), log(pt))), { reference: "https://arxiv.org/abs/2211.11838" })(settings);
  }

  /**
   * Takes in validation predictions.
   *
   * @param confidences - the probability of the predicted class of each example
   * @param correct - whether the prediction was right: 1 or 0. A bin without an example keeps its γ
   */
  update(confidences: ArrayLike<number>, correct: ArrayLike<number | boolean>): void {
    if (confidences.length !== correct.length) throw new FocalError("shape", `there must be one confidence per answer: expected ${correct.length}, got ${confidences.length}`);
    const { gammas, rate, threshold, least, most } = this.#state, bins = gammas.length;
    const gaps = new Float64Array(bins), seen = new Float64Array(bins);
    for (let i = 0; i < confidences.length; i++) {
      const confidence = confidences[i]!;
      if (!(confidence >= 0 && confidence <= 1)) throw new FocalError("argument", `confidences[${i}] must be in [0, 1], got ${confidence}`);
      const bin = Math.min(bins - 1, Math.floor(confidence * bins)), right = Number(correct[i]);
      if (right !== 0 && right !== 1) throw new FocalError("argument", `correct[${i}] must be 1 or 0, got ${describe(correct[i])}`);
      gaps[bin]! += confidence - right;
      seen[bin]!++;
    }
    const moved = gammas.map((gamma, bin) => {
      if (seen[bin] === 0) return gamma;
      const gap = gaps[bin]! / seen[bin]!;
      if (gamma >= 0) {
        const next = Math.min(most, gamma * Math.exp(rate * gap));
        return next < threshold ? -threshold : next;
      }
      const next = Math.max(least, gamma * Math.exp(-rate * gap));
      return next > -threshold ? threshold : next;
    });
    this.#state = { ...this.#state, gammas: moved };
  }

  toJSON(): AdaFocalState {
    return { ...this.#state, gammas: [...this.#state.gammas] };
  }
}
