import { describe, expect, test } from "vitest";
import { averagePrecision, bootstrap, column, rocAuc } from "focal-loss/evaluate";
import { randomNumbers } from "focal-loss/train";

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe("bootstrap", () => {
  const random = randomNumbers(2);
  const labels = Array.from({ length: 400 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const scores = labels.map((t) => random() + random() + t / 2);

  test("of a mean is as wide as theory says: ±1.96 standard errors (10 %: the error of ends from 4000 samples is 3 %)", () => {
    const values = Array.from({ length: 500 }, () => random() + random() + random());
    const center = mean(values), error = Math.sqrt(mean(values.map((v) => (v - center) ** 2)) / values.length);
    const { value, low, high } = bootstrap(mean, values, new Array<number>(500).fill(0), { samples: 4000 });
    expect(value).toBe(center);
    expect((center - low) / (1.96 * error)).toBeCloseTo(1, 0.7);
    expect((high - center) / (1.96 * error)).toBeCloseTo(1, 0.7);
    const narrow = bootstrap(mean, values, new Array<number>(500).fill(0), { samples: 4000, level: 0.5 });
    expect((narrow.high - narrow.low) / (2 * 0.6745 * error)).toBeCloseTo(1, 0.7);
  });

  test("keeps every class's number of rows, unless it is not stratified: then the share of positives moves by its binomial error (10 %)", () => {
    const share = (_: ArrayLike<number>, y: ArrayLike<number>) => mean(y);
    expect(bootstrap(share, scores, labels, { samples: 50 })).toEqual({ value: 0.2, low: 0.2, high: 0.2 });
    const { low, high } = bootstrap(share, scores, labels, { samples: 4000, stratified: false });
    expect((high - low) / (2 * 1.96 * Math.sqrt((0.2 * 0.8) / 400))).toBeCloseTo(1, 0.7);
  });

  test("gives the same numbers for the same seed, and the metric itself as value", () => {
    const once = bootstrap(averagePrecision, scores, labels, { samples: 200 });
    expect(bootstrap(averagePrecision, scores, labels, { samples: 200 })).toEqual(once);
    expect(bootstrap(averagePrecision, scores, labels, { samples: 200, seed: 1 })).not.toEqual(once);
    expect(once.value).toBe(averagePrecision(scores, labels));
    expect(once.low).toBeLessThan(once.value);
    expect(once.high).toBeGreaterThan(once.value);
    expect(bootstrap(rocAuc, [0.1, 0.4, 0.35, 0.8, 0.3, 0.7], [0, 0, 1, 1, 0, 1])).toEqual({ value: 8 / 9, low: 5 / 9, high: 1 });
  });

  test("draws whole rows, so that a difference of two models is paired: a copy differs by nothing", () => {
    const difference = (s: Float64Array, y: Float64Array) => rocAuc(column(s, 2, 0), y) - rocAuc(column(s, 2, 1), y);
    expect(bootstrap(difference, scores.flatMap((s) => [s, 2 * s]), labels, { samples: 50 })).toEqual({ value: 0, low: 0, high: 0 });
    const worse = bootstrap(difference, scores.flatMap((s) => [s, s + 2 * random()]), labels, { samples: 300 });
    expect(worse.low).toBeGreaterThan(0);
  });

  test("the true AUC lies inside a 90 % interval about nine times in ten (of 200 data sets 163 to 197: four standard errors)", () => {
    // Positives are shifted by one standard deviation of a triangular law on [0, 2]: the true AUC comes from 2e5 pairs.
    const draw = () => random() + random(), shift = 0.4;
    let wins = 0;
    for (let i = 0; i < 2e5; i++) wins += draw() + shift > draw() ? 1 : 0;
    let inside = 0;
    for (let set = 0; set < 200; set++) {
      const y = Array.from({ length: 80 }, (_, i) => i % 2);
      const { low, high } = bootstrap(rocAuc, y.map((t) => draw() + shift * t), y, { samples: 200, level: 0.9, seed: set });
      if (low <= wins / 2e5 && wins / 2e5 <= high) inside++;
    }
    expect(inside).toBeGreaterThanOrEqual(163);
    expect(inside).toBeLessThanOrEqual(197);
  });

  test("impossible arguments are named", () => {
    expect(() => bootstrap(mean, [], [])).toThrow("labels must hold at least one value, got none");
    expect(() => bootstrap(mean, [1, 2, 3], [0, 1])).toThrow("scores must have the same number of columns for each of 2 labels, got 3 values");
    expect(() => bootstrap(null as unknown as typeof mean, [1], [1])).toThrow("metric must be a function of scores and labels, like averagePrecision, got null");
    expect(() => bootstrap(mean, null as unknown as number[], [1])).toThrow("scores must be a typed array or an array of numbers, got null");
    expect(() => bootstrap(mean, [1], [true] as unknown as number[])).toThrow("labels[0] must be a number, got the boolean true");
    expect(() => bootstrap(mean, [1], [1], { samples: 0 })).toThrow("samples must be a whole number ≥ 1, got 0");
    expect(() => bootstrap(mean, [1], [1], { sample: 10 } as object)).toThrow("bootstrap has no option sample; it has samples, level, seed, stratified");
    expect(() => bootstrap(mean, [1], [1], { level: 95 })).toThrow("level must be in (0, 1), got 95");
    expect(() => bootstrap(() => NaN, [1], [1])).toThrow("metric must return a number for every resample, got NaN");
  });
});
