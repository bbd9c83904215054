import fc from "fast-check";
import * as library from "focal-loss";
import { criterion, crossEntropy, focal } from "focal-loss";
import type { Criterion, CriterionOptions, Loss, PairLoss } from "focal-loss";
import { describe, expect, test } from "vitest";
import { close } from "./differences.ts";
import { gammas, marginLosses, readings, scoreLosses, sigmoid } from "./members.ts";

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const logit = double(-30, 30), hard = fc.constantFrom(0, 1), gamma = fc.constantFrom(...gammas);
const rows = fc.array(double(-20, 20), { minLength: 2, maxLength: 5 });
const sum = (loss: Loss | PairLoss, options: CriterionOptions = {}) => criterion(loss, { ...options, reduction: "sum" }) as Criterion<"sum">;

/** Value, gradient and Hessian agree; differences of what rounding leaves of a value count for nothing. */
function same(got: { value: number; grad: ArrayLike<number>; hessian: ArrayLike<number> }, want: typeof got, relative = 1e-12): void {
  close(got.value, want.value, relative, 1e-300, "value");
  for (const part of ["grad", "hessian"] as const) {
    const size = Math.max(...Array.from(want[part], Math.abs));
    Array.from(want[part]).forEach((v, i) => close(got[part][i]!, v, relative, relative * size + 1e-300, part));
  }
}

/** Both heads, hard targets: two losses are one. */
function agree(one: (g: number) => Loss, other: (g: number) => Loss, heads: readonly ("sigmoid" | "softmax")[] = ["sigmoid", "softmax"]): void {
  fc.assert(fc.property(rows, fc.nat(), gamma, (z, pick, g) => {
    if (heads.includes("sigmoid")) same(sum(one(g)).derivatives([z[0]!], [pick % 2]), sum(other(g)).derivatives([z[0]!], [pick % 2]));
    const softmax = { head: "softmax", classes: z.length } as const, label = [pick % z.length];
    if (heads.includes("softmax")) same(sum(one(g), softmax).derivatives(z, label), sum(other(g), softmax).derivatives(z, label));
  }), { numRuns: 60 });
}

describe("is cross-entropy, value, gradient and Hessian within 1e-12:", () => {
  const ce = (): Loss => crossEntropy();
  const both: Record<string, () => Loss> = {
    "focal loss with γ = 0": () => focal({ gamma: 0 }),
    "focal loss* with γ = 1, β = 0": () => library.focalStar({ gamma: 1, beta: 0 }),
    "poly-1 focal loss with γ = 0, ε = 0": () => library.poly1Focal({ gamma: 0, epsilon: 0 }),
    "inverse focal loss with γ = 0": () => library.inverseFocal({ gamma: 0 }),
    "reduced focal loss with γ = 0": () => library.reducedFocal({ gamma: 0 }),
    "continuous reduced focal loss with γ = 0": () => library.reducedFocalContinuous({ gamma: 0, threshold: 0.3 }),
    "FLSD-53 with both γ = 0": () => library.flsd53({ hard: 0, easy: 0 }),
    "cyclical focal loss with both γ = 0": () => library.cyclicalFocal({ share: 0.3, gammaHigh: 0, gammaLow: 0 }),
    "class-balanced focal loss with γ = 0 and equal counts": () => library.classBalancedFocal({ counts: [7, 7], gamma: 0 }),
    "LDAM focal loss with γ = 0 and a vanishing margin": () => library.ldam(focal({ gamma: 0 }), [5, 50], { maxMargin: 1e-300 }),
    "logit-adjusted focal loss with γ = 0, τ = 0": () => library.logitAdjusted(focal({ gamma: 0 }), [5, 50], { tau: 0 }),
  };
  const needsPair = /class-balanced|LDAM|logit-adjusted/;
  for (const [name, of] of Object.entries(both)) test(name, () => agree(of, ce, needsPair.test(name) ? ["sigmoid"] : undefined));

  const sigmoidOnly: Record<string, () => Loss> = {
    "asymmetric loss with both γ = 0 and no shift": () => library.asymmetric({ gammaPos: 0, gammaNeg: 0, shift: 0 }),
    "quality focal loss with β = 0": () => library.qualityFocal({ beta: 0 }),
    "varifocal loss on hard targets with γ = 0 and negatives of weight 1": () => library.varifocal({ gamma: 0, negativeWeight: 1 }),
    "Gaussian focal loss on hard targets with γ = 0": () => library.gaussianFocal({ gamma: 0 }),
  };
  for (const [name, of] of Object.entries(sigmoidOnly)) test(name, () => agree(of, ce, ["sigmoid"]));

  test("asymmetric single-label loss with both γ = 0", () => agree(() => library.asymmetricSingleLabel({ gammaPos: 0, gammaNeg: 0 }), ce, ["softmax"]));
  test("distribution focal loss at whole numbers", () => agree(() => library.distributionFocal(), ce, ["softmax"]));
  test("dual focal loss with γ = 0", () => {
    fc.assert(fc.property(rows, fc.nat(), (z, pick) => {
      const softmax = { head: "softmax", classes: z.length } as const, label = [pick % z.length];
      same(sum(library.dualFocal({ gamma: 0 }), softmax).derivatives(z, label), sum(crossEntropy(), softmax).derivatives(z, label));
    }));
  });
  test("normalised focal loss with γ = 0 (its mean)", () => {
    fc.assert(fc.property(fc.array(fc.tuple(logit, hard), { minLength: 1, maxLength: 8 }), (examples) => {
      const logits = examples.map(([x]) => x), targets = examples.map(([, t]) => t);
      same(criterion(library.normalizedFocal({ gamma: 0 })).derivatives(logits, targets), criterion(crossEntropy()).derivatives(logits, targets));
    }));
  });
});

