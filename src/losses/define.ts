import { FocalError } from "../errors.ts";
import { isExpr, sym, symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import type { Alpha, Loss, Parameter, SoftRule } from "./loss.ts";
import { defaultsOf, readParameters } from "./parameters.ts";
import type { Ranges } from "./parameters.ts";

export interface About {
  readonly reference?: string;
  /** How soft targets are read unless the criterion says otherwise. Default "interpolate". */
  readonly soft?: SoftRule;
}

export type Given<P> = { readonly [name in keyof P]: Expr };
export type Settings<P> = { readonly [name in keyof P]?: Parameter } & { readonly alpha?: Alpha };

/** What a formula may be written over, beside its parameters. */
export interface Symbols {
  /** The probability of the true class. */
  readonly pt: Expr;
  /** The true class's margin, with p_t = σ(x_t). */
  readonly xt: Expr;
  /** The class weight α_t. */
  readonly alphaT: Expr;
  /** 1 for the label's class, 0 for another one that label smoothing gives a share (softmax rows only). */
  readonly own: Expr;
  /** The predicted probability of a yes, σ(x), and the target in [0, 1]: for losses of the sigmoid head alone. */
  readonly p: Expr;
  readonly t: Expr;
}

/** Makes a loss; without settings, with every default and no class weighting. */
export interface LossFamily<P> {
  (settings?: Settings<P>): Loss;
  /** Names and defaults of the parameters. */
  readonly defaults: Readonly<Record<keyof P & string, number>>;
}

/**
 * Makes a loss of your own from its formula; value, gradient, curvature, SIMD and source text follow from it.
 *
 * It is stable in both tails where it is made of p_t, 1 − p_t, their powers, their logarithms and σ, which are
 * rewritten without a difference. Other differences near 1, as 1 − p_t^c or log(2 − p_t), are computed as written.
 *
 * @param name - what errors and reports call it
 * @param parameters - each parameter's default, or `{ default, least, above, most }`
 * @param formula - the loss over `pt`, the probability of the true class (or `xt`, its margin), or over `p` and `t`,
 *   the probability and the target of one logit; written with the words of `focal-loss/expr`.
 *   A formula that does not mention `alphaT` is multiplied by it where `alpha` is set.
 * @throws FocalError `formula` when it is no expression of that language or mixes `pt` with `p` and `t`
 *
 * @example
 * const mine = defineLoss("mine", { tau: 1 }, ({ pt, tau }) => mul(pow(sub(1, pt), tau), neg(log(pt))));
 * render(mine, "tex");                                                // (1 - p_t)^{\tau} (-\log(p_t))
 * criterion(mine({ tau: 3 }), { reduction: "sum" }).value([0], [1]);   // 0.0866…
 */
export function defineLoss<const P extends Ranges>(name: string, parameters: P, formula: (symbols: Given<P> & Symbols) => Expr, about: About = {}): LossFamily<P> {
  return family(name, parameters, formula, about);
}

/** `defineLoss` with what only the losses of this library say about themselves. */
export function family<const P extends Ranges>(
  name: string, parameters: P, formula: (symbols: Given<P> & Symbols) => Expr,
  about: About & { readonly majorizer?: (symbols: Given<P> & Symbols) => Expr; readonly labels?: Loss["labels"] },
): LossFamily<P> {
  const read = readParameters(name, parameters, reserved);
  const symbols = symbolsFor<P>(parameters);
  const written = writtenFormula(name, formula, symbols, [...Object.keys(parameters), ...words]);
  const mentions = symbolsOf(written);
  const kind = mentions.has("p") || mentions.has("t") ? "score" : "margin";
  if (kind === "score" && ["pt", "xt", "own"].some((word) => mentions.has(word))) {
    throw new FocalError("formula", `${name}: a formula is written over pt (or xt), or over p and t, not over both`);
  }
  const majorizer = about.majorizer?.(symbols);
  const make = (settings: Settings<P> = {}): Loss => Object.freeze({
    kind, name, parameters: read(settings), alpha: settings.alpha, formula: written, reference: about.reference,
    soft: about.soft ?? (mentions.has("xt") ? "mixture" : "interpolate"), majorizer, margins: undefined, offsets: undefined, labels: about.labels ?? "classes",
  });
  Object.defineProperty(make, "name", { value: name });
  return Object.assign(make, { defaults: defaultsOf(parameters) });
}

const words = ["pt", "xt", "alphaT", "own", "p", "t"];
const reserved = [...words, "alpha", "alphaRest", "margins", "u", "w", "k"];

export const symbolsFor = <P extends Ranges>(parameters: P, more: readonly string[] = words): Given<P> & Symbols =>
  Object.fromEntries([...Object.keys(parameters), ...more].map((key) => [key, sym(key)])) as Given<P> & Symbols;

/** What the formula returns, if it is a formula over known symbols. */
export function writtenFormula<S>(name: string, formula: (symbols: S) => Expr, symbols: S, known: readonly string[]): Expr {
  if (typeof formula !== "function") throw new FocalError("formula", `${name}: the formula must be a function of { pt, … }; parameters come before it, {} for none`);
  const written = formula(symbols);
  if (!isExpr(written)) {
    throw new FocalError("formula", `${name}: the formula must return an expression of focal-loss/expr, got ${typeof written}`);
  }
  const stranger = [...symbolsOf(written)].find((symbol) => !known.includes(symbol));
  if (stranger !== undefined) throw new FocalError("formula", `${name}: the formula mentions ${stranger}, which is neither a parameter nor one of ${known.join(", ")}`);
  return written;
}
