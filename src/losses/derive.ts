import { num, sym, symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { differentiate } from "../expr/differentiate.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import { stabilize } from "../expr/stabilize.ts";
import type { Reading } from "../expr/stabilize.ts";
import type { Alpha, Loss, SoftRule } from "./loss.ts";

/**
 * How a formula's symbols are read, and as a function of what.
 *
 * - `hard`: p_t = σ(u), u the margin.
 * - `other`: the same for a class that is not the label's, where label smoothing gives it a share.
 * - `interpolate`, `quality`: a target t stands between the classes. u = |x| and w = |t − [x ≥ 0]|, how wrong
 *   the logit's side is; p_t = (1 − w)·σ(u) + w·σ(−u), or 1 − |w − σ(−u)|; −log p_t is the cross-entropy with t.
 * - `mixture`: u = x and w = t; the loss as a positive weighs w, as a negative 1 − w.
 * - `score`: u = x and w = t, for formulas over p and t.
 *
 * Class weights are the symbols `alphaT` and, where both sides turn up, `alphaRest` for the negative one.
 */
export type Labels = "hard" | "other" | "score" | SoftRule;

/** How many derivatives are wanted: the value, and the slope, and the curvature. */
export type Order = 0 | 1 | 2;

/** The second derivative itself, or the positive upper bound of it that a loss knows for hard targets. */
export type Curvature = "exact" | "majorized";

const { add, mul, sub, neg, abs, sigmoid, softplus } = simplify;
const u = sym("u"), w = sym("w"), one = num(1), zero = num(0);
const between = (positive: Expr, negative: Expr): Expr => (positive === negative ? positive : add(mul(w, positive), mul(sub(one, w), negative)));

function reading(labels: Exclude<Labels, "mixture">, symbols: Map<string, Expr>, margin: Expr): Reading {
  const right = sigmoid(margin), wrong = sigmoid(neg(margin));
  if (labels === "score") return { symbols: symbols.set("p", right).set("t", w).set("alphaT", between(symbols.get("alphaT")!, symbols.get("alphaRest")!)) };
  if (labels === "hard" || labels === "other") return { symbols: symbols.set("pt", right).set("xt", margin).set("own", labels === "hard" ? one : zero) };
  const crossEntropy = add(mul(w, u), softplus(neg(u)));
  const qt = labels === "interpolate" ? between(right, wrong) : abs(sub(mul(w, right), mul(sub(one, w), wrong)));
  const pt = labels === "interpolate" ? between(wrong, right) : sub(one, qt);
  return { symbols: symbols.set("pt", pt).set("own", one), complements: new Map([[pt, qt]]), logs: new Map([[pt, neg(crossEntropy)]]) };
}

/** A class weight: known where every class has the same, else a symbol. */
export const weightFrom = (alpha: Alpha | undefined, symbol: string): Expr =>
  alpha === undefined ? one : typeof alpha === "object" && "uniform" in alpha ? num(alpha.uniform) : sym(symbol);

/** A formula over the loss's symbols as one of u (and w), stable, ready to differentiate. A parameter given per class stays a symbol. */
function stabilized(formula: Expr, loss: Loss, labels: Labels): Expr {
  const alphaT = weightFrom(loss.alpha, "alphaT"), alphaRest = weightFrom(loss.alpha, "alphaRest");
  const weighted = symbolsOf(formula).has("alphaT") ? formula : mul(sym("alphaT"), formula);
  const read = (as: Exclude<Labels, "mixture">, margin: Expr, weight: Expr): Expr => {
    const symbols = new Map([["alphaT", weight], ["alphaRest", alphaRest]]);
    for (const [name, value] of Object.entries(loss.parameters)) if (typeof value === "number") symbols.set(name, num(value));
    return stabilize(weighted, reading(as, symbols, margin));
  };
  const shifted = (margin: Expr, side: 0 | 1 | undefined): Expr =>
    loss.margins === undefined ? margin : sub(margin, side === undefined ? sym("margins") : num(loss.margins[side]!));
  if (labels === "mixture") return between(read("hard", shifted(u, 1), alphaT), read("hard", shifted(neg(u), 0), alphaRest));
  return read(labels, shifted(u, undefined), alphaT);
}

/** The loss as a function of u (and w, alphaT, alphaRest) with as many derivatives by u as the order asks for, lowered. */
export function derive(loss: Loss, labels: Labels, order: Order, curvature: Curvature = "exact"): Expr[] {
  const exprs = [stabilized(loss.formula, loss, labels)];
  if (order > 0) exprs.push(differentiate(exprs[0]!, "u"));
  if (order > 1) exprs.push(curvature === "majorized" && loss.majorizer && labels === "hard" ? stabilized(loss.majorizer, loss, labels) : differentiate(exprs[1]!, "u"));
  return lower(exprs);
}