describe("is focal loss, value, gradient and Hessian within 1e-12:", () => {
  const fl = (gamma: number): Loss => focal({ gamma });
  test("poly-1 focal loss with ε = 0", () => agree((gamma) => library.poly1Focal({ gamma, epsilon: 0 }), fl));
  test("FLSD with one γ for all", () => agree((g) => library.flsd53({ hard: g, easy: g }), fl));
  test("equalized focal loss at its base γ", () => agree((g) => library.equalizedFocal({ gamma: g + 0.1, base: g + 0.1 }), (g) => focal({ gamma: g + 0.1 })));
  test("cyclical focal loss at the end of its first phase (share 0)", () => agree((g) => library.cyclicalFocal({ share: 0, gammaLow: g }), fl));
  test("asymmetric loss with one γ and no shift", () => agree((g) => library.asymmetric({ gammaPos: g, gammaNeg: g, shift: 0 }), fl, ["sigmoid"]));
  test("asymmetric single-label loss without smoothing, whatever γ−", () => agree((g) => library.asymmetricSingleLabel({ gammaPos: g, gammaNeg: 3 }), fl, ["softmax"]));
  test("quality focal loss on hard targets", () => agree((beta) => library.qualityFocal({ beta }), fl, ["sigmoid"]));
  test("Gaussian focal loss on hard targets, whatever β", () => agree((gamma) => library.gaussianFocal({ gamma, beta: 3 }), fl, ["sigmoid"]));
  test("class-balanced focal loss with the effective-number weights as α", () =>
    agree((gamma) => library.classBalancedFocal({ counts: [900, 100], beta: 0.999, gamma }), (gamma) => focal({ gamma, alpha: library.effectiveNumberWeights([900, 100], 0.999) }), ["sigmoid"]));
  test("LDAM with a vanishing margin and logit adjustment with τ = 0", () => {
    agree((gamma) => library.ldam(focal({ gamma }), [5, 50], { maxMargin: 1e-300 }), fl, ["sigmoid"]);
    agree((gamma) => library.logitAdjusted(focal({ gamma }), [5, 50], { tau: 0 }), fl, ["sigmoid"]);
  });
});

describe("one loss is another", () => {
  test("both reduced focal losses are one at the threshold ½", () =>
    agree((gamma) => library.reducedFocal({ gamma }), (gamma) => library.reducedFocalContinuous({ gamma })));
  test("cyclical focal loss with share 1 is inverse focal loss", () =>
    agree((g) => library.cyclicalFocal({ share: 1, gammaHigh: g }), (gamma) => library.inverseFocal({ gamma })));
  test("varifocal negatives are focal loss times their weight", () => {
    fc.assert(fc.property(logit, gamma, (x, g) => {
      close(sum(library.varifocal({ gamma: g, negativeWeight: 0.3 })).value([x], [0]), 0.3 * sum(focal({ gamma: g })).value([x], [0]), 1e-12, 1e-300);
    }));
  });
  test("quality focal loss is focal loss read by the quality rule", () => {
    fc.assert(fc.property(logit, double(0.01, 0.99), gamma, (x, t, g) => {
      close(sum(library.qualityFocal({ beta: g })).value([x], [t]), sum(focal({ gamma: g }), { soft: "quality" }).value([x], [t]), 1e-10, 1e-14);
    }));
  });
  test("dual focal loss of two classes is focal loss, times 2^γ where the label leads", () => {
    fc.assert(fc.property(logit, logit, gamma, (a, b, g) => {
      fc.pre(a !== b);
      const softmax = { head: "softmax", classes: 2 } as const;
      close(sum(library.dualFocal({ gamma: g }), softmax).value([a, b], [0]), (a > b ? 2 ** g : 1) * sum(focal({ gamma: g }), softmax).value([a, b], [0]), 1e-12, 1e-300);
    }));
  });
  test("equalized γ is the base for a balanced class, base + scale for a class without balance", () => {
    expect(library.equalizedGamma([1, 0, 0.5], { base: 2, scale: 8 })).toEqual([2, 10, 6]);
    expect(library.equalizedGamma([0.25])).toEqual([8]);
  });
  test("the cyclical share falls from 1 to 0 in the first epochs ÷ factor, then rises to 1", () => {
    expect([0, 10, 25, 40, 55, 100].map((epoch) => library.cyclicalShare(epoch, 100, 4))).toEqual([1, 0.6, 0, 0.2, 0.4, 1].map((share) => expect.closeTo(share, 12)));
  });
});

