import * as raw from "./expr.ts";
import type { Expr } from "./expr.ts";
import { fold } from "./fold.ts";
import type { Target } from "./fold.ts";
import { multiple } from "./simplify.ts";

const { num, neg, add, sub, mul, div, abs, max, min, select, power2, head, exponent, significand } = raw;

// Coefficients and their errors: scripts/polynomials.js.
/** (eʳ − 1 − r) / r² for |r| ≤ ln2/2, within 2^-28. */
const expTail = [0.4999999403953552, 0.1666652113199234, 0.04166829213500023, 0.00836871936917305, 0.001381872920319438];
/** log(1 + e) / e for e in [0, 1], within 2^-27. */
const log1pOver = [
  1, -0.4999993145465851, 0.33330464363098145, -0.24958020448684692, 0.1969212144613266,
  -0.15344977378845215, 0.10661371052265167, -0.0574604868888855, 0.020088469609618187, -0.0032910797744989395,
];
/** (log(1 + f) − f + f²/2) / f³ for 1 + f in [√½, √2], within 2^-30. */
const logTail = [
  0.3333331346511841, -0.25000008940696716, 0.2000207155942917, -0.16667988896369934, 0.14220358431339264,
  -0.12406233698129654, 0.11883548647165298, -0.11670097708702087, 0.06749267876148224,
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
const constants = (values: readonly number[]): Expr[] => values.map(num);

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
  const inner = a && tailOf(a, tails);
  if (!inner) return undefined;
  if (e.word === "neg") return neg(inner);
  if (e.word === "abs") return select(a, inner, neg(inner));
  return e.word === "max" && b!.word === "num" ? select(sub(a, b!), inner, num(0)) : undefined;
}

/** A factor, its two parts of 12 bits, and the most and the least that it may multiply. */
type Factor = readonly [k: Expr, high: Expr, low: Expr, most: Expr, least: Expr];
const known = (k: number): Factor => [num(k), num(truncate(k)), num(k - truncate(k)), num(88 / Math.abs(k)), num(-88 / Math.abs(k))];
const unknown = (k: Expr, most = div(num(88), abs(k))): Factor => [k, head(k), sub(k, head(k)), most, neg(most)];

/** e^(k·y). The product reaches 88, where its last bit is 4e-6: it is carried in two parts. */
function expOfProduct([k, high, low, most, least]: Factor, y: Expr, tails: Tails): Expr {
  const bounded = max(min(y, most), least), product = mul(k, bounded);
  const yHigh = head(bounded), yLow = sub(bounded, yHigh);
  const lost = add(add(add(sub(mul(high, yHigh), product), mul(high, yLow)), mul(low, yHigh)), mul(low, yLow));
  const found = tailOf(y, tails);
  const tail = found && tails.size > 0 ? select(sub(most, abs(y)), found, num(0)) : found;
  return expOf(product, tail ? add(lost, mul(k, tail)) : lost);
}

/** e^x, by the shape of x: −|u| needs one bound, a multiple a second part. */
function expBy(x: Expr, tails: Tails): Expr {
  const { factor, of } = multiple(x), [k, y] = of.word === "mul" ? of.args : [];
  if (Math.abs(factor) !== 1) return expOfProduct(known(factor), of, tails);
  if (k?.word === "sym") return expOfProduct(unknown(factor < 0 ? neg(k) : k), y!, tails);
  if (factor < 0 && of.word === "abs") return expOfNegative(x, tailOf(x, tails));
  return expOf(max(min(x, num(highest)), num(-lowest)));
}

/** k with the low 12 bits of its float32 significand cleared. */
function truncate(k: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, k);
  bits.setInt32(0, bits.getInt32(0) & ~0xfff);
  return bits.getFloat32(0);
}

/** log(2ⁿ (1 + f)) for |n| < 2¹⁴ and 1 + f in [√½, √2] as a sum of two, of which the first is exact. */
export function logInTwo(n: Expr, f: Expr): readonly [Expr, Expr] {
  const square = mul(f, f), small = sub(f, sub(mul(num(0.5), square), mul(mul(square, f), polynomial(constants(logTail), f))));
  return [mul(n, ln2High), add(mul(n, ln2Low), small)];
}

function logOf(x: Expr): Expr {
  const m = significand(x), carry = sub(m, num(Math.SQRT2));
  const f = sub(select(carry, mul(num(0.5), m), m), num(1)), n = add(exponent(x), select(carry, num(1), num(0)));
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
