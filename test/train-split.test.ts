import { describe, expect, test } from "vitest";
import { classCounts, randomNumbers, stratifiedSplit, subset } from "focal-loss/train";

describe("stratified split", () => {
  const y = Int32Array.from({ length: 1000 }, (_, i) => (i % 100 === 0 ? 2 : i % 10 === 0 ? 1 : 0)); // 900, 90, 10
  const counts = (rows: Uint32Array, labels: ArrayLike<number> = y) => classCounts({ y: Int32Array.from(rows, (i) => labels[i]!), classes: 3 });

  test("every row stands in exactly one part, every class in proportion", () => {
    const parts = stratifiedSplit(y, [0.6, 0.2, 0.2], 1);
    expect(parts.flatMap((rows) => [...rows]).sort((a, b) => a - b)).toEqual(Array.from(y, (_, i) => i));
    expect(parts.map((rows) => counts(rows))).toEqual([[540, 54, 6], [180, 18, 2], [180, 18, 2]]);
  });

  test("a class with one row per part has one in each; with fewer, the largest parts come first", () => {
    const three = Int32Array.of(...new Array<number>(97).fill(0), 1, 1, 1);
    expect(stratifiedSplit(three, [0.8, 0.1, 0.1], 1).map((rows) => counts(rows, three)[1])).toEqual([1, 1, 1]);
    const two = Int32Array.of(...new Array<number>(97).fill(0), 1, 1);
    expect(stratifiedSplit(two, [0.8, 0.1, 0.1], 1).map((rows) => counts(rows, two)[1])).toEqual([2, 0, 0]);
  });

  test("the seed decides, and nothing else", () => {
    expect(stratifiedSplit(y, [0.5, 0.5], 7)).toEqual(stratifiedSplit(y, [0.5, 0.5], 7));
    expect(stratifiedSplit(y, [0.5, 0.5], 8)).not.toEqual(stratifiedSplit(y, [0.5, 0.5], 7));
  });

  test("fractions that are no partition are named", () => {
    expect(() => stratifiedSplit(y, [0.5, 0.4], 1)).toThrow("fractions must be above 0 and sum to 1, got [0.5, 0.4]");
    expect(() => stratifiedSplit(y, [1, 0], 1)).toThrow("fractions must be above 0");
    expect(() => stratifiedSplit([], [1], 1)).toThrow("at least one row");
  });

  test("a subset keeps rows whole and in the order asked for", () => {
    const table = { x: Float32Array.of(1, 2, 3, 4, 5, 6), y: Int32Array.of(0, 1, 2), rows: 3, features: 2, classes: 3 };
    expect(subset(table, [2, 0])).toEqual({ x: Float32Array.of(5, 6, 1, 2), y: Int32Array.of(2, 0), rows: 2, features: 2, classes: 3 });
    expect(() => subset(table, [3])).toThrow("rows[0] must be a row from 0 to 2, got 3");
  });
});

describe("random numbers", () => {
  test("are spread evenly (chi-square of 100 bins over 1e5 draws within 5 standard deviations) and go on from their state", () => {
    const random = randomNumbers(1);
    const bins = new Array<number>(100).fill(0);
    for (let i = 0; i < 1e5; i++) bins[Math.floor(100 * random())]!++;
    const chiSquare = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(Math.abs(chiSquare - 99)).toBeLessThan(5 * Math.sqrt(2 * 99));
    const again = randomNumbers(random.state);
    expect([again(), again()]).toEqual([random(), random()]);
  });
});
