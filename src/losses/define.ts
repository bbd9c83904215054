import { describe, expectKnown, FocalError } from "../errors.ts";
import { isExpr, symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { family, symbolsFor, words } from "./family.ts";
import type { About, Given, LossFamily, Symbols } from "./family.ts";
import { checked, defaultsOf } from "./parameters.ts";
import type { Ranges } from "./parameters.ts";

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
  checkParameters(name, parameters);
  if (typeof formula !== "function") throw new FocalError("formula", `${name}: the formula must be a function of { pt, … }; parameters come before it, {} for none`);
  const written = formula(symbolsFor<P>(parameters));
  if (!isExpr(written)) {
    throw new FocalError("formula", `${name}: the formula must return an expression of focal-loss/expr, got ${typeof written}`);
  }
  const known = [...Object.keys(parameters), ...words], mentions = symbolsOf(written);
  const stranger = [...mentions].find((symbol) => !known.includes(symbol));
  if (stranger !== undefined) throw new FocalError("formula", `${name}: the formula mentions ${stranger}, which is neither a parameter nor one of ${known.join(", ")}`);
  if (["p", "t"].some((word) => mentions.has(word)) && ["pt", "xt", "own"].some((word) => mentions.has(word))) {
    throw new FocalError("formula", `${name}: a formula is written over pt (or xt), or over p and t, not over both`);
  }
  return family(name, parameters, () => written, about);
}

/** Names that mean something in formulas, or in the code made from them. */
const reserved = [...words, "alpha", "alphaRest", "margins", "u", "w", "k"];

/** Checks the names of a loss and its parameters, and their defaults. */
function checkParameters(name: string, parameters: Ranges): void {
  const names = Object.keys(parameters);
  for (const word of [name, ...names]) {
    if (!/^[A-Za-z_]\w*$/.test(word)) throw new FocalError("formula", `${name}: names of losses and parameters turn up in generated code and must be made of letters, digits and _, got ${describe(word)}`);
  }
  const clash = names.find((word) => reserved.includes(word));
  if (clash !== undefined) throw new FocalError("formula", `${name}: a parameter may not be called ${clash}, which has a meaning of its own`);
  for (const key of names) {
    const range = parameters[key]!, usual = typeof range === "object" ? range?.default : range;
    if (typeof range === "object") expectKnown(`${name}: the range of ${key}`, range, ["default", "least", "most", "above"]);
    if (typeof usual !== "number" || !Number.isFinite(usual)) throw new FocalError("argument", `${name}: the default of ${key} must be a finite number, got ${describe(usual)}`);
  }
  for (const key of names) checked(key, parameters[key]!, defaultsOf(parameters)[key]);
}
