import { FocalError } from "./errors.ts";
import type { Floats, Head } from "./heads/job.ts";
import type { Order } from "./losses/derive.ts";

/** What the scores handed to a criterion are. */
export type From = "logits" | "probabilities" | "logProbabilities";

interface Result {
  readonly grad: Floats | undefined;
  readonly hessian: Floats | undefined;
}

/**
 * The logits behind scores.
 *
 * In float64, so that nothing is lost on the way. For the sigmoid head x = log p − log(1 − p); softmax takes log p, so that rows are normalised. A probability of exactly
 * 0 or 1 counts as its nearest neighbour in its own precision, so that value and gradient stay finite.
 */
export function logitsFrom(scores: Floats, from: From, head: Head): Floats {
  if (from === "logits") return scores;
  checkScores(scores, from);
  if (from === "logProbabilities") return Float64Array.from(scores, (l) => (head === "softmax" ? l : l - logComplement(l, scores)));
  return Float64Array.from(scores, (p) => {
    if (head === "softmax") return Math.log(Math.max(p, least(scores)));
    const inside = within(p, scores);
    return Math.log(inside) - Math.log1p(-inside);
  });
}

/** Turns derivatives by the logits into derivatives by the scores, in place: the chain rule, one score at a time. */
export function chainToScores(scores: Floats, from: From, head: Head, order: Order, { grad, hessian }: Result): void {
  if (from === "logits" || order === 0 || !grad) return;
  for (let i = 0; i < scores.length; i++) {
    const [first, turn] = head === "sigmoid" ? slopesOfLogit(scores[i]!, from, scores) : slopesOfLog(scores[i]!, from, scores);
    if (hessian) hessian[i] = (hessian[i]! * first + grad[i]! * turn) * first;
    grad[i]! *= first;
  }
}

/** dx/ds of the logit x, and d²x/ds² ÷ dx/ds: near p = 0 the second derivative alone would overflow. */
function slopesOfLogit(score: number, from: From, scores: Floats): [number, number] {
  if (from === "logProbabilities") {
    const rest = -Math.expm1(Math.min(score, -gap(scores)));
    return [1 / rest, (1 - rest) / rest];
  }
  const p = within(score, scores), first = 1 / (p * (1 - p));
  return [first, (2 * p - 1) * first];
}

/** The same for softmax, whose logit is log p. */
function slopesOfLog(score: number, from: From, scores: Floats): [number, number] {
  if (from === "logProbabilities") return [1, 0];
  const p = Math.max(score, least(scores));
  return [1 / p, -1 / p];
}

/** The smallest normal number, and the distance from 1 to the number below it. */
const least = (scores: Floats): number => (scores instanceof Float32Array ? 2 ** -126 : 2 ** -1022);
const gap = (scores: Floats): number => (scores instanceof Float32Array ? 2 ** -24 : 2 ** -53);
const within = (p: number, scores: Floats): number => Math.min(Math.max(p, least(scores)), 1 - gap(scores));
/** log(1 − e^l) for l < 0 */
const logComplement = (l: number, scores: Floats): number => {
  const below = Math.min(l, -gap(scores));
  return below > -Math.LN2 ? Math.log(-Math.expm1(below)) : Math.log1p(-Math.exp(below));
};

function checkScores(scores: Floats, from: From): void {
  for (let i = 0; i < scores.length; i++) {
    const s = scores[i]!;
    if (from === "probabilities" ? s < 0 || s > 1 : s > 0) {
      throw new FocalError("argument", from === "probabilities" ? `probabilities[${i}] must be in [0, 1], got ${s}; scores of any size are logits: from: "logits"` : `logProbabilities[${i}] must be ≤ 0, got ${s}`);
    }
  }
}
