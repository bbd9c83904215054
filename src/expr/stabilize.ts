import * as raw from "./expr.ts";
import type { Expr } from "./expr.ts";
import { fold } from "./fold.ts";
import type { Target } from "./fold.ts";
import { simplify } from "./simplify.ts";

const { neg, add, sub, mul, min, max, pow, exp, log, sigmoid, softplus } = simplify;
const one = raw.num(1);
/** Keeps a power of something that has become 0 differentiable. */
const tiny = raw.num(2 ** -1022);

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
      if (a === one) return complementOf(b, reading) ?? sub(a, b);
      // a − σ(x) near a = 1: a·σ(−x) − (1 − a)·σ(x) keeps the digits that the difference would lose.
      if (a.word === "sym" && b.word === "sigmoid") return sub(mul(a, sigmoid(neg(b.args[0]!))), mul(sub(one, a), b));
      return sub(a, b);
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
      if (known && b !== one) return exp(mul(b, known));
      if (a.word === "mul" && isPositive(a.args[0]!)) return mul(pow(a.args[0]!, b), rules.pow(a.args[1]!, b));
      const whole = b.word === "num" && Number.isInteger(b.value);
      return pow(whole || keepsFromZero(a) ? a : max(a, tiny), b);
    },
  };
  return fold(expr, rules);
}

/** 1 − x without a difference, where x allows it. */
function complementOf(x: Expr, reading: Reading): Expr | undefined {
  const known = reading.complements?.get(x);
  if (known) return known;
  const [a, b] = x.args;
  if (x.word === "sigmoid") return sigmoid(neg(a!));
  if (x.word === "num") return raw.num(1 - x.value);
  if (x.word === "sub") return also(complementOf(a!, reading), (rest) => add(rest, b!));
  if (x.word !== "max") return undefined;
  return also(complementOf(a!, reading), (left) => also(complementOf(b!, reading), (right) => min(left, right)));
}

const also = <T, U>(value: T | undefined, then: (value: T) => U): U | undefined => (value === undefined ? undefined : then(value));
const isPositive = (e: Expr): boolean => e.word === "num" && e.value > 0;
const keepsFromZero = (e: Expr): boolean => e.word === "num" || (e.word === "add" && e.args.some(isPositive));

/** x, if e is 1 + exp(x). */
const oddsOf = (e: Expr): Expr | undefined =>
  e.word === "add" && e.args[0] === one && e.args[1]!.word === "exp" ? e.args[1]!.args[0]
    : e.word === "add" && e.args[1] === one && e.args[0]!.word === "exp" ? e.args[0]!.args[0]
    : undefined;
