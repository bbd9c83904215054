import { num, sym, symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { differentiate } from "../expr/differentiate.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import { stabilize } from "../expr/stabilize.ts";
import { LossCache } from "./cache.ts";
import { symbolsFor } from "./family.ts";
import type { Given, Settings } from "./family.ts";
import { weightFrom } from "./derive.ts";
import type { BatchLoss } from "./loss.ts";
import { defaultsOf, readSettings } from "./parameters.ts";
import type { Ranges } from "./parameters.ts";

/** Makes a {@link BatchLoss}; without settings, with every default. */
export interface BatchFamily<P> {
  (settings?: Settings<P>): BatchLoss;
  readonly defaults: Readonly<Record<keyof P & string, number>>;
}

/** What a term of a sum may mention. */
type Term = { readonly p: Expr; readonly t: Expr; readonly alphaT: Expr };
/** What the formula over the sums may mention: examples, classes, and whether this class is the background. */
type Whole = { readonly count: Expr; readonly classes: Expr; readonly background: Expr };

const termWords = ["p", "t", "alphaT"], wholeWords = ["count", "classes", "background"];

/**
 * A loss over sums, each a formula over the probability p of a class and its share t of an example; written once for one
 * class, added up over the classes.
 */
export function batchFamily<const P extends Ranges, const S extends string>(
  name: string, parameters: P,
  sums: (symbols: Given<P> & Term) => Readonly<Record<S, Expr>>,
  formula: (symbols: Given<P> & Whole & { readonly [sum in S]: Expr }) => Expr,
  about: Pick<BatchLoss, "per" | "binary"> & { readonly reference: string },
): BatchFamily<P> {
  const terms = sums(symbolsFor(parameters, termWords) as never);
  const written = formula(symbolsFor(parameters, [...Object.keys(terms), ...wholeWords]) as never);
  const make = (settings: Settings<P> = {}): BatchLoss => Object.freeze({ kind: "batch", name, parameters: readSettings(name, parameters, settings), alpha: settings.alpha, formula: written, sums: terms, ...about });
  return Object.assign(make, { defaults: defaultsOf(parameters) });
}

/**
 * The formulas that run: per sum its term with slope and curvature by the class's margin u, and the whole with its
 * derivatives by the sums.
 *
 * A sum S is written as S + scale · step and differentiated by the step, at step = 0: measured in units of the sum itself
 * the derivatives keep a size that floats have, also where all examples are easy and every sum is 1e-200.
 */
interface BatchFormulas {
  /** value, slope, curvature of one sum's term after another; t is the symbol `w` */
  readonly terms: readonly Expr[];
  readonly whole: Expr;
  readonly first: readonly Expr[];
  readonly second: readonly (readonly Expr[])[];
}

/** A loss's parameters as numbers in a formula. */
const parametersOf = ({ parameters }: BatchLoss): [string, Expr][] => Object.entries(parameters).map(([key, value]) => [key, num(value as number)]);

/**
 * The term of each sum, for a class of some probability, share and weight, stable.
 *
 * @param alphaT - the symbol of the weight, where classes have different ones
 */
export function termsOf(loss: BatchLoss, p: Expr, t: Expr, alphaT: string): Expr[] {
  const symbols = new Map<string, Expr>([["p", p], ["t", t], ["alphaT", weightFrom(loss.alpha, alphaT)], ...parametersOf(loss)]);
  return Object.values(loss.sums).map((term) => stabilize(term, { symbols }));
}

const derived = new LossCache<BatchFormulas>();

export const deriveBatch = (loss: BatchLoss): BatchFormulas => derived.get(loss, "", () => {
  const values = termsOf(loss, simplify.sigmoid(sym("u")), sym("w"), "alphaT");
  const terms = values.flatMap((value) => {
    const slope = differentiate(value, "u");
    return [value, slope, differentiate(slope, "u")];
  });
  const names = Object.keys(loss.sums);
  const stepped = names.map((name) => [name, simplify.add(sym(name), simplify.mul(sym(scaleOf(name)), sym(stepOf(name))))] as const);
  const whole = stabilize(loss.formula, { symbols: new Map([...parametersOf(loss), ...stepped]) });
  const first = names.map((name) => differentiate(whole, stepOf(name)));
  return { terms: lower(terms), whole, first, second: first.map((slope) => names.map((name) => differentiate(slope, stepOf(name)))) };
});

/** What the units and the steps of a sum are called in the whole's formulas. */
export const scaleOf = (name: string): string => `${name} scale`;
export const stepOf = (name: string): string => `${name} step`;

/** Whether class weights turn up in a loss's sums. */
export const isWeighted = (loss: BatchLoss): boolean => symbolsOf(...Object.values(loss.sums)).has("alphaT");
