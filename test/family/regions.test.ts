import fc from "fast-check";
import { asymmetricUnifiedFocal, criterion, crossEntropy, focal, focalTversky, normalizedFocal, unifiedFocal } from "focal-loss";
import { describe, expect, test } from "vitest";
import { close } from "./differences.ts";
import { sigmoid } from "./members.ts";

const logit = fc.double({ min: -10, max: 10, noNaN: true });
const pixels = fc.array(fc.tuple(logit, fc.constantFrom(0, 1)), { minLength: 1, maxLength: 12 });
const map = fc.integer({ min: 2, max: 4 }).chain((classes) => fc.array(fc.tuple(fc.array(logit, { minLength: classes, maxLength: classes }), fc.nat(classes - 1)), { minLength: 1, maxLength: 8 }));
const share = fc.double({ min: 0.05, max: 0.95, noNaN: true });

describe("losses of regions", () => {
  test("focal Tversky loss with γ = 1, δ = ½ is 1 − Dice, 2·tp ÷ (2·tp + fn + fp) with twice the smoothing in both", () => {
    fc.assert(fc.property(pixels, (examples) => {
      let hits = 0, predicted = 0, present = 0;
      for (const [x, t] of examples) { hits += sigmoid(x) * t; predicted += sigmoid(x); present += t; }
      const dice = (2 * hits + 2) / (predicted + present + 2);
      close(criterion(focalTversky({ gamma: 1, delta: 0.5, smooth: 1 })).value(examples.map(([x]) => x), examples.map(([, t]) => t)), 1 - dice, 1e-10, 1e-14);
    }));
  });

  test("unified focal loss with weight 1 is focal Tversky loss with the exponent 1 − γ", () => {
    fc.assert(fc.property(map, share, share, (examples, delta, gamma) => {
      const logits = examples.flatMap(([row]) => row), labels = examples.map(([, label]) => label);
      const softmax = { head: "softmax", classes: examples[0]![0].length } as const;
      close(criterion(unifiedFocal({ weight: 1, delta, gamma }), softmax).value(logits, labels), criterion(focalTversky({ gamma: 1 - gamma, delta, smooth: 1e-6 }), softmax).value(logits, labels), 1e-12, 1e-15);
    }));
  });

  test("unified focal loss with weight 0 is the mean focal loss, the background weighing 1 − δ, other classes δ", () => {
    fc.assert(fc.property(map, share, share, (examples, delta, gamma) => {
      const logits = examples.flatMap(([row]) => row), labels = examples.map(([, label]) => label), classes = examples[0]![0].length;
      const alpha = Array.from({ length: classes }, (_, c) => (c === 0 ? 1 - delta : delta)), softmax = { head: "softmax", classes } as const;
      const { value, grad } = criterion(unifiedFocal({ weight: 0, delta, gamma }), softmax).valueAndGrad(logits, labels);
      const want = criterion(focal({ gamma, alpha }), softmax).valueAndGrad(logits, labels);
      close(value, want.value, 1e-12);
      grad.forEach((g, i) => close(g, want.grad[i]!, 1e-10, 1e-14));
    }));
  });

  test("asymmetric unified focal loss with weight 0 leaves the foreground's cross-entropy whole", () => {
    fc.assert(fc.property(pixels, share, share, (examples, delta, gamma) => {
      const logits = examples.map(([x]) => x), targets = examples.map(([, t]) => t);
      const fore = criterion(crossEntropy({ alpha: [0, delta] })).value(logits, targets), back = criterion(focal({ gamma, alpha: [1 - delta, 0] })).value(logits, targets);
      close(criterion(asymmetricUnifiedFocal({ weight: 0, delta, gamma })).value(logits, targets), fore + back, 1e-12);
    }));
  });

  test("both unified losses are one with γ = 0", () => {
    fc.assert(fc.property(map, share, share, (examples, delta, weight) => {
      const logits = examples.flatMap(([row]) => row), labels = examples.map(([, label]) => label), softmax = { head: "softmax", classes: examples[0]![0].length } as const;
      const one = criterion(unifiedFocal({ weight, delta, gamma: 0 }), softmax).valueAndGrad(logits, labels);
      const other = criterion(asymmetricUnifiedFocal({ weight, delta, gamma: 0 }), softmax).valueAndGrad(logits, labels);
      close(one.value, other.value, 1e-13);
      one.grad.forEach((g, i) => close(g, other.grad[i]!, 1e-11, 1e-15));
    }));
  });

  test("of two classes, softmax is sigmoid of the difference", () => {
    fc.assert(fc.property(pixels, (examples) => {
      const rows = examples.flatMap(([x]) => [0.5, 0.5 + x]), logits = examples.map(([x]) => (0.5 + x) - 0.5), targets = examples.map(([, t]) => t);
      for (const loss of [unifiedFocal(), asymmetricUnifiedFocal(), normalizedFocal()]) {
        const two = criterion(loss, { head: "softmax", classes: 2 }).valueAndGrad(rows, targets), one = criterion(loss).valueAndGrad(logits, targets);
        close(two.value, one.value, 1e-10);
        const size = Math.max(...one.grad.map(Math.abs));
        one.grad.forEach((g, i) => close(two.grad[2 * i + 1]!, g, 1e-9, 1e-9 * size));
      }
    }));
  });

  test("with columns, focal Tversky loss is the mean of each column's", () => {
    fc.assert(fc.property(fc.array(fc.tuple(logit, logit, fc.constantFrom(0, 1), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 6 }), (examples) => {
      const both = criterion(focalTversky(), { classes: 2 }).value(examples.flatMap(([a, b]) => [a, b]), examples.flatMap(([, , s, t]) => [s, t]));
      const first = criterion(focalTversky()).value(examples.map(([a]) => a), examples.map(([, , s]) => s));
      const second = criterion(focalTversky()).value(examples.map(([, b]) => b), examples.map(([, , , t]) => t));
      close(both, (first + second) / 2, 1e-12, 1e-15);
    }));
  });

  test("a weight of 2 counts an example twice, a weight of 0 not at all", () => {
    fc.assert(fc.property(map, fc.constantFrom(0, 2), (examples, weight) => {
      const softmax = { head: "softmax", classes: examples[0]![0].length } as const, width = softmax.classes;
      const flat = (rows: typeof examples) => [rows.flatMap(([row]) => row), rows.map(([, label]) => label)] as const;
      const repeated = weight === 2 ? [examples[0]!, ...examples] : examples.slice(1);
      fc.pre(repeated.length > 0);
      for (const loss of [focalTversky(), unifiedFocal(), asymmetricUnifiedFocal(), normalizedFocal()]) {
        const weighted = criterion(loss, softmax).derivatives(...flat(examples), { weights: examples.map((_, i) => (i === 0 ? weight : 1)) });
        const plain = criterion(loss, softmax).derivatives(...flat(repeated));
        close(weighted.value, plain.value, 1e-11, 1e-15);
        const size = Math.max(...plain.grad.map(Math.abs));
        for (let i = 0; i < weighted.grad.length; i++) {
          const want = weight === 0 ? (i < width ? 0 : plain.grad[i - width]!) : i < width ? 2 * plain.grad[i]! : plain.grad[i + width]!;
          close(weighted.grad[i]!, want, 1e-10, 1e-11 * size);
        }
      }
    }));
  });

  test("normalised focal loss is a mean of cross-entropies: it lies between the least and the greatest", () => {
    fc.assert(fc.property(pixels, (examples) => {
      const each = criterion(crossEntropy(), { reduction: "none" }).value(examples.map(([x]) => x), examples.map(([, t]) => t));
      const value = criterion(normalizedFocal()).value(examples.map(([x]) => x), examples.map(([, t]) => t));
      expect(value).toBeGreaterThanOrEqual(Math.min(...each) * (1 - 1e-12));
      expect(value).toBeLessThanOrEqual(Math.max(...each) * (1 + 1e-12));
    }));
  });
});
