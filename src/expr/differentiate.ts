import { num } from "./expr.ts";
import type { Expr } from "./expr.ts";
import { fold } from "./fold.ts";
import type { Target } from "./fold.ts";
import { simplify } from "./simplify.ts";

/** A formula and its derivative, carried together through every word. */
interface Dual {
  readonly f: Expr;
  readonly d: Expr;
}

const { add, sub, mul, div, neg, pow, exp, log, sigmoid, softplus, abs, max, min, select, sqrt, log1p } = simplify;
const zero = num(0);
const wholeNumber = (e: Expr): boolean => e.word === "num" && Number.isInteger(e.value);

/** The derivative of `expr` by the symbol `by`. It shares its parts with `expr`. */
export function differentiate(expr: Expr, by: string): Expr {
  const rules: Target<Dual> = {
    num: (value) => ({ f: num(value), d: zero }),
    sym: (name) => ({ f: simplify.sym(name), d: num(name === by ? 1 : 0) }),
    neg: (a) => ({ f: neg(a.f), d: neg(a.d) }),
    add: (a, b) => ({ f: add(a.f, b.f), d: add(a.d, b.d) }),
    sub: (a, b) => ({ f: sub(a.f, b.f), d: sub(a.d, b.d) }),
    mul: (a, b) => ({ f: mul(a.f, b.f), d: add(mul(a.d, b.f), mul(a.f, b.d)) }),
    div: (a, b) => ({ f: div(a.f, b.f), d: sub(div(a.d, b.f), mul(div(a.f, b.f), div(b.d, b.f))) }),
    // a^b keeps its own value in its derivative, so that a power below 1 never divides by 0^(1-b).
    pow: (a, b) => ({
      f: pow(a.f, b.f),
      d: wholeNumber(b.f)
        ? mul(mul(b.f, pow(a.f, sub(b.f, num(1)))), a.d)
        : mul(pow(a.f, b.f), add(mul(b.f, div(a.d, a.f)), mul(b.d, log(a.f)))),
    }),
    exp: (a) => ({ f: exp(a.f), d: mul(exp(a.f), a.d) }),
    log: (a) => ({ f: log(a.f), d: div(a.d, a.f) }),
    sigmoid: (a) => ({ f: sigmoid(a.f), d: mul(mul(sigmoid(a.f), sigmoid(neg(a.f))), a.d) }),
    softplus: (a) => ({ f: softplus(a.f), d: mul(sigmoid(a.f), a.d) }),
    abs: (a) => ({ f: abs(a.f), d: select(a.f, a.d, neg(a.d)) }),
    max: (a, b) => ({ f: max(a.f, b.f), d: select(sub(a.f, b.f), a.d, b.d) }),
    min: (a, b) => ({ f: min(a.f, b.f), d: select(sub(b.f, a.f), a.d, b.d) }),
    select: (c, a, b) => ({ f: select(c.f, a.f, b.f), d: select(c.f, a.d, b.d) }),
    sqrt: (a) => ({ f: sqrt(a.f), d: div(mul(num(0.5), a.d), sqrt(a.f)) }),
    log1p: (a) => ({ f: log1p(a.f), d: div(a.d, add(num(1), a.f)) }),
  };
  return fold(expr, rules).d;
}
