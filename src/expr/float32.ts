import * as raw from "./expr.ts";
import type { Expr } from "./expr.ts";
import { fold } from "./fold.ts";
import type { Target } from "./fold.ts";
import { multiple, simplify } from "./simplify.ts";

const { num, neg, add, sub, mul, div, abs, max, min, select, power2, head, exponent, significand } = raw;

// Coefficients and their errors: scripts/polynomials.js. Each is the shortest decimal that float32 rounds to it.
/** (eʳ − 1 − r) / r² for |r| ≤ ln2/2, within 2^-28. */
const expTail = [0.49999994, 0.16666521, 0.041668292, 0.008368719, 0.0013818729];
/** log(1 + e) / e for e in [0, 1], within 2^-27. */
const log1pOver = [
  1, -0.4999993, 0.33330464, -0.2495802, 0.19692121,
  -0.15344977, 0.10661371, -0.057460487, 0.02008847, -0.0032910798,
];
/** (log(1 + f) − f + f²/2) / f³ for 1 + f in [√½, √2], within 2^-30. */
const logTail = [
  0.33333313, -0.2500001, 0.20002072, -0.16667989, 0.14220358,
  -0.12406234, 0.11883549, -0.11670098, 0.06749268,
];

/** A polynomial by Estrin's scheme: a tree of pairs, whose halves a machine can compute side by side. */
function polynomial(coefficients: readonly Expr[], x: Expr): Expr {
  if (coefficients.length === 1) return coefficients[0]!;
  const pairs: Expr[] = [];
  for (let i = 0; i < coefficients.length; i += 2) {
    const low = coefficients[i]!, high = coefficients[i + 1];
    pairs.push(high ? add(low, mul(high, x)) : low);
  }
  return pairs.length === 1 ? pairs[0]! : polynomial(pairs, mul(x, x));
}
const constants = (values: readonly number[]): Expr[] => values.map((value) => num(Math.fround(value)));

/** Adding it rounds a number below 2²² to a whole one and leaves that, plus 127, in the low bits. */
export const exponentBias = 1.5 * 2 ** 23 + 127;
const magic = num(exponentBias);
const log2e = num(Math.LOG2E);
/** ln 2 in two parts; the first has 9 bits, so its multiples by an exponent are exact. */
const ln2High = num(355 / 512), ln2Low = num(Math.LN2 - 355 / 512);
/** Below −127·ln 2 a float32 exponential is 0: 2^-127 has no normal float32. */
const lowest = 88.02968;
const highest = 89;

/** e^(x + tail) for x ≥ lowest, the tail being what rounding took from x; times 2^k where the bias is larger by k. */
export function expOf(x: Expr, tail?: Expr, bias = magic): Expr {
  const z = add(mul(x, log2e), bias);
  const n = sub(z, bias);
  const rest = sub(sub(x, mul(n, ln2High)), mul(n, ln2Low));
  const r = tail ? add(rest, tail) : rest;
  return mul(power2(z), add(num(1), add(r, mul(mul(r, r), polynomial(constants(expTail), r)))));
}

/** e^(x + tail) for x ≤ 0. Where x is held at its bound, a tail of any size means nothing. */
export const expOfNegative = (x: Expr, tail?: Expr): Expr => expOf(max(x, num(-lowest)), tail && select(add(x, num(lowest)), tail, num(0)));

/** What rounding took from symbols that are differences themselves, by their names. */
export type Tails = ReadonlyMap<string, Expr>;

const both = (a: Expr | undefined, b: Expr | undefined): Expr | undefined => (a && b ? add(a, b) : a ?? b);

/** What rounding took from a lowered formula, as far as it is known; in a sum a + b, for a ≥ b or b < 1. */
function tailOf(e: Expr, tails: Tails): Expr | undefined {
  const [a, b] = e.args;
  if (e.word === "sym") return tails.get(e.name);
  if (e.word === "add") return both(sub(b!, sub(e, a!)), tailOf(a!, tails));
  if (e.word === "num") return e.value === Math.fround(e.value) ? undefined : num(e.value - Math.fround(e.value));
  const inner = a && tailOf(a, tails);
  if (e.word === "sub" && tails.size > 0) {
    const back = sub(e, a!), lost = tailOf(b!, tails);
    return both(sub(sub(a!, sub(e, back)), add(b!, back)), both(lost && neg(lost), inner));
  }
  if (!inner || e.word === "neg") return inner && neg(inner);
  if (e.word === "abs") return select(a, inner, neg(inner));
  return e.word === "max" && b!.word === "num" ? select(sub(a, b!), inner, num(0)) : undefined;
}

