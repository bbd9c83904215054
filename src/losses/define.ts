import { describe, FocalError } from "../errors.ts";
import { isExpr, sym } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import type { Alpha, Language, Loss, Parameter } from "./loss.ts";
import { render } from "./render.ts";

/** A parameter's default and, where it has one, its least value. */
export interface ParameterRange {
  readonly default: number;
  readonly least?: number;
}

export interface About {
  readonly reference?: string;
}

type Symbols<P> = { readonly [name in keyof P | "pt" | "alphaT"]: Expr };
type Settings<P> = { readonly [name in keyof P]?: Parameter } & { readonly alpha?: Alpha };

/** Makes a loss; without settings, with every default and no class weighting. */
export interface LossFamily<P> {
  (settings?: Settings<P>): Loss;
  /** The loss at its defaults, in another language. */
  render(language: Language): string;
}

/**
 * Makes a loss of your own from its formula; value, gradient, curvature, SIMD and source text follow from it.
 *
 * It is stable in both tails where it is made of p_t, 1 − p_t, their powers, their logarithms and σ, which are
 * rewritten without a difference. Other differences near 1, as 1 − p_t^c or log(2 − p_t), are computed as written.
 *
 * @param name - what errors and reports call it
 * @param parameters - each parameter's default, or `{ default, least }`
 * @param formula - the loss over `pt`, the probability of the true class, written with the words of `focal-loss/expr`.
 *   A formula that does not mention `alphaT` is multiplied by it where `alpha` is set.
 * @throws FocalError `formula` when it is no expression of that language
 *
 * @example
 * const mine = defineLoss("mine", { tau: 1 }, ({ pt, tau }) => mul(pow(sub(1, pt), tau), neg(log(pt))));
 * mine({ tau: 3 }).render("tex");                                      // (1 - p_t)^{\tau} (-\log(p_t))
 * criterion(mine({ tau: 3 }), { reduction: "sum" }).value([0], [1]);   // 0.0866…
 */
export function defineLoss<P extends Record<string, number | ParameterRange>>(
  name: string, parameters: P, formula: (symbols: Symbols<P>) => Expr, about: About = {},
): LossFamily<P> {
  const names = Object.keys(parameters);
  for (const word of [name, ...names]) {
    if (!/^[A-Za-z_]\w*$/.test(word)) throw new FocalError("formula", `${name}: names of losses and parameters turn up in generated code and must be made of letters, digits and _, got ${describe(word)}`);
  }
  for (const reserved of ["pt", "alphaT", "alpha", "u", "w"]) {
    if (names.includes(reserved)) throw new FocalError("formula", `${name}: a parameter may not be called ${reserved}, which has a meaning of its own`);
  }
  const symbols = Object.fromEntries([...names, "pt", "alphaT"].map((key) => [key, sym(key)])) as Symbols<P>;
  if (typeof formula !== "function") throw new FocalError("formula", `${name}: the formula must be a function of { pt, … }; parameters come before it, {} for none`);
  for (const key of names) {
    const range = parameters[key]!, usual = typeof range === "object" ? range?.default : range;
    if (typeof usual !== "number" || !Number.isFinite(usual)) throw new FocalError("argument", `${name}: the default of ${key} must be a finite number, got ${describe(usual)}`);
  }
  const written = formula(symbols);
  if (!isExpr(written)) {
    throw new FocalError("formula", `${name}: the formula must return an expression of focal-loss/expr, got ${typeof written}`);
  }
  const family = (settings: Settings<P> = {}): Loss => {
    for (const key of Object.keys(settings)) {
      if (key !== "alpha" && !names.includes(key)) {
        throw new FocalError("argument", `${name} has no parameter ${key}; it has ${[...names, "alpha"].join(", ")}`);
      }
    }
    const values = Object.fromEntries(names.map((key) => [key, checked(key, parameters[key]!, settings[key as keyof P])]));
    checkAlpha(settings.alpha);
    const loss: Loss = {
      name, parameters: values, alpha: settings.alpha, formula: written, reference: about.reference,
      render: (language) => render(loss, language),
    };
    return Object.freeze(loss);
  };
  Object.defineProperty(family, "name", { value: name });
  return Object.assign(family, { render: (language: Language) => family().render(language) });
}

function checked(name: string, range: number | ParameterRange, given: Parameter | undefined): Parameter {
  const { default: usual, least = -Infinity } = typeof range === "number" ? { default: range } : range;
  if (given === undefined) return usual;
  for (const value of Array.isArray(given) ? (given as readonly number[]) : [given as number]) {
    if (typeof value !== "number" || !Number.isFinite(value)) throw new FocalError("argument", `${name} must be a finite number, got ${describe(value)}`);
    if (value < least) throw new FocalError("argument", `${name} must be ≥ ${least}, got ${value}`);
  }
  return Array.isArray(given) ? Object.freeze([...(given as readonly number[])]) : given;
}

function checkAlpha(alpha: Alpha | undefined): void {
  if (alpha === undefined) return;
  if (typeof alpha === "number") {
    if (!(alpha >= 0 && alpha <= 1)) throw new FocalError("argument", `alpha must be in [0, 1] (positives weigh alpha, negatives 1 − alpha) or be left out for no weighting, got ${alpha}`);
    return;
  }
  if (typeof alpha !== "object" || alpha === null) throw new FocalError("argument", `alpha must be a number, an array or { uniform }, got ${describe(alpha)}`);
  const weights = Array.isArray(alpha) ? (alpha as readonly number[]) : [(alpha as { uniform: number }).uniform];
  for (const weight of weights) {
    if (typeof weight !== "number" || !(weight >= 0 && weight < Infinity)) {
      throw new FocalError("argument", `alpha's weights must be finite numbers ≥ 0, got ${String(weight)}`);
    }
  }
}
