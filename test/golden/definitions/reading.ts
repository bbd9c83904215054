/**
 * What a loss may read of an example: the probability of the true class and what goes with it.
 *
 * A target t between 0 and 1 is read by one of three rules. "interpolate": p_t = t p + (1 − t)(1 − p);
 * "quality": 1 − p_t = |t − p|; both read −log p_t as the cross-entropy with t. "mixture" is no reading
 * but a sum of two losses; see heads.ts.
 */
import type { Decimal } from "decimal.js";
import { awayFrom, one, power, remembered, sum, zero } from "../decimal.ts";
import type { Numbers } from "../decimal.ts";

export interface Reading {
  /** p_t and 1 − p_t. */
  readonly p: Decimal;
  readonly q: Decimal;
  /** −log p_t */
  readonly minusLog: Decimal;
  /** log(p_t / (1 − p_t)), where p_t is a probability of a class. */
  readonly margin?: Decimal;
}

const sigmoid = (x: Decimal): Decimal => one.div(one.plus(power(x.neg())));

/** Positive or negative at logit x. */
export const hard = (x: Decimal, positive: boolean): Reading => ofMargin(positive ? x : x.neg());
const ofMargin = remembered((margin: Decimal): Reading => {
  const p = sigmoid(margin);
  return { p, q: sigmoid(margin.neg()), minusLog: p.ln().neg(), margin };
});

const crossEntropy = (yes: Reading, no: Reading, t: Decimal): Decimal => t.times(yes.minusLog).plus(one.minus(t).times(no.minusLog));

export function interpolate(x: Decimal, t: Decimal): Reading {
  const yes = hard(x, true), no = hard(x, false), rest = one.minus(t);
  return {
    p: t.times(yes.p).plus(rest.times(no.p)),
    q: t.times(yes.q).plus(rest.times(no.q)),
    minusLog: crossEntropy(yes, no, t),
  };
}

export function quality(x: Decimal, t: Decimal): Reading {
  const yes = hard(x, true), no = hard(x, false);
  const q = awayFrom(zero, t.minus(yes.p)).abs();
  return { p: one.minus(q), q, minusLog: crossEntropy(yes, no, t) };
}

/** e^z_k ÷ Σ e^z_j for every class. */
export function softmax(row: Numbers): Decimal[] {
  const powers = row.map(power), total = sum(powers);
  return powers.map((each) => each.div(total));
}

/** Class k of a row of logits. */
export const ofClass = remembered((row: Numbers, k: number): Reading => {
  const p = softmax(row), q = sum(p.filter((_, j) => j !== k)), minusLog = p[k]!.ln().neg();
  return { p: p[k]!, q, minusLog, get margin() { return q.ln().plus(minusLog).neg(); } };
});
