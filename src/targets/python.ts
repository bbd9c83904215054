import * as raw from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { fold } from "../expr/fold.ts";
import type { Target } from "../expr/fold.ts";
import { isPlain, uses } from "./shared.ts";

/** A piece of Python and how tightly it holds together: 0 condition, 1 sum, 2 product, 3 sign, 4 power, 5 atom. */
interface Python {
  readonly text: string;
  readonly tightness: number;
  /** A plain number, which Python's own arithmetic and `math` compute with. */
  readonly scalar: boolean;
  /** What the piece is the negative of. */
  readonly negated?: Python;
  /** What it means that the piece is ≥ 0, where that can be said more plainly. */
  readonly atLeastZero?: string;
}

/** What an array library calls the words that Python has no sign for. */
export interface ArrayLibrary {
  /** Before the names of `exp`, `log`, `sqrt`, `abs`, `log1p`, `sigmoid` and `where`, as `torch.`. */
  readonly prefix: string;
  /** log σ, which is stable in both tails, in value and in slope. */
  readonly logSigmoid: string;
  /** The larger and the smaller of an array and a number, and of two arrays. */
  readonly max: (a: string, b: string, bIsNumber: boolean) => string;
  readonly min: (a: string, b: string, bIsNumber: boolean) => string;
}


const hold = (a: Python, tightness: number): string => (a.tightness < tightness ? `(${a.text})` : a.text);

function python(library: ArrayLibrary, scalars: ReadonlySet<string>): Target<Python> {
  const atom = (text: string, ...from: readonly Python[]): Python => ({ text, tightness: 5, scalar: from.every(({ scalar }) => scalar) });
  const join = (a: Python, sign: string, b: Python, tightness: number): Python =>
    ({ text: `${hold(a, tightness)} ${sign} ${hold(b, tightness + 1)}`, tightness, scalar: a.scalar && b.scalar });
  const call = (name: string) => (a: Python): Python => atom(`${a.scalar ? "math" : library.prefix}.${name}(${a.text})`, a);
  const self: Target<Python> = {
    num: (value) => ({ text: String(value), tightness: value < 0 ? 3 : 5, scalar: true }),
    sym: (name) => ({ text: name, tightness: 5, scalar: scalars.has(name) }),
    neg: (a) => a.negated ?? { text: `-${hold(a, 3)}`, tightness: 3, scalar: a.scalar, negated: a, atLeastZero: `${hold(a, 1)} <= 0` },
    add: (a, b) => (b.negated ? self.sub(a, b.negated) : a.negated ? self.sub(b, a.negated) : join(a, "+", b, 1)),
    sub: (a, b) => (b.negated ? self.add(a, b.negated) : { ...join(a, "-", b, 1), atLeastZero: `${hold(a, 1)} >= ${hold(b, 1)}` }),
    mul: (a, b) => (a.negated ? self.neg(self.mul(a.negated, b)) : b.negated ? self.neg(self.mul(a, b.negated)) : join(a, "*", b, 2)),
    div: (a, b) => (a.negated ? self.neg(self.div(a.negated, b)) : join(a, "/", b, 2)),
    pow: (a, b) => ({ text: `${hold(a, 5)} ** ${hold(b, 4)}`, tightness: 4, scalar: a.scalar && b.scalar }),
    exp: call("exp"),
    log: call("log"),
    sigmoid: (a) => (a.scalar ? self.div(self.num(1), self.add(self.num(1), self.exp(self.neg(a)))) : call("sigmoid")(a)),
    // As −log σ(−a), which needs no threshold beyond which it would be linear.
    softplus: (a) => (a.scalar ? self.log1p(self.exp(a)) : self.neg(atom(`${library.logSigmoid}(${self.neg(a).text})`, a))),
    abs: (a) => (a.scalar ? atom(`abs(${a.text})`, a) : call("abs")(a)),
    max: (a, b) => (a.scalar && b.scalar ? atom(`max(${a.text}, ${b.text})`, a) : a.scalar ? self.max(b, a) : atom(library.max(a.text, b.text, b.scalar), a)),
    min: (a, b) => (a.scalar && b.scalar ? atom(`min(${a.text}, ${b.text})`, a) : a.scalar ? self.min(b, a) : atom(library.min(a.text, b.text, b.scalar), a)),
    select(c, a, b) {
      const condition = c.atLeastZero ?? `${hold(c, 1)} >= 0`;
      if (c.scalar) return { text: `${hold(a, 1)} if ${condition} else ${b.text}`, tightness: 0, scalar: a.scalar && b.scalar };
      // Of two numbers it would make an array of another type.
      const first = a.scalar && b.scalar ? `${library.prefix}.full_like(${c.text}, ${a.text})` : a.text;
      return atom(`${library.prefix}.where(${condition}, ${first}, ${b.text})`, c);
    },
    sqrt: call("sqrt"),
    log1p: call("log1p"),
  };
  return self;
}

/** Formulas keep what is divided by, or raised to a power, from 0 by the smallest normal float64. */
const smallest = raw.num(2 ** -1022);

/**
 * Printed code does so by the smallest normal number of its own type, `tiny`, and for powers by its square root, `floor`:
 * automatic differentiation twice through a power divides by the square of what it is of.
 */
const ownBounds: Target<Expr> = {
  ...raw,
  max: (a, b) => raw.max(a, b === smallest ? raw.sym("tiny") : b),
  pow: (a, b) => raw.pow(a.args[1] === raw.sym("tiny") ? raw.max(a.args[0]!, raw.sym("floor")) : a, b),
};

/**
 * Prints a formula as Python over arrays: a statement for each part that is used more than once, and
 * the text of its value, which is a plain number where no array is part of it.
 *
 * @param scalars - the symbols that are plain numbers
 * @param names - what parts are called, where they have a name
 */
export function pythonFormula(formula: Expr, library: ArrayLibrary, scalars: ReadonlySet<string>, names: ReadonlyMap<Expr, string>): { statements: string[]; value: string; scalar: boolean } {
  const expr = fold(formula, ownBounds), target = python(library, new Set([...scalars, "tiny", "floor"])), memo = new Map<Expr, Python>(), statements: string[] = [];
  const counts = uses(expr);
  const define = (e: Expr): void => {
    if (memo.has(e) || isPlain(e)) return;
    e.args.forEach(define);
    if (counts.get(e)! < 2) return;
    const name = names.get(e) ?? `part${statements.length + 1}`, said = fold(e, target, memo);
    statements.push(`${name} = ${said.text}`);
    memo.set(e, { text: name, tightness: 5, scalar: said.scalar });
  };
  define(expr);
  const { text, scalar } = fold(expr, target, memo);
  return { statements, value: text, scalar };
}
