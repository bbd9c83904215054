import * as raw from "./expr.ts";
import type { Expr } from "./expr.ts";
import type { Target } from "./fold.ts";

const zero = raw.num(0);
const one = raw.num(1);
const isNum = (e: Expr): boolean => e.word === "num";

/** The factors of a product, left to right. */
const factors = (e: Expr): Expr[] => (e.word === "mul" ? [...factors(e.args[0]!), ...factors(e.args[1]!)] : [e]);

/** A formula as a number times another, the form that products with a number are kept in: −(k·x) or k·x. */
export function multiple(e: Expr): { factor: number; of: Expr } {
  const [sign, size] = e.word === "neg" ? [-1, e.args[0]!] : [1, e];
  const scaled = size.word === "mul" && isNum(size.args[0]!);
  return scaled ? { factor: sign * size.args[0]!.value, of: size.args[1]! } : { factor: sign, of: size };
}

/** x·a + x·b → x·(a + b), for the factors both products have. */
function shareFactors(a: Expr, b: Expr, join: (a: Expr, b: Expr) => Expr): Expr | undefined {
  const left: Expr[] = [], right = factors(b), common: Expr[] = [];
  for (const factor of factors(a)) {
    const at = isNum(factor) ? -1 : right.indexOf(factor);
    if (at < 0) left.push(factor);
    else common.push(...right.splice(at, 1));
  }
  if (common.length === 0) return undefined;
  const product = (list: Expr[]): Expr => list.reduce((x, y) => simplify.mul(x, y), one);
  return simplify.mul(product(common), join(product(left), product(right)));
}

/**
 * The words as algebra knows them: constants folded, 0 and 1 absorbed, signs pulled outwards, common
 * factors shared. It never reorders what an author wrote otherwise, so a formula always runs the same way.
 */
export const simplify: Target<Expr> = {
  num: raw.num,
  sym: raw.sym,
  neg(a) {
    if (isNum(a)) return raw.num(-a.value || 0);
    if (a.word === "neg") return a.args[0]!;
    if (a.word === "sub") return raw.sub(a.args[1]!, a.args[0]!);
    return raw.neg(a);
  },
  add(a, b) {
    if (isNum(a) && isNum(b)) return raw.num(a.value + b.value);
    if (a === zero) return b;
    if (b === zero) return a;
    if (a.word === "neg" && b.word === "neg") return simplify.neg(simplify.add(a.args[0]!, b.args[0]!));
    if (b.word === "neg") return simplify.sub(a, b.args[0]!);
    if (a.word === "neg") return simplify.sub(b, a.args[0]!);
    return shareFactors(a, b, simplify.add) ?? raw.add(a, b);
  },
  sub(a, b) {
    if (isNum(a) && isNum(b)) return raw.num(a.value - b.value);
    if (b === zero) return a;
    if (a === zero) return simplify.neg(b);
    if (a === b) return zero;
    if (b.word === "neg") return simplify.add(a, b.args[0]!);
    if (a.word === "neg") return simplify.neg(simplify.add(a.args[0]!, b));
    return shareFactors(a, b, simplify.sub) ?? raw.sub(a, b);
  },
  mul(a, b) {
    if (isNum(a) && isNum(b)) return raw.num(a.value * b.value);
    if (a === zero || b === zero) return zero;
    if (a === one) return b;
    if (b === one) return a;
    if (a.word === "neg") return simplify.neg(simplify.mul(a.args[0]!, b));
    if (b.word === "neg") return simplify.neg(simplify.mul(a, b.args[0]!));
    if (isNum(b)) return simplify.mul(b, a);
    if (isNum(a) && a.value < 0) return simplify.neg(simplify.mul(raw.num(-a.value), b));
    if (isNum(a) && b.word === "mul" && isNum(b.args[0]!)) return simplify.mul(raw.num(a.value * b.args[0]!.value), b.args[1]!);
    if (b.word === "mul" && isNum(b.args[0]!)) return simplify.mul(b.args[0]!, simplify.mul(a, b.args[1]!));
    if (a.word === "mul" && isNum(a.args[0]!)) return simplify.mul(a.args[0]!, simplify.mul(a.args[1]!, b));
    return raw.mul(a, b);
  },
  div(a, b) {
    if (isNum(a) && isNum(b)) return raw.num(a.value / b.value);
    if (a === zero) return zero;
    if (b === one) return a;
    if (a.word === "neg") return simplify.neg(simplify.div(a.args[0]!, b));
    if (isNum(b)) return simplify.mul(raw.num(1 / b.value), a);
    return raw.div(a, b);
  },
  pow(a, b) {
    if (isNum(a) && isNum(b)) return raw.num(a.value ** b.value);
    if (b === zero) return one;
    if (b === one) return a;
    return raw.pow(a, b);
  },
  exp: (a) => (isNum(a) ? raw.num(Math.exp(a.value)) : raw.exp(a)),
  log: (a) => (isNum(a) ? raw.num(Math.log(a.value)) : a.word === "exp" ? a.args[0]! : raw.log(a)),
  sigmoid: raw.sigmoid,
  softplus: raw.softplus,
  abs: (a) => (isNum(a) ? raw.num(Math.abs(a.value)) : a.word === "neg" ? simplify.abs(a.args[0]!) : raw.abs(a)),
  max: (a, b) => (isNum(a) && isNum(b) ? raw.num(Math.max(a.value, b.value)) : a.word === "sigmoid" && isNum(b) && b.value <= 0 ? a : raw.max(a, b)),
  min: (a, b) => (isNum(a) && isNum(b) ? raw.num(Math.min(a.value, b.value)) : raw.min(a, b)),
  select: (c, a, b) => (a === b ? a : isNum(c) ? (c.value >= 0 ? a : b) : raw.select(c, a, b)),
  sqrt: (a) => (isNum(a) ? raw.num(Math.sqrt(a.value)) : raw.sqrt(a)),
  log1p: (a) => (isNum(a) ? raw.num(Math.log1p(a.value)) : raw.log1p(a)),
};
