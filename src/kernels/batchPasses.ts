import { differentiate } from "../expr/differentiate.ts";
import * as raw from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import type { Head } from "../heads/job.ts";
import { deriveBatch, termsOf } from "../losses/batch.ts";
import type { Order } from "../losses/derive.ts";
import type { BatchLoss } from "../losses/loss.ts";
import type { Pass, Program } from "./emitPasses.ts";
import { bind, byLogP, ifTop, known, p, power, powers, readingOf, shares, strongest, t, weight, z } from "./rowPasses.ts";

const { add, mul, sub, neg, sigmoid } = simplify;
const { num, sym } = raw;
const zero = num(0), one = num(1);

/** The parameters beside class weights: the slope of the loss by the k-th sum, the sum's unit, and how slopes bend together. */
export const slopeName = (k: number): string => `slope${k}`;
export const unitName = (k: number): string => `unit${k}`;
export const bendName = (k: number, l: number): string => `bend${k} ${l}`;

/**
 * A loss of sums S_k as passes: each Σ s_k and the weights added up (order 0), or derivatives with the slopes F_k and
 * bends F_kl that those sums led to:
 *
 *   Σ_k F_k s_k′        Σ_k F_k s_k″ + Σ_kl F_kl s_k′ s_l′
 */
export function batchPasses(loss: BatchLoss, head: Head, order: Order): Program {
  const { terms, by, meanings, sign = (slope) => slope } = head === "softmax" ? rows(loss) : loss.binary === "both" && loss.per === "batch" ? margins(loss) : questions(loss);
  const parameters = ["alphaT", "alphaRest"], parameter = (name: string): Expr => sym(parameters[parameters.push(name) - 1]!);
  const finish = (exprs: readonly Expr[]): Expr[] => bind(lower(exprs.map((expr) => mul(weight, expr))), meanings);
  const start = { top: -Infinity }, before = head === "softmax" ? [strongest, powers, shares] : [];
  if (order === 0) return { parameters, start, passes: [...before, { perClass: true, sums: finish([...terms, one]) }] };

  const slope = by(terms.map((term, k) => mul(parameter(slopeName(k)), term)).reduce(add));
  const [grad, hessian, ...moves] = finish(order > 1 ? [slope, by(slope), ...terms.map((term, k) => mul(parameter(unitName(k)), by(term)))] : [slope]) as [Expr, ...Expr[]];
  const { second } = deriveBatch(loss), m = second.length;
  const bent = moves.flatMap((move, k) => moves.slice(k - (k % m), k + 1).flatMap((other, l) =>
    (second[k % m]![l] === zero ? [] : [raw.mul(parameter(bendName(k, k - (k % m) + l)), move, other)])));
  const derivatives = [sign(grad), ...(hessian ? [raw.add(hessian, ...bent)] : [])];
  return { parameters, start, passes: [...before, ...(head === "softmax" ? spread(derivatives) : [{ perClass: true, out: Object.fromEntries(derivatives.map((e, i) => [["grad", "hessian"][i]!, e])) }])] };
}

/** How terms are read: as formulas of what, and what becomes of a slope. */
interface Terms {
  readonly terms: readonly Expr[];
  /** The derivative by what slopes are by. */
  by(term: Expr): Expr;
  readonly meanings: Readonly<Record<string, Expr>>;
  sign?(slope: Expr): Expr;
}

/** Softmax rows, by the logarithm of each class's probability. */
const rows = (loss: BatchLoss): Terms => ({ terms: termsOf(loss, p, t, "alphaT", known), by: byLogP, meanings: readingOf(power, z) });

/** Yes-or-no logits, by themselves: the sums of the yes, or of the no and then of the yes. */
function questions(loss: BatchLoss): Terms {
  const yes = termsOf(loss, sigmoid(z), t, "alphaT"), no = loss.binary === "both" ? termsOf(loss, sigmoid(neg(z)), sub(one, t), "alphaRest") : [];
  return { terms: [...no, ...yes], by: (term) => differentiate(term, "logits"), meanings: {} };
}

/** Yes-or-no logits whose no and yes are added up together, by the margin of their own class: the other one has no terms. */
function margins(loss: BatchLoss): Terms {
  const ifYes = (a: Expr, b: Expr): Expr => raw.select(sub(t, one), a, b);
  return {
    terms: termsOf(loss, sigmoid(sym("u")), one, "own"), by: (term) => differentiate(term, "u"),
    meanings: { u: ifYes(z, neg(z)), own: ifYes(sym("alphaT"), sym("alphaRest")) }, sign: (slope) => ifYes(slope, neg(slope)),
  };
}

/**
 * From the derivatives ψ_k, χ_k by each class's log p_k to those by the logits:
 *
 *   ψ_j q_j − p_j Σ_{k≠j} ψ_k        χ_j q_j² + p_j² Σ_{k≠j} χ_k − p_j q_j Σ_k ψ_k
 *
 * Sums without one class are differences, but for the top class, beside which the others may be small: it is added up apart.
 */
function spread([slope, bend]: readonly Expr[]): Pass[] {
  const { add, sub, mul } = raw, { p, q } = readingOf(power, z), slopes = sym("slopes"), topSlopes = sym("topSlopes"), bends = sym("bends"), topBends = sym("topBends");
  const without = (all: Expr, ofTop: Expr, own: Expr): Expr => ifTop(add(all, sub(ofTop, own)), add(sub(all, own), ofTop));
  return [
    { perClass: true, out: {
      logits: slope!, slopes: add(slopes, ifTop(0, slope!)), topSlopes: add(topSlopes, ifTop(slope!, 0)),
      ...(bend && { hessian: bend, bends: add(bends, ifTop(0, bend)), topBends: add(topBends, ifTop(bend, 0)) }),
    } },
    { perClass: true, out: {
      grad: sub(mul(z, q), mul(p, without(slopes, topSlopes, z))),
      ...(bend && { hessian: sub(add(mul(sym("hessian"), q, q), mul(p, p, without(bends, topBends, sym("hessian")))), mul(p, q, add(slopes, topSlopes))) }),
    } },
  ];
}
