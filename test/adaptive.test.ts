import fc from "fast-check";
import { AdaFocal, classBalancedFocal, criterion, crossEntropy, cyclicalFocal, cyclicalShare, effectiveNumberWeights, equalizedGamma, focal, inverseFocal } from "focal-loss";
import { describe, expect, test } from "vitest";

const logit = fc.double({ min: -8, max: 8, noNaN: true });
const none = { reduction: "none" } as const;

describe("AdaFocal", () => {
  test("begins as focal loss with the γ it is given (1e-14: its powers are lowered bin by bin)", () => {
    for (const gamma of [0.5, 1, 3]) {
      fc.assert(fc.property(logit, fc.constantFrom(0, 1), (x, t) => {
        const ada = criterion(new AdaFocal({ gamma }).loss({ alpha: 0.25 }), none).derivatives([x], [t]);
        const plain = criterion(focal({ gamma, alpha: 0.25 }), none).derivatives([x], [t]);
        for (const key of ["value", "grad", "hessian"] as const) expect(ada[key][0]! / plain[key][0]!).toBeCloseTo(1, 14);
      }));
    }
  });

  test("moves γ by e^{λ·(confidence − accuracy)} in each bin that saw an example, and in no other", () => {
    const ada = new AdaFocal({ bins: 2, rate: 2 });
    ada.update([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0]);
    expect(ada.toJSON().gammas).toEqual([1, Math.exp(2 * (0.75 - 0.5))]);
  });

  test("grows no larger than `most`, turns to inverse focal loss below the threshold, and back", () => {
    const ada = new AdaFocal({ bins: 1, rate: 10 });
    for (let i = 0; i < 5; i++) ada.update([1], [0]);
    expect(ada.toJSON().gammas).toEqual([20]);
    ada.update([0], [1]);
    expect(ada.toJSON().gammas).toEqual([-0.2]);
    ada.update([0.5], [1]); // confidence still lags: γ falls, to `least` at most
    expect(ada.toJSON().gammas).toEqual([-2]);
    ada.update([1], [0]);
    expect(ada.toJSON().gammas).toEqual([0.2]);
  });

  test("below 0 it is inverse focal loss with |γ|", () => {
    const ada = AdaFocal.from({ gammas: [-1.5], rate: 1, threshold: 0.2, least: -2, most: 20 });
    expect(criterion(ada.loss()).valueAndGrad([0.7, -2], [1, 0])).toEqual(criterion(inverseFocal({ gamma: 1.5 })).valueAndGrad([0.7, -2], [1, 0]));
  });

  test("each example has the γ of its own bin: with γ = 4 below one half and 2 above, the two focal losses (1e-15)", () => {
    const loss = criterion(AdaFocal.from({ gammas: [4, 2], rate: 1, threshold: 0.2, least: -2, most: 20 }).loss());
    for (const [x, gamma] of [[-1, 4], [1, 2], [-6, 4], [6, 2]] as const) {
      expect(loss.value([x], [1]) / criterion(focal({ gamma })).value([x], [1])).toBeCloseTo(1, 15);
    }
  });

  test("its state survives JSON", () => {
    const ada = new AdaFocal({ bins: 3 });
    ada.update([0.9, 0.4, 0.1], [0, 1, 1]);
    expect(AdaFocal.from(JSON.parse(JSON.stringify(ada))).toJSON()).toEqual(ada.toJSON());
  });

  test("runs on SIMD as in JavaScript, within 1e-6 of the loss", () => {
    const ada = AdaFocal.from({ gammas: [5, -1.3, 0.7, 2.6], rate: 1, threshold: 0.2, least: -2, most: 20 });
    const logits = Float32Array.from({ length: 200 }, (_, i) => i / 12.5 - 8), targets = Array.from(logits, (_, i) => i % 2);
    const simd = criterion(ada.loss(), { ...none, engine: "wasm" }).valueAndGrad(logits, targets), js = criterion(ada.loss(), { ...none, engine: "js" }).valueAndGrad(logits, targets);
    simd.value.forEach((v, i) => expect(Math.abs(v - js.value[i]!)).toBeLessThanOrEqual(1e-6 * js.value[i]!));
    simd.grad.forEach((g, i) => expect(Math.abs(g - js.grad[i]!)).toBeLessThanOrEqual(1e-6 * Math.max(Math.abs(js.grad[i]!), js.value[i]!)));
  });

  test.each([
    ["bins must be a whole number from 1 to 1000, got 0", () => new AdaFocal({ bins: 0 })],
    ["gamma must be in [-2, 20], got 30", () => new AdaFocal({ gamma: 30 })],
    ["least and most must enclose ±0.2, got 0 and 20", () => new AdaFocal({ least: 0 })],
    ["confidences[0] must be in [0, 1], got 2", () => new AdaFocal().update([2], [1])],
    ["there must be one confidence per answer: expected 2, got 1", () => new AdaFocal().update([0.5], [1, 0])],
    ["gammas[1] must be in [-2, 20], got 99", () => AdaFocal.from({ gammas: [1, 99], rate: 1, threshold: 0.2, least: -2, most: 20 })],
    ["AdaFocal.from takes what toJSON gave: { gammas, rate, threshold, least, most }", () => AdaFocal.from({} as never)],
  ])("%s", (sentence, make) => expect(make).toThrow(sentence));
});

describe("schedules and weights", () => {
  test("the cycle falls from 1 to 0 in a quarter of the training and rises back to 1", () => {
    expect([0, 12.5, 25, 62.5, 100].map((epoch) => cyclicalShare(epoch, 100))).toEqual([1, 0.5, 0, 0.5, 1]);
    expect(cyclicalShare(50, 100, 2)).toBe(0);
    expect(() => cyclicalShare(101, 100)).toThrow("epoch must be in [0, 100], got 101");
  });

  test("without its confident part cyclical focal loss is focal loss", () => {
    expect(criterion(cyclicalFocal({ share: 0 })).derivatives([1.3], [1])).toEqual(criterion(focal({ gamma: 2 })).derivatives([1.3], [1]));
  });

  test("γ rises from base to base + scale as a class's positives fall behind", () => {
    expect(equalizedGamma([1, 0.5, 0, 3])).toEqual([2, 6, 10, 2]);
    expect(() => equalizedGamma([-1])).toThrow("balance[0] must be ≥ 0, got -1");
  });

  test("class-balanced focal loss is focal loss with effective-number weights", () => {
    expect(classBalancedFocal({ counts: [900, 100], beta: 0.99, gamma: 1 })).toMatchObject({ name: "focal", parameters: { gamma: 1 }, alpha: effectiveNumberWeights([900, 100], 0.99) });
    expect(criterion(classBalancedFocal({ counts: [5, 5], gamma: 0 })).value([1], [1])).toBeCloseTo(criterion(crossEntropy()).value([1], [1]), 15);
  });
});
