import { describe, expect, test } from "vitest";
import { effectiveNumberWeights, inverseFrequencyWeights, sigmoidPriorBias, softmaxPriorBias } from "focal-loss";

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("class weights", () => {
  test("effective numbers by hand: E_n = 1 + β + … + β^(n−1) (1e-12)", () => {
    const effective = [1, 1 + 0.9 + 0.81];
    const [one, three] = effectiveNumberWeights([1, 3], 0.9);
    expect(one! / three!).toBeCloseTo(effective[1]! / effective[0]!, 12);
    expect(one! + three!).toBeCloseTo(2, 12);
  });

  test("β = 0 weighs classes alike, β → 1 by inverse frequency (1e-6)", () => {
    expect(effectiveNumberWeights([900, 90, 10], 0)).toEqual([1, 1, 1]);
    const near = effectiveNumberWeights([900, 90, 10], 1 - 1e-10), inverse = inverseFrequencyWeights([900, 90, 10]);
    near.forEach((w, k) => expect(w).toBeCloseTo(inverse[k]!, 6));
  });

  test("the weights sum to the number of classes; a class without examples weighs 0", () => {
    for (const weights of [effectiveNumberWeights([34108, 37, 0, 6]), inverseFrequencyWeights([34108, 37, 0, 6])]) {
      expect(sum(weights)).toBeCloseTo(4, 12);
      expect(weights[2]).toBe(0);
      expect(weights[3]!).toBeGreaterThan(weights[1]!);
    }
  });

  test("impossible arguments are named", () => {
    expect(() => effectiveNumberWeights([1, 2], 1)).toThrow("beta must be in [0, 1), got 1");
    expect(() => inverseFrequencyWeights([1, -2])).toThrow("counts[1] must be a finite number ≥ 0, got -2");
    expect(() => inverseFrequencyWeights([0, 0])).toThrow("at least one class with an example");
    expect(() => inverseFrequencyWeights(null as unknown as number[])).toThrow("counts must be an array, the examples of each class, got null");
    expect(() => softmaxPriorBias([1, "2"] as unknown as number[])).toThrow('counts[1] must be a finite number ≥ 0, got the string "2"');
    expect(() => sigmoidPriorBias(1)).toThrow("prior must be in (0, 1), got 1");
  });
});

describe("prior bias", () => {
  test("the sigmoid of the bias is the prior (1e-15)", () => {
    expect(sigmoidPriorBias(0.01)).toBeCloseTo(-4.59511985013459, 13);
    for (const prior of [1e-6, 0.01, 0.5, 0.9]) expect(1 / (1 + Math.exp(-sigmoidPriorBias(prior)))).toBeCloseTo(prior, 15);
  });

  test("the softmax of the biases is the class frequencies; an absent class counts as half an example (1e-15)", () => {
    const p = softmaxPriorBias([30, 0, 9]).map(Math.exp);
    expect(sum(p)).toBeCloseTo(1, 15);
    expect(p[0]).toBeCloseTo(30 / 39.5, 15);
    expect(p[1]).toBeCloseTo(0.5 / 39.5, 15);
  });
});
