import { num } from "./expr.ts";
import type { Expr } from "./expr.ts";
import { fold } from "./fold.ts";
import type { Target } from "./fold.ts";
import { multiple, simplify } from "./simplify.ts";

const { neg, add, mul, div, exp, abs, max, select, sqrt, log, log1p, sigmoid } = simplify;
const zero = num(0);
const one = num(1);

/** Largest power that is multiplied out: beyond it exp of a product is as accurate and shorter. */
const largestPower = 8;

/** x^k by multiplications and at most one square root, for k = ½, 1, 1½ … */
function multiplyOut(x: Expr, k: number): Expr {
  if (k === 0.5) return sqrt(x);
  if (k === 1) return x;
  if (k % 1 !== 0) return mul(multiplyOut(x, Math.floor(k)), sqrt(x));
  const half = multiplyOut(x, Math.floor(k / 2));
  return k % 2 === 0 ? mul(half, half) : mul(mul(half, half), x);
}

const canMultiply = (k: number): boolean => k > 0 && k <= largestPower && (2 * k) % 1 === 0;

/** exp(−k·softplus(x)) = σ(−x)^k, the one power that focal losses are made of. */
function asPower(argument: Expr): Expr | undefined {
  const { factor, of: x } = multiple(argument);
  if (x.word !== "softplus" || !canMultiply(-factor)) return undefined;
  return multiplyOut(sigmoid(neg(x.args[0]!)), -factor);
}

const powers: Target<Expr> = {
  ...simplify,
  exp: (a) => asPower(a) ?? exp(a),
  pow(a, b) {
    if (b.word === "num" && canMultiply(b.value)) return multiplyOut(a, b.value);
    if (b.word === "num" && canMultiply(-b.value)) return div(one, multiplyOut(a, -b.value));
    return exp(mul(b, log(a)));
  },
};

// σ(x), σ(−x), softplus(x) and softplus(−x) all come from e = exp(−|x|), which never overflows.
const onePerArgument: Target<Expr> = {
  ...simplify,
  sigmoid(x) {
    const e = exp(neg(abs(x)));
    const d = div(one, add(one, e));
    return x.word === "neg" ? select(x.args[0]!, mul(e, d), d) : select(x, d, mul(e, d));
  },
  softplus: (x) => add(max(x, zero), log1p(exp(neg(abs(x))))),
};

/**
 * Rewrites σ, softplus and powers in terms of one exponential and one log1p per argument, so that
 * value, gradient and curvature together cost little more than the value alone.
 */
export const lower = (exprs: readonly Expr[]): Expr[] => {
  const first = new Map<Expr, Expr>(), second = new Map<Expr, Expr>();
  return exprs.map((expr) => fold(fold(expr, powers, first), onePerArgument, second));
};
