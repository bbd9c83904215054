import { FocalError } from "../errors.ts";
import { num, sym } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import type { Alpha, Parameter } from "../losses/loss.ts";
import type { SqlModel } from "./fit/model.ts";

const { add, sub, mul, div, neg, exp, log, max, min, select, sigmoid, softplus, log1p } = simplify;
const one = num(1);
/** A logit further out is a probability of 0 or 1 to 43 digits, recovered or not. */
const furthest = num(100);
const sum = (terms: readonly Expr[]): Expr => terms.reduce(add);

/** The loss that scores were trained with, whose bend is undone. */
export interface Recovery {
  /** γ ≥ 0, or one per class; 0: only the weights are undone. */
  readonly gamma: Parameter;
  /** Its class weights, as the loss took them. */
  readonly alpha?: Alpha | undefined;
}

/** How the posterior is recovered from a model's scores; undefined for losses of which no way back is known. */
export function recoveryOf({ loss: { name, parameters, alpha } }: SqlModel): Recovery | undefined {
  const gamma = name === "crossEntropy" ? 0 : name === "focal" ? parameters["gamma"] : undefined;
  return gamma === undefined ? undefined : { gamma, alpha: alpha ?? undefined };
}

/**
 * Probabilities of classes as formulas of the logits `logit0`, `logit1`, …, lowered: of the positive alone under a sigmoid.
 *
 * A recovery undoes what focal loss and class weights did, as `recoverPosterior` does:
 *
 *   η_k ∝ h(v_k) / w_k,    log h(v) = log v + (1 − γ) log(1 − v) − log(1 − v − γ v log v)
 */
export function probabilityFormulas(head: SqlModel["head"], outputs: number, recovery: Recovery | undefined): Expr[] {
  const logits = Array.from({ length: outputs }, (_, k) => sym(`logit${k}`));
  if (head === "sigmoid") return lower([sigmoid(recovery ? recoveredLogit(logits[0]!, pair(recovery.gamma), binaryWeights(recovery.alpha)) : logits[0]!)]);
  if (head === "softmax") return lower(recovery ? recoveredShares(logits, recovery) : sharesOf(logits));
  const own = logits.map((logit, k) => {
    if (!recovery) return sigmoid(logit);
    const alpha = typeof recovery.alpha === "object" && !("uniform" in recovery.alpha) ? recovery.alpha[k] : recovery.alpha;
    return sigmoid(recoveredLogit(logit, pair(typeof recovery.gamma === "number" ? recovery.gamma : recovery.gamma[k]!), binaryWeights(alpha)));
  });
  const all = max(sum(own), num(2 ** -1022));
  return lower(own.map((p) => div(p, all)));
}

type Pair = readonly [no: number, yes: number];
const pair = (value: Parameter): Pair => (typeof value === "number" ? [value, value] : [value[0]!, value[1]!]);
const binaryWeights = (alpha: Alpha | undefined): Pair =>
  alpha === undefined || (typeof alpha === "object" && "uniform" in alpha) ? [1, 1] : typeof alpha === "number" ? [1 - alpha, alpha] : pair(alpha);

function recoveredLogit(logit: Expr, gamma: Pair, weights: Pair): Expr {
  if (weights[1] === 0 || weights[0] === 0) return num(weights[1] === 0 ? -1000 : 1000); // a class that was never learned
  const x = max(min(logit, furthest), neg(furthest));
  /** h(σ(u)) as the exponential of a sum over a divisor, both without a digit lost. */
  const bent = (u: Expr, g: number): { sum: Expr; divisor: Expr } => {
    const right = neg(softplus(neg(u)));
    if (g === 0) return { sum: right, divisor: one };
    return { sum: add(right, mul(num(1 - g), neg(softplus(u)))), divisor: add(sigmoid(neg(u)), mul(num(g), mul(sigmoid(u), neg(right)))) };
  };
  const yes = bent(x, gamma[1]), no = bent(neg(x), gamma[0]);
  // Without a bend the logit is the difference itself.
  const unbent = gamma[0] === 0 && gamma[1] === 0;
  return sub(unbent ? x : add(sub(yes.sum, no.sum), log(div(no.divisor, yes.divisor))), num(Math.log(weights[1] / weights[0])));
}

function sharesOf(logits: readonly Expr[]): Expr[] {
  const top = logits.reduce(max), powers = logits.map((logit) => exp(sub(logit, top))), all = max(sum(powers), one);
  return powers.map((power) => div(power, all));
}

function recoveredShares(logits: readonly Expr[], { gamma, alpha }: Recovery): Expr[] {
  if (typeof alpha === "number") throw new FocalError("argument", `alpha must be one weight per class for ${logits.length} classes, got the number ${alpha}`);
  const top = logits.reduce(max), powers = logits.map((logit) => exp(max(sub(logit, top), neg(furthest)))), all = max(sum(powers), one);
  const recovered = logits.map((_, k) => {
    const g = typeof gamma === "number" ? gamma : gamma[k]!, weight = alpha === undefined || "uniform" in alpha ? 1 : alpha[k]!;
    if (weight === 0) return num(-1e4); // a class that was never learned
    const own = powers[k]!, rest = sum(powers.filter((_power, j) => j !== k));
    // Where the class leads, its probability is 1 less what the others have.
    const logV = select(sub(own, rest), neg(log1p(min(div(rest, own), one))), log(div(own, all)));
    const bent = g === 0 ? logV : sub(add(logV, mul(num(1 - g), log(div(rest, all)))), log(sub(div(rest, all), mul(num(g), mul(div(own, all), logV)))));
    return sub(bent, num(Math.log(weight)));
  });
  return sharesOf(recovered);
}