/** A factor in two parts, and how large what it multiplies may be for a product of 88. */
function split(k: Expr, tails: Tails): { high: Expr; low: Expr; bound: Expr } {
  if (k.word === "num") return { high: num(truncate(k.value)), low: num(k.value - truncate(k.value)), bound: num(88 / Math.abs(k.value)) };
  return { high: head(k), low: both(sub(k, head(k)), tailOf(k, tails))!, bound: div(num(88), abs(k)) };
}

/** e^(k·y). The product reaches 88, where its last bit is 4e-6: it is carried in two parts. */
function expOfProduct(k: Expr, y: Expr, tails: Tails): Expr {
  const { high, low, bound } = split(k, tails), bounded = max(min(y, bound), simplify.neg(bound)), product = mul(k, bounded);
  const yHigh = head(bounded), yLow = sub(bounded, yHigh);
  const lost = add(add(add(sub(mul(high, yHigh), product), mul(high, yLow)), mul(low, yHigh)), mul(low, yLow));
  const found = tailOf(y, tails);
  const tail = found && tails.size > 0 ? select(sub(bound, abs(y)), found, num(0)) : found;
  return expOf(product, tail ? add(lost, mul(k, tail)) : lost);
}

/** e^x, by the shape of x: −|u| needs one bound, a multiple, by a number or by a setting, a second part. */
function expBy(x: Expr, tails: Tails): Expr {
  const { factor, of } = multiple(x), [a, b] = of.args;
  if (Math.abs(factor) !== 1) return expOfProduct(num(factor), of, tails);
  if (of.word === "mul" && (a!.word === "sym" || tailOf(a!, tails))) return expOfProduct(factor < 0 ? simplify.neg(a!) : a!, b!, tails);
  if (factor < 0 && of.word === "abs") return expOfNegative(x, tailOf(x, tails));
  return expOf(max(min(x, num(highest)), num(-lowest)));
}

const bits = new DataView(new ArrayBuffer(4));
/** k with the low 12 bits of its float32 significand cleared. */
const truncate = (k: number): number => (bits.setFloat32(0, k), bits.setInt32(0, bits.getInt32(0) & ~0xfff), bits.getFloat32(0));

/** log(2ⁿ (1 + f)) for |n| < 2¹⁴ and 1 + f in [√½, √2] as a sum of two, of which the first is exact. */
export function logInTwo(n: Expr, f: Expr): readonly [Expr, Expr] {
  const square = mul(f, f), small = sub(f, sub(mul(num(0.5), square), mul(mul(square, f), polynomial(constants(logTail), f))));
  return [mul(n, ln2High), add(mul(n, ln2Low), small)];
}

function logOf(x: Expr): Expr {
  const m = significand(x), carry = sub(m, num(Math.SQRT2)), f = sub(select(carry, mul(num(0.5), m), m), num(1)), n = add(exponent(x), select(carry, num(1), num(0)));
  return select(x, add(...logInTwo(n, f)), num(NaN));
}

/**
 * Rewrites a lowered formula into float32 arithmetic: exp, log and log1p become range reduction and
 * polynomials of our own, the same on every machine. Engines that compute in float32 all run this form,
 * so they agree with each other to the last bit.
 *
 * @param tails - for symbols that were rounded when they were made: what they lack
 */
export function toFloat32(exprs: readonly Expr[], tails: Tails = new Map()): Expr[] {
  const arithmetic: Target<Expr> = {
    ...raw,
    // A constant that is not 0 stays so: it may guard a division.
    num: (value) => num(value !== 0 && Math.abs(value) < 2 ** -126 ? Math.sign(value) * 2 ** -126 : value),
    log: logOf,
    log1p: (e) => mul(e, polynomial(constants(log1pOver), e)),
    exp: (x) => expBy(x, tails),
  };
  const memo = new Map<Expr, Expr>();
  return exprs.map((expr) => fold(expr, arithmetic, memo));
}
