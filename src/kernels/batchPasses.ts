import { differentiate } from "../expr/differentiate.ts";
import * as raw from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import type { Head } from "../heads/job.ts";
import { deriveBatch, termsOf } from "../losses/batch.ts";
import type { BatchLoss } from "../losses/loss.ts";
import type { Program } from "./emitPasses.ts";
import { bind, byLogP, carriedOfRow, ifTop, known, p, power, powers, readingOf, shares, strongest, t, weight, z } from "./rowPasses.ts";

const { add, mul, sub, neg, sigmoid } = simplify;
const { num, sym, select } = raw;
const zero = num(0), one = num(1);

/** A loss of a whole batch, as kernels take it. */
export interface BatchPasses {
  /** Adds up each different term, and the weights. */
  readonly sums: Program;
  /** Writes derivatives, as many as the order asks for. */
  derivatives(order: number): Program;
  /** For each class that one record stands for (no and yes of a question are two): which of its sums the loss's are. */
  readonly regions: readonly (readonly number[])[];
  /** Pairs of different terms that the loss bends by together. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** The parameters of a record: class weights, then per term the slope of the loss by its sum and the sum's unit, then per pair the bend. */
export const slopeName = (k: number): string => `slope${k}`;
export const unitName = (k: number): string => `unit${k}`;
export const bendName = (k: number, l: number): string => `bend${k} ${l}`;

/**
 * A loss of sums S_k as passes: Σ s_k first; then, with the slopes F_k ÷ S_k and bends F_kl that they led to,
 *
 *   Σ_k F_k s_k′        Σ_k F_k s_k″ + Σ_kl F_kl s_k′ s_l′
 */
export function batchPasses(loss: BatchLoss, head: Head): BatchPasses {
  const { terms, regions, derive, finish } = (head === "softmax" ? overRows : loss.binary === "both" && loss.per === "batch" ? overMargins : overLogits)(loss);
  const { second } = deriveBatch(loss);
  const pairs = terms.flatMap((_, k) => terms.slice(k).map((_, l) => [k, k + l] as const)).filter(([k, l]) =>
    regions.some((region) => region.some((a, i) => region.some((b, j) => Math.min(a, b) === k && Math.max(a, b) === l && second[i]![j] !== zero))));
  const alphas = ["alphaT", "alphaRest"], indices = [...terms.keys()];
  const weighted = (e: Expr): Expr => mul(weight, e);
  const sums = finish(lower([...terms.map(weighted), weight]), "sums");
  return {
    regions, pairs,
    sums: { ...sums, sums: terms.length + 1, parameters: alphas },
    derivatives(order) {
      const slope = derive(indices.map((k) => mul(sym(slopeName(k)), terms[k]!)).reduce(add));
      const own = indices.map((k) => mul(sym(unitName(k)), weighted(derive(terms[k]!))));
      const bend = pairs.map(([k, l]) => mul(sym(bendName(k, l)), mul(own[k]!, own[l]!))).reduce(add, zero);
      const exprs = [weighted(slope), ...(order > 1 ? [add(weighted(derive(slope)), bend)] : [])];
      return {
        ...finish(lower(exprs), "derivatives"), sums: 0,
        parameters: [...alphas, ...indices.flatMap((k) => [slopeName(k), unitName(k)]), ...pairs.map(([k, l]) => bendName(k, l))],
      };
    },
  };
}

/** How a head reads terms: as functions of what, and what becomes of formulas of them. */
interface Reading {
  /** Different ones only. */
  readonly terms: readonly Expr[];
  readonly regions: readonly (readonly number[])[];
  derive(term: Expr): Expr;
  finish(exprs: readonly Expr[], what: "sums" | "derivatives"): Pick<Program, "passes" | "carried">;
}

/** Yes-or-no logits: only the yes is looked at, or no and yes, which share what one misses and the other wrongly takes. */
function overLogits(loss: BatchLoss): Reading {
  const yes = termsOf(loss, sigmoid(z), t, "alphaT");
  const all = loss.binary === "both" ? [termsOf(loss, sigmoid(neg(z)), sub(one, t), "alphaRest"), yes] : [yes];
  const terms = [...new Set(all.flat())];
  return {
    terms, regions: all.map((region) => region.map((term) => terms.indexOf(term))),
    derive: (term) => differentiate(term, "logits"),
    finish: (exprs, what) => ({ carried: {}, passes: [what === "sums" ? { perClass: false, sums: exprs } : { perClass: false, store: derivatives(exprs) }] }),
  };
}

/** Hard yes-or-no targets, both classes in the same sums: each logit by the margin of its own class. */
function overMargins(loss: BatchLoss): Reading {
  const u = sym("u"), own = termsOf(loss, sigmoid(u), one, "own"), other = termsOf(loss, sigmoid(neg(u)), zero, "other");
  const terms = own.map((term, k) => add(term, other[k]!)), ifYes = (a: Expr, b: Expr): Expr => select(sub(t, one), a, b);
  const positive = sym("alphaT"), negative = sym("alphaRest");
  const meanings = { u: ifYes(z, neg(z)), own: ifYes(positive, negative), other: ifYes(negative, positive) };
  return {
    terms, regions: [[...terms.keys()]],
    derive: (term) => differentiate(term, "u"),
    finish(exprs, what) {
      const [first, ...more] = bind(exprs, meanings) as [Expr, ...Expr[]];
      return { carried: {}, passes: [what === "sums" ? { perClass: false, sums: [first, ...more] } : { perClass: false, store: derivatives([ifYes(first, neg(first)), ...more]) }] };
    },
  };
}

const derivatives = ([grad, hessian]: readonly Expr[]) => ({ grad: grad!, ...(hessian && { hessian }) });

/** Softmax rows, by the logarithm of each class's probability. */
function overRows(loss: BatchLoss): Reading {
  const terms = termsOf(loss, p, t, "alphaT", known);
  const sharesFirst = [strongest, powers, shares], reading = readingOf(power, z);
  return {
    terms, regions: [[...terms.keys()]],
    derive: byLogP,
    finish(exprs, what) {
      const bound = bind(exprs, reading);
      if (what === "sums") return { carried: carriedOfRow, passes: [...sharesFirst, { perClass: true, sums: bound }] };
      return { carried: { ...carriedOfRow, slopes: 0, topSlopes: 0, bends: 0, topBends: 0 }, passes: [...sharesFirst, ...spread(bound)] };
    },
  };
}

/**
 * From the derivatives ψ_k, χ_k by each class's log p_k to those by the logits:
 *
 *   ψ_j q_j − p_j Σ_{k≠j} ψ_k        χ_j q_j² + p_j² Σ_{k≠j} χ_k − p_j q_j Σ_k ψ_k
 *
 * Sums without one class are differences, but for the top class, beside which the others may be small: it is added up apart.
 */
function spread([slope, bend]: readonly Expr[]): Program["passes"] {
  const { p, q } = readingOf(power, z);
  const [slopes, topSlopes, bends, topBends] = ["slopes", "topSlopes", "bends", "topBends"].map(sym) as [Expr, Expr, Expr, Expr];
  const own = sym("logits"), ownBend = sym("hessian");
  const add = raw.add, without = (all: Expr, ofTop: Expr, own: Expr): Expr => ifTop(add(all, raw.sub(ofTop, own)), add(raw.sub(all, own), ofTop));
  const collect = (name: string, ofTop: string, e: Expr): Record<string, Expr> => ({ [name]: add(sym(name), ifTop(0, e)), [ofTop]: add(sym(ofTop), ifTop(e, 0)) });
  return [
    {
      perClass: true, store: { logits: slope!, ...(bend && { hessian: bend }) },
      carry: { ...collect("slopes", "topSlopes", slope!), ...(bend && collect("bends", "topBends", bend)) },
    },
    {
      perClass: true,
      store: {
        grad: raw.sub(raw.mul(own, q), raw.mul(p, without(slopes, topSlopes, own))),
        ...(bend && {
          hessian: raw.sub(
            add(raw.mul(ownBend, q, q), raw.mul(p, p, without(bends, topBends, ownBend))),
            raw.mul(p, q, add(slopes, topSlopes)),
          ),
        }),
      },
    },
  ];
}