describe("what the papers say", () => {
  test("reduced focal loss is cross-entropy below its threshold, and the continuous form has no jump there", () => {
    fc.assert(fc.property(double(-10, 10), double(0.1, 0.9), double(0.1, 5), (x, threshold, g) => {
      fc.pre(sigmoid(x) < threshold);
      expect(sum(library.reducedFocal({ gamma: g, threshold })).value([x], [1])).toBe(sum(crossEntropy()).value([x], [1]));
    }));
    fc.assert(fc.property(double(0.1, 0.9), double(0, 5), (threshold, g) => {
      const at = Math.log(threshold / (1 - threshold)), loss = sum(library.reducedFocalContinuous({ gamma: g, threshold }));
      close(loss.value([at - 1e-9], [1]), loss.value([at + 1e-9], [1]), 1e-7);
    }));
  });
  test("FLSD-53 is focal loss with γ = 5 where p_t < 0.2 and γ = 3 elsewhere, with its gradient", () => {
    fc.assert(fc.property(fc.oneof(logit, fc.constantFrom(0.19, 0.199, 0.201, 0.21).map((p) => Math.log(p / (1 - p)))), hard, (x, t) => {
      const p = readings(x, t, "mixture")[0]!;
      fc.pre(Math.abs(p - 0.2) > 1e-9);
      same(sum(library.flsd53()).derivatives([x], [t]), sum(focal({ gamma: p < 0.2 ? 5 : 3 })).derivatives([x], [t]));
    }));
  });
  test("asymmetric loss discards negatives whose probability is below the shift", () => {
    for (const x of [-3, -5, -50, -1e30]) {
      const { value, grad, hessian } = sum(library.asymmetric()).derivatives([x], [0]);
      for (const result of [value, grad[0]!, hessian[0]!]) expect(Math.abs(result)).toBe(0);
    }
  });
  test("quality and varifocal loss pull p towards the target: the slope has the sign of p − t", () => {
    fc.assert(fc.property(double(-10, 10), double(0.05, 0.95), (x, t) => {
      fc.pre(Math.abs(sigmoid(x) - t) > 1e-3);
      for (const loss of [library.qualityFocal(), library.varifocal()]) {
        expect(Math.sign(sum(loss).valueAndGrad([x], [t]).grad[0]!)).toBe(Math.sign(sigmoid(x) - t));
      }
    }));
  });
  test("Gaussian focal loss weighs negatives near a centre less: by (1 − t)^β", () => {
    fc.assert(fc.property(logit, double(0, 0.99), (x, t) => {
      close(sum(library.gaussianFocal()).value([x], [t]), (1 - t) ** 4 * sum(library.gaussianFocal()).value([x], [0]), 1e-12, 1e-300);
    }));
  });
  test("inverse focal loss is never less than cross-entropy, focal loss never more", () => {
    fc.assert(fc.property(logit, hard, gamma, (x, t, g) => {
      const ce = sum(crossEntropy()).value([x], [t]);
      expect(sum(library.inverseFocal({ gamma: g })).value([x], [t])).toBeGreaterThanOrEqual(ce * (1 - 1e-14));
      expect(sum(focal({ gamma: g })).value([x], [t])).toBeLessThanOrEqual(ce * (1 + 1e-14));
    }));
  });
  test("every loss but those that reward confidence falls as the margin grows", () => {
    fc.assert(fc.property(double(-20, 20), double(0.01, 3), double(0, 5), (u, more, g) => {
      for (const member of [...marginLosses.filter(({ name }) => !/inverse|cyclical|reducedFocal$|flsd/.test(name)), ...scoreLosses]) {
        const loss = sum(member.of(g));
        expect(loss.value([u + more], [1]), member.name).toBeLessThanOrEqual(loss.value([u], [1]) * (1 + 1e-12));
        expect(loss.value([-u - more], [0]), member.name).toBeLessThanOrEqual(loss.value([-u], [0]) * (1 + 1e-12));
      }
    }));
  });
});
