import fc from "fast-check";
import { criterion, focal, crossEntropy, ldam, logitAdjusted } from "focal-loss";
import { describe, test } from "vitest";
import { expectDerivatives } from "./differences.ts";
import { batchLosses, gammas, marginLosses, near, readings, rowLosses, scoreLosses, sigmoid, softRules } from "./members.ts";

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const logit = double(-8, 8), hard = fc.constantFrom(0, 1), soft = double(0.01, 0.99);
const gamma = fc.constantFrom(...gammas);
const row = fc.array(double(-5, 5), { minLength: 2, maxLength: 5 });
/** Positive shares that sum to 1. */
const shares = (classes: number) => fc.array(double(0.05, 1), { minLength: classes, maxLength: classes }).map((raw) => raw.map((share) => share / raw.reduce((a, b) => a + b)));
const within = "gradient and Hessian are the derivatives, within 1e-6 (central differences with h = 1e-5)";
const runs = { numRuns: 60 };

describe("margin losses", () => {
  for (const member of marginLosses) {
    test(`${member.name}, sigmoid, hard targets: ${within}`, () => {
      fc.assert(fc.property(logit, hard, gamma, (x, t, g) => {
        fc.pre(!near(member.kinks, readings(x, t, "mixture")));
        const loss = criterion(member.of(g), { reduction: "sum" });
        expectDerivatives((at) => loss.derivatives(at, [t]), [x]);
      }), runs);
    });

    for (const rule of softRules(member)) {
      test(`${member.name}, sigmoid, soft: ${rule}: ${within}`, () => {
        fc.assert(fc.property(logit, soft, gamma, (x, t, g) => {
          fc.pre(!near(member.kinks, readings(x, t, rule)));
          fc.pre(rule !== "quality" || Math.abs(t - sigmoid(x)) > 0.05); // |t − p|^γ has a corner or a pole there
          const loss = criterion(member.of(g), { reduction: "sum", soft: rule });
          expectDerivatives((at) => loss.derivatives(at, [t]), [x]);
        }), runs);
      });
    }

    test(`${member.name}, softmax, labels, α per class: ${within}`, () => {
      fc.assert(fc.property(row, gamma, fc.nat(), (z, g, pick) => {
        const label = pick % z.length;
        const loss = criterion(member.of(g), { head: "softmax", classes: z.length, reduction: "sum", classWeights: z.map((_, k) => 0.5 + k) });
        fc.pre(!near(member.kinks, softmax(z)));
        expectDerivatives((at) => loss.derivatives(at, [label]), z);
      }), runs);
    });

    test(`${member.name}, softmax, rows of shares: ${within}`, () => {
      fc.assert(fc.property(row.chain((z) => fc.tuple(fc.constant(z), shares(z.length))), gamma, ([z, t], g) => {
        fc.pre(!near(member.kinks, softmax(z)));
        const loss = criterion(member.of(g), { head: "softmax", classes: z.length, reduction: "sum" });
        expectDerivatives((at) => loss.derivatives(at, t), z);
      }), runs);
    });

    test(`${member.name}, both heads, label smoothing: ${within}`, () => {
      fc.assert(fc.property(row, gamma, double(0, 0.5), fc.nat(), (z, g, smoothing, pick) => {
        const [x, t] = [z[0]!, pick % 2], smoothed = t * (1 - smoothing) + smoothing / 2;
        const rule = member.mixtureOnly ? "mixture" : "interpolate";
        fc.pre(!near(member.kinks, [...softmax(z), ...readings(x, smoothed, rule)]));
        const one = criterion(member.of(g), { reduction: "sum", smoothing, soft: rule });
        expectDerivatives((at) => one.derivatives(at, [t]), [x]);
        const many = criterion(member.of(g), { head: "softmax", classes: z.length, reduction: "sum", smoothing });
        expectDerivatives((at) => many.derivatives(at, [pick % z.length]), z);
      }), runs);
    });
  }
});

