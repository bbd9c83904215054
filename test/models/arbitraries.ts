/** Random numbers and names, tame and wild. */
import fc from "fast-check";

export const double = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
export const logit = double(-30, 30);
export const hard = fc.constantFrom(0, 1);

/** Numbers that nobody should pass, and some that somebody will. */
export const wild = fc.oneof(
  { weight: 4, arbitrary: double(-10, 10) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 12 }) },
  { weight: 2, arbitrary: fc.constantFrom(0, -0, 1, 0.5, -1, 255, NaN, Infinity, -Infinity, 1e30, -1e30, 1e-30, 5e-324, Number.MAX_VALUE, 2 ** 31, 2 ** 53) },
);

const kinds = [Array, Float32Array, Float64Array, Int32Array, Uint8Array] as const;

/** Arrays of them, of any kind. */
export const wildNumbers = (maxLength = 12): fc.Arbitrary<ArrayLike<number>> =>
  fc.tuple(fc.array(wild, { maxLength }), fc.constantFrom(...kinds)).map(([values, kind]) => (kind as typeof Array).from(values));

/** Names as they come from files: empty, beyond ASCII, with quotes, markup, words of SQL and of objects. */
export const wildName = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  { weight: 2, arbitrary: fc.constantFrom("", " ", "__proto__", "constructor", "toString", "<script>alert(1)</script>", "'; drop table x; --", '"', "`", "\\", "\0", "a,b", "a;b", "null", "NaN", "=1+1", "\u202e") },
);

/** Anything that JSON could write. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: wild as fc.Arbitrary<unknown> },
  { weight: 3, arbitrary: wildNumbers() as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: wildName as fc.Arbitrary<unknown> },
  { weight: 2, arbitrary: fc.anything({ maxDepth: 2, withTypedArray: true }) },
);
