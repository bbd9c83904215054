import type { Code } from "../assembler.ts";

/** Puts lanes of two vectors together: 0 to 3 of the first, 4 to 7 of the second. */
export const shuffle = (code: Code, a: number, b: number, lanes: readonly number[]): Code =>
  code.get(a).get(b).vec("i8x16.shuffle").raw(lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]));

/** Leaves what an operation makes of all four lanes of a vector in each of them. */
export function acrossLanes(code: Code, vector: number, op: "i32x4.max_s" | "f32x4.pmax" | "f32x4.add"): void {
  for (const lanes of [[2, 3, 0, 1], [1, 0, 3, 2]]) shuffle(code, vector, vector, lanes).get(vector).vec(op).set(vector);
}

/** Leaves on the stack the sums of the lanes of each of four vectors. */
export function sumsOfLanes(code: Code, [a, b, c, d]: readonly [number, number, number, number]): void {
  for (const [x, y] of [[a, b], [c, d]] as const) {
    shuffle(code, x, y, [0, 4, 1, 5]);
    shuffle(code, x, y, [2, 6, 3, 7]).vec("f32x4.add").set(x);
  }
  shuffle(code, a, c, [0, 1, 4, 5]);
  shuffle(code, a, c, [2, 3, 6, 7]).vec("f32x4.add");
}

/** Adds four float32 lanes to a pair of float64. */
export function widen(code: Code, pair: number, lanes: number): void {
  code.get(pair).get(lanes).vec("f64x2.promote_low_f32x4").vec("f64x2.add");
  shuffle(code, lanes, lanes, [2, 3, 0, 1]).vec("f64x2.promote_low_f32x4").vec("f64x2.add").set(pair);
}

/** Leaves the sum of a float64 pair on the stack. */
export const sumOfPair = (code: Code, pair: number): Code => code.get(pair).vec("f64x2.extract_lane").byte(0).get(pair).vec("f64x2.extract_lane").byte(1).byte(0xa0);