describe("moved margins", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 2, maxLength: 5 });
  const transforms = {
    ldam: (g: number, n: number[]) => ldam(focal({ gamma: g }), n, { maxMargin: 0.75 }),
    "ldam of cross-entropy": (_: number, n: number[]) => ldam(crossEntropy(), n),
    logitAdjusted: (g: number, n: number[]) => logitAdjusted(focal({ gamma: g }), n, { tau: 1.25 }),
    "logitAdjusted cross-entropy": (_: number, n: number[]) => logitAdjusted(crossEntropy(), n),
  };
  for (const [name, of] of Object.entries(transforms)) {
    test(`${name}, both heads, hard targets and mixtures: ${within}`, () => {
      fc.assert(fc.property(counts, gamma, logit, fc.oneof(hard, soft), fc.infiniteStream(double(-5, 5)), (n, g, x, t, logits) => {
        const one = criterion(of(g, n.slice(0, 2)), { reduction: "sum", soft: "mixture" });
        expectDerivatives((at) => one.derivatives(at, [t]), [x]);
        const many = criterion(of(g, n), { head: "softmax", classes: n.length, reduction: "sum" });
        expectDerivatives((at) => many.derivatives(at, [n[0]! % n.length]), n.map(() => logits.next().value!));
      }), runs);
    });
  }
});

describe("score losses", () => {
  for (const member of scoreLosses) {
    test(`${member.name}, hard and soft targets, α: ${within}`, () => {
      fc.assert(fc.property(logit, fc.oneof(hard, soft), gamma, (x, t, g) => {
        fc.pre(!near(member.kinks, [sigmoid(x)], 0.01)); // (p − m)^γ bends ever faster towards p = m
        fc.pre(member.name !== "qualityFocal" || t === 0 || t === 1 || Math.abs(t - sigmoid(x)) > 0.05);
        const loss = criterion(member.of(g), { reduction: "sum", classWeights: [0.75], classes: 1 });
        expectDerivatives((at) => loss.derivatives(at, [t]), [x]);
      }), { numRuns: 200 });
    });
  }
});

describe("losses of a row", () => {
  for (const member of rowLosses) {
    test(`${member.name}: ${within}`, () => {
      fc.assert(fc.property(row, gamma, double(0, 1), (z, g, where) => {
        fc.pre(z.every((a, i) => z.every((b, j) => i === j || Math.abs(a - b) > 1e-3))); // the strongest rival changes at ties
        const between = member.name === "distributionFocal", target = between ? where * (z.length - 1) : Math.floor(where * (z.length - 1e-9));
        const smoothing = member.name === "asymmetricSingleLabel" ? { smoothing: 0.125 } : {};
        const loss = criterion(member.of(g), { head: "softmax", classes: z.length, reduction: "sum", ...smoothing });
        expectDerivatives((at) => loss.derivatives(at, [target]), z);
      }), { numRuns: 200 });
    });
  }
});

describe("losses of a batch", () => {
  for (const member of batchLosses) {
    test(`${member.name}, sigmoid: ${within}`, () => {
      fc.assert(fc.property(fc.array(fc.tuple(double(-5, 5), hard), { minLength: 1, maxLength: 6 }), gamma, (examples, g) => {
        const loss = criterion(member.of(g));
        const targets = examples.map(([, t]) => t);
        fc.pre(bendsGently(member.name, targets, 2));
        expectDerivatives((at) => loss.derivatives(at, targets) as never, examples.map(([x]) => x));
      }), runs);
    });

    test(`${member.name}, softmax: ${within}`, () => {
      fc.assert(fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 }), fc.infiniteStream(double(-4, 4)), fc.infiniteStream(fc.nat()), gamma, (classes, rows, logits, picks, g) => {
        const loss = criterion(member.of(g), { head: "softmax", classes });
        const labels = Array.from({ length: rows }, () => picks.next().value! % classes);
        fc.pre(bendsGently(member.name, labels, classes));
        expectDerivatives((at) => loss.derivatives(at, labels) as never, Array.from({ length: rows * classes }, () => logits.next().value!));
      }), runs);
    });
  }
});

/** Of a class without an example the unified losses' Tversky index is ε over something: a cliff that differences of 1e-5 do not resolve. */
const bendsGently = (name: string, labels: readonly number[], classes: number): boolean => !name.endsWith("nifiedFocal") || new Set(labels).size === classes;

const softmax = (z: readonly number[]): number[] => {
  const powers = z.map(Math.exp), sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};
