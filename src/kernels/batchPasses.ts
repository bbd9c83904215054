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
import { bind, ifTop, meaningsOf, overRest, overRestOf, power, powers, rest, shares, strongest, t, weight, z } from "./rowPasses.ts";

const { add, mul, sub, neg, sigmoid } = simplify;
const { num, sym, select } = raw;
const zero = num(0), one = num(1), u = sym("u");
const by = (term: Expr): Expr => differentiate(term, "u");

/** The parameters beside class weights: the slope of the loss by the k-th sum, the sum's unit, and how slopes bend together. */
export const slopeName = (k: number): string => `slope${k}`;
export const unitName = (k: number): string => `unit${k}`;
export const bendName = (k: number, l: number): string => `bend${k} ${l}`;

/**
 * A loss of sums S_k as passes: each Σ s_k and the weights added up (order 0), or derivatives with the slopes F_k and
 * bends F_kl that those sums led to, by the margin u of a class
 *
 *   Σ_k F_k s_k′        Σ_k F_k s_k″ + Σ_kl F_kl s_k′ s_l′
 */
export function batchPasses(loss: BatchLoss, head: Head, order: Order): Program {
  const { terms, meanings, turned = (slope) => slope } = head === "softmax" ? rows(loss) : loss.binary === "both" && loss.per === "batch" ? margins(loss) : questions(loss);
  const parameters = ["alphaT", "alphaRest"], parameter = (name: string): Expr => sym(parameters[parameters.push(name) - 1]!);
  const finish = (exprs: readonly Expr[]): Expr[] => bind(lower(exprs.map((expr) => mul(weight, expr))), meanings);
  const start = { top: -Infinity }, before = head === "softmax" ? [strongest, powers, shares] : [];
  if (order === 0) return { parameters, start, passes: [...before, { perClass: true, sums: finish([...terms, one]) }] };

  const slope = by(terms.map((term, k) => mul(parameter(slopeName(k)), term)).reduce(add));
  const [first, second, ...moves] = finish(order > 1 ? [slope, by(slope), ...terms.map((term, k) => mul(parameter(unitName(k)), by(term)))] : [slope]) as [Expr, ...Expr[]];
  const bends = deriveBatch(loss).second, m = bends.length;
  const bent = moves.flatMap((move, k) => moves.slice(k - (k % m), k + 1).flatMap((other, l) =>
    (bends[k % m]![l] === zero ? [] : [raw.mul(parameter(bendName(k, k - (k % m) + l)), move, other)])));
  const grad = turned(first), hessian = second && raw.add(second, ...bent);
  return { parameters, start, passes: [...before, ...(head === "softmax" ? spread(grad, hessian) : [{ perClass: true, out: { grad, ...(hessian && { hessian }) } }])] };
}

/** The terms of a loss as formulas of u, and what their parts stand for. */
interface Terms {
  readonly terms: readonly Expr[];
  readonly meanings: readonly (readonly [Expr, Expr])[];
  /** What becomes of slopes by u. */
  turned?(slope: Expr): Expr;
}

const rows = (loss: BatchLoss): Terms => ({ terms: termsOf(loss, sigmoid(u), t, "alphaT"), meanings: meaningsOf(u, power, z) });

/** Yes-or-no logits: the terms of the yes, or of the no and then of the yes. */
function questions(loss: BatchLoss): Terms {
  const no = loss.binary === "both" ? termsOf(loss, sigmoid(neg(u)), sub(one, t), "alphaRest") : [];
  return { terms: [...no, ...termsOf(loss, sigmoid(u), t, "alphaT")], meanings: [[u, z]] };
}

/** Yes-or-no logits whose no and yes are added up together: an example's own class has all of the terms, the other none. */
function margins(loss: BatchLoss): Terms {
  const ifYes = (a: Expr, b: Expr): Expr => select(sub(t, one), a, b);
  return {
    terms: termsOf(loss, sigmoid(u), one, "own"), meanings: [[u, ifYes(z, neg(z))], [sym("own"), ifYes(sym("alphaT"), sym("alphaRest"))]],
    turned: (slope) => ifYes(slope, neg(slope)),
  };
}

/**
 * From the derivatives f_k′, f_k″ by each class's margin to those by the logits, with e_j the powers and R_k the sum of all but e_k:
 *
 *   f_j′ − Σ_{k≠j} f_k′ r_k        f_j″ + Σ_{k≠j} f_k″ r_k² − f_k′ r_k (1 − r_k),        r_k = e_j ÷ R_k
 *
 * Beside the top class the others may be so small that only e_j ÷ R is a number, so it is added up apart; what bends the top
 * class's own logit is added up apart as 1 − r_k = (R_k − 1) ÷ R_k would be nothing otherwise.
 */
export function spread(slope: Expr, curvature: Expr | undefined): Pass[] {
  const { add, sub, mul } = raw, over = overRestOf(power), ratio = mul(power, overRest), bend = sym("hessian");
  const others = (f: Expr, ...times: Expr[]): Expr => ifTop(0, mul(f, ...times)), ofTop = (f: Expr): Expr => ifTop(f, 0);
  const both = curvature && add(curvature, slope), ownBoth = add(bend, z);
  const beside = mul(power, sub(sym("slopes"), others(z, over))), underTop = mul(ratio, sub(sym("topSlope"), ofTop(z)));
  const bent = sub(mul(power, mul(power, sub(sym("bends"), others(ownBoth, over, over)))), beside);
  const bentUnderTop = sub(mul(ratio, mul(ratio, sub(sym("topBend"), ofTop(ownBoth)))), underTop);
  return [
    { perClass: true, out: {
      logits: slope, slopes: add(sym("slopes"), others(slope, over)), topSlope: add(sym("topSlope"), ofTop(slope)),
      ...(both && {
        hessian: curvature, bends: add(sym("bends"), others(both, over, over)), topBend: add(sym("topBend"), ofTop(both)),
        bendsOfTop: add(sym("bendsOfTop"), others(sub(curvature, mul(slope, sub(rest, power))), over, over)),
      }),
    } },
    { perClass: true, out: { grad: sub(sub(z, beside), underTop), ...(both && { hessian: add(bend, ifTop(sym("bendsOfTop"), bent), bentUnderTop) }) } },
  ];
}
