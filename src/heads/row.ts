import type { Floats } from "./job.ts";
import { marginOf, othersOf } from "./softmax.ts";

/**
 * One softmax row seen from every class at once: the margin of each class k,
 *
 *   u_k = z_k − logsumexp_{j≠k} z_j,    ∂u_k/∂z_k = 1,    ∂u_k/∂z_j = −r_j^(k) = −e^{z_j} / Σ_{i≠k} e^{z_i}
 *
 * and how slopes by the margins become slopes by the logits. All of it takes time proportional to the number of
 * classes, and sums of positive numbers only: the sums that leave one class out are added up from both ends.
 */
export class Row {
  readonly margins: Float64Array;
  /** What `spread` found. */
  readonly grad: Float64Array;
  readonly hessian: Float64Array;
  /** e^{z_j − z_top}, and its sum over all but the greatest and class j. */
  readonly #power: Float64Array;
  readonly #rest: Float64Array;
  /** The greatest logit's class, and the others as it sees them. */
  #top = 0;
  readonly #others: ReturnType<typeof othersOf>;
  readonly #offsets: Float64Array;

  constructor(offsets: Float64Array) {
    const room = (): Float64Array => new Float64Array(offsets.length);
    [this.margins, this.grad, this.hessian, this.#power, this.#rest] = [room(), room(), room(), room(), room()];
    this.#others = othersOf(offsets.length);
    this.#offsets = offsets;
  }

  /** Takes up the row whose logits begin at `start` and stand `inner` apart. */
  read(logits: Floats, start: number, inner: number): void {
    const power = this.#power, rest = this.#rest, offsets = this.#offsets, last = power.length - 1;
    const logit = (j: number): number => logits[start + j * inner]! + offsets[j]!;
    let top = 0;
    for (let j = 1; j <= last; j++) if (logit(j) > logit(top)) top = j;
    const greatest = logit(top);
    for (let j = 0, sum = 0; j <= last; j++) {
      power[j] = j === top ? 0 : Math.exp(logit(j) - greatest);
      rest[j] = sum;
      sum += power[j]!;
    }
    for (let j = last, sum = 0; j >= 0; j--) {
      rest[j]! += sum;
      sum += power[j]!;
      if (j !== top) this.margins[j] = logit(j) - greatest - Math.log1p(rest[j]!);
    }
    power[top] = 1;
    this.margins[top] = marginOf(logits, start, inner, offsets, top, this.#others);
    this.#top = top;
  }

  /** ∂u_k/∂z_j */
  partial(k: number, j: number): number {
    if (k === j) return 1;
    return k === this.#top ? -this.#others.share[j]! : -this.#power[j]! / (1 + this.#rest[k]!);
  }

  /**
   * Leaves in `grad` and `hessian` the first and second derivatives by each logit of Σ_k f_k(u_k), whose
   * slopes and curvatures by the margins are given.
   */
  spread(slopes: Float64Array, curvatures: Float64Array): void {
    const { grad, hessian } = this, top = this.#top, { share, complement } = this.#others;
    let pull = 0, bend = 0, topBend = 0;
    for (let k = 0; k < slopes.length; k++) {
      if (k === top) continue;
      const sum = 1 + this.#rest[k]!;
      pull += slopes[k]! / sum;
      bend += (curvatures[k]! + slopes[k]!) / (sum * sum);
      topBend += (curvatures[k]! - slopes[k]! * this.#rest[k]!) / (sum * sum);
    }
    for (let j = 0; j < slopes.length; j++) {
      const slope = slopes[j]!, curvature = curvatures[j]!;
      if (j === top) {
        grad[j] = slope - pull;
        hessian[j] = curvature + topBend;
        continue;
      }
      const power = this.#power[j]!, sum = 1 + this.#rest[j]!;
      const byOthers = power * (pull - slope / sum);
      grad[j] = slope - byOthers - slopes[top]! * share[j]!;
      hessian[j] = curvature + power * power * (bend - (curvature + slope) / (sum * sum)) - byOthers
        + curvatures[top]! * share[j]! * share[j]! - slopes[top]! * share[j]! * complement[j]!;
    }
  }
}
