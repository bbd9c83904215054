import type { BitTarget, Target } from "../expr/fold.ts";

/** The meaning of a formula: what every other target has to agree with. Symbols are looked up in `values`. */
export const numbers = (values: Readonly<Record<string, number>>): Target<number> => ({
  num: (value) => value,
  sym: (name) => values[name] ?? NaN,
  neg: (a) => -a,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  exp: Math.exp,
  log: Math.log,
  sigmoid: (a) => (a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a))),
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  abs: Math.abs,
  max: (a, b) => (a < b ? b : a),
  min: (a, b) => (b < a ? b : a),
  select: (c, a, b) => (c >= 0 ? a : b),
  sqrt: Math.sqrt,
  log1p: Math.log1p,
});

const bits = new DataView(new ArrayBuffer(4));
const floatBits = (x: number): number => (bits.setFloat32(0, x), bits.getInt32(0));
const fromBits = (i: number): number => (bits.setInt32(0, i), bits.getFloat32(0));
const round = Math.fround;

/** The meaning in float32, rounded after every operation: what SIMD and GPU engines compute, bit for bit. */
export const float32Numbers = (values: Readonly<Record<string, number>>): BitTarget<number> => {
  const exact = numbers(values);
  return {
    num: round,
    sym: (name) => round(exact.sym(name)),
    neg: exact.neg,
    add: (a, b) => round(a + b),
    sub: (a, b) => round(a - b),
    mul: (a, b) => round(a * b),
    div: (a, b) => round(a / b),
    abs: exact.abs,
    max: exact.max,
    min: exact.min,
    select: exact.select,
    sqrt: (a) => round(Math.sqrt(a)),
    power2: (a) => fromBits(floatBits(a) << 23),
    head: (a) => fromBits(floatBits(a) & ~0xfff),
    exponent: (a) => ((floatBits(a) >>> 23) & 0xff) - 127,
    significand: (a) => fromBits((floatBits(a) & 0x7fffff) | 0x3f800000),
  };
};
