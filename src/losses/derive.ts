import { num, sym } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { differentiate } from "../expr/differentiate.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import { stabilize } from "../expr/stabilize.ts";
import type { Reading } from "../expr/stabilize.ts";
import type { Loss } from "./loss.ts";

/**
 * How p_t is read.
 *
 * - `hard`: p_t = σ(u), u the margin.
 * - `soft`: a target t in [0, 1] stands between the classes. With u = |x| and w = |t − [x ≥ 0]|, how wrong
 *   the logit's side is: p_t = (1 − w)·σ(u) + w·σ(−u), and −log p_t is read as the cross-entropy with t.
 *   This is the rule of torchvision, Keras and optax.
 */
export type Labels = "hard" | "soft";

/** A loss as a function of u (and w, alphaT): value, slope and curvature, lowered. */
export interface Derivatives {
  readonly value: Expr;
  readonly slope: Expr;
  readonly curvature: Expr;
}

const { add, mul, sub, neg, sigmoid, softplus, max } = simplify;
const u = sym("u"), w = sym("w"), one = num(1);
/** Keeps a power of 1 − p_t differentiable where the float is 0. */
const tiny = num(2 ** -1022);

function reading(labels: Labels, symbols: Map<string, Expr>): Reading {
  if (labels === "hard") return { symbols: symbols.set("pt", sigmoid(u)) };
  const right = sigmoid(u), wrong = sigmoid(neg(u));
  const pt = add(mul(sub(one, w), right), mul(w, wrong));
  const qt = max(add(mul(w, right), mul(sub(one, w), wrong)), tiny);
  const crossEntropy = add(mul(w, u), softplus(neg(u)));
  return { symbols: symbols.set("pt", pt), complements: new Map([[pt, qt]]), logs: new Map([[pt, neg(crossEntropy)]]) };
}

/** The formula with its parameters set, ready to differentiate by u. A parameter given per class stays a symbol. */
function stabilized(loss: Loss, labels: Labels): Expr {
  const symbols = new Map<string, Expr>();
  for (const [name, value] of Object.entries(loss.parameters)) if (typeof value === "number") symbols.set(name, num(value));
  const { alpha } = loss;
  const weight = alpha === undefined ? one : typeof alpha === "object" && "uniform" in alpha ? num(alpha.uniform) : sym("alphaT");
  const weighted = symbolsOf(loss.formula).has("alphaT") ? loss.formula : simplify.mul(sym("alphaT"), loss.formula);
  return stabilize(weighted, reading(labels, symbols.set("alphaT", weight)));
}

/** The loss by the margin, with its first two derivatives. */
export function derive(loss: Loss, labels: Labels): Derivatives {
  const value = stabilized(loss, labels);
  const slope = differentiate(value, "u");
  const [f, d, dd] = lower([value, slope, differentiate(slope, "u")]) as [Expr, Expr, Expr];
  return { value: f, slope: d, curvature: dd };
}

/** The names of the symbols that formulas mention. */
export function symbolsOf(...exprs: readonly Expr[]): Set<string> {
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    expr.args.forEach(visit);
  };
  exprs.forEach(visit);
  return new Set([...seen].filter((expr) => expr.word === "sym").map((expr) => expr.name));
}
