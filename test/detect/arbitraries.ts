import fc from "fast-check";

/** A box with area on quarters of pixels. */
export const properBox = fc.tuple(fc.integer({ min: -40, max: 400 }), fc.integer({ min: -40, max: 400 }), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }))
  .map(([x, y, w, h]) => Float32Array.of(x / 4, y / 4, (x + w) / 4, (y + h) / 4));

/** Four numbers of any kind: often a box, often none. */
export const anyBox = fc.oneof(
  { weight: 2, arbitrary: properBox },
  { weight: 1, arbitrary: fc.array(fc.oneof(fc.integer({ min: -20, max: 140 }), fc.constantFrom(NaN, Infinity, -Infinity, 1e30, 0)), { minLength: 4, maxLength: 4 }).map((v) => Float32Array.from(v)) },
);
