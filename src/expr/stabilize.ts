import * as raw from "./expr.ts";
import type { Expr } from "./expr.ts";
import { fold } from "./fold.ts";
import type { Target } from "./fold.ts";
import { simplify } from "./simplify.ts";

const { neg, add, sub, mul, pow, exp, log, sigmoid, softplus } = simplify;
const one = raw.num(1);

/** How the symbols of an authored formula are to be read. */
export interface Reading {
  /** What each symbol stands for, e.g. pt = σ(u), gamma = 2. Others stay symbols. */
  readonly symbols: ReadonlyMap<string, Expr>;
  /** 1 − x, for expressions of which it is known without a difference. */
  readonly complements?: ReadonlyMap<Expr, Expr>;
  /** log x, for expressions of which it is known without a logarithm. */
  readonly logs?: ReadonlyMap<Expr, Expr>;
}

/** log x where x is a σ, an exp, or made of such by × ÷ and powers. */
function logOf(x: Expr): Expr | undefined {
  if (x.word === "sigmoid") return neg(softplus(neg(x.args[0]!)));
  if (x.word === "exp") return x.args[0]!;
  if (x.word !== "mul" && x.word !== "div") return undefined;
  const a = logOf(x.args[0]!), b = logOf(x.args[1]!);
  return a && b && (x.word === "mul" ? add(a, b) : sub(a, b));
}

/**
 * Rewrites a formula so that no digit is lost in a tail: 1 − σ(x) becomes σ(−x), log σ(x) becomes
 * −softplus(−x), and σ(x)^k becomes exp(k · log σ(x)). What the author wrote stays as it is; this
 * is the form that is differentiated and run.
 */
export function stabilize(expr: Expr, reading: Reading): Expr {
  const rules: Target<Expr> = {
    ...simplify,
    sym: (name) => reading.symbols.get(name) ?? raw.sym(name),
    sub(a, b) {
      if (a !== one) return sub(a, b);
      return reading.complements?.get(b) ?? (b.word === "sigmoid" ? sigmoid(neg(b.args[0]!)) : sub(a, b));
    },
    div(a, b) {
      const odds = oddsOf(b);
      return a === one && odds ? sigmoid(neg(odds)) : simplify.div(a, b);
    },
    log(a) {
      const odds = oddsOf(a);
      return reading.logs?.get(a) ?? logOf(a) ?? (odds ? softplus(odds) : log(a));
    },
    pow(a, b) {
      const known = logOf(a);
      return known && b !== one ? exp(mul(b, known)) : pow(a, b);
    },
  };
  return fold(expr, rules);
}

/** x, if e is 1 + exp(x). */
const oddsOf = (e: Expr): Expr | undefined =>
  e.word === "add" && e.args[0] === one && e.args[1]!.word === "exp" ? e.args[1]!.args[0]
    : e.word === "add" && e.args[1] === one && e.args[0]!.word === "exp" ? e.args[0]!.args[0]
    : undefined;
