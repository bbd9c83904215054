import fc from "fast-check";
import { criterion, crossEntropy, dualFocal, FocalError, focal, focalTversky, inverseFocal, objective, optimalBias, poly1Focal, reducedFocal } from "focal-loss";
import { recoverPosterior } from "focal-loss/evaluate";
import type { Loss } from "focal-loss";
import { describe, expect, test } from "vitest";

const logit = fc.double({ min: -30, max: 30, noNaN: true });
const gamma = fc.oneof(fc.constantFrom(0, 0.5, 1, 2, 3, 5), fc.double({ min: 0, max: 6, noNaN: true }));

describe("the boosting objective", () => {
  test("has a Hessian that is positive and never below the exact one, for the sigmoid head (1e-12 of the bound for rounding)", () => {
    fc.assert(fc.property(logit, fc.constantFrom(0, 1), gamma, (x, t, g) => {
      const loss = focal({ gamma: g, alpha: 0.25 });
      const { hess } = objective(loss)([x], [t]), exact = objective(loss, { hessian: "exact" })([x], [t]).hess[0]!;
      expect(hess[0]).toBeGreaterThan(0);
      expect(hess[0]! - exact).toBeGreaterThanOrEqual(-1e-12 * hess[0]!);
    }));
  });

  test("has a positive Hessian for softmax and for losses without a bound of their own", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 3, maxLength: 3 }), fc.constantFrom(0, 1, 2), gamma, (row, y, g) => {
      for (const loss of [focal({ gamma: g }), poly1Focal({ gamma: g }), inverseFocal({ gamma: g })]) {
        for (const h of objective(loss, { head: "softmax", classes: 3 })(row, [y]).hess) expect(h).toBeGreaterThanOrEqual(0);
      }
    }));
  });

  test("bounds tightly where an example is easy: within 1 % of the exact curvature at p_t > 0.999, γ = 2", () => {
    const at = (hessian: "exact" | "majorized"): number => objective(focal({ gamma: 2 }), { hessian })([8], [1]).hess[0]!;
    expect(at("majorized") / at("exact")).toBeLessThan(1.01);
  });

  test("for cross-entropy both Hessians are p(1 − p), what both libraries use for log loss (1e-15)", () => {
    for (const x of [-3, 0, 0.5, 20]) {
      const p = 1 / (1 + Math.exp(-x)), q = 1 / (1 + Math.exp(x));
      for (const hessian of ["exact", "majorized"] as const) expect(objective(crossEntropy(), { hessian })([x], [0]).hess[0]! / (p * q)).toBeCloseTo(1, 14);
    }
  });

  test("is the gradient of the sum, with weights, as custom objectives are: not of a mean", () => {
    const scores = [0.3, -1, 2], targets = [1, 0, 0], weights = [1, 2, 0.5];
    const { value: _, grad } = criterion(focal({ gamma: 2, alpha: 0.25 }), { reduction: "sum" }).valueAndGrad(scores, targets, { weights });
    expect(objective(focal({ gamma: 2, alpha: 0.25 }))(scores, targets, weights).grad).toEqual(grad);
  });

  test("takes several classes by rows or, as some libraries hand them over, by columns", () => {
    const rows = [1, 2, 3, 0, -1, 0.5], labels = [2, 0], options = { head: "softmax", classes: 3 } as const;
    const columns = [1, 0, 2, -1, 3, 0.5];
    const byRow = objective(focal(), options)(rows, labels), byColumn = objective(focal(), { ...options, layout: "columns" })(columns, labels);
    for (const key of ["grad", "hess"] as const) {
      for (let i = 0; i < 2; i++) for (let k = 0; k < 3; k++) expect(byColumn[key][k * 2 + i]).toBe(byRow[key][i * 3 + k]);
    }
  });

  test.each([
    ["objective has no option reduction; it has head, classes, classWeights, soft, smoothing, ignoreIndex, hessian, layout", () => objective(focal(), { reduction: "mean" } as object)],
    [`hessian must be "majorized" or "exact", got "positive"`, () => objective(focal(), { hessian: "positive" as "exact" })],
    [`layout must be "rows" or "columns", got "C"`, () => objective(focal(), { layout: "C" as "rows" })],
    ["boosting needs a loss of one margin, such as focal({ gamma: 2 }); focalTversky is none", () => objective(focalTversky())],
    ["boosting needs a loss of one margin, such as focal({ gamma: 2 }); dualFocal is none", () => objective(dualFocal())],
    ["objective takes a loss, like focal({ gamma: 2 }), got undefined", () => objective(undefined as never)],
  ])("%s", (sentence, make) => {
    expect(make).toThrow(new FocalError("argument", sentence));
  });
});

describe("known wrong objectives are not repeated", () => {
  test("a raw Hessian is −0.0201 at x = −3 for a positive, γ = 2 (4 digits); the bound there is positive", () => {
    expect(objective(focal({ gamma: 2 }), { hessian: "exact" })([-3], [1]).hess[0]).toBeCloseTo(-0.0201, 4);
    expect(objective(focal({ gamma: 2 }))([-3], [1]).hess[0]).toBeGreaterThan(0);
  });

  test("at x = 0.5 for a negative the curvature is 0.4931 (4 digits), not the 0.2779 of a published derivation that loses a term", () => {
    expect(objective(focal({ gamma: 2 }), { hessian: "exact" })([0.5], [0]).hess[0]).toBeCloseTo(0.4931, 4);
  });

  test("positives have a Hessian too: a published one multiplies it by (1 − y)^γ and leaves them 0", () => {
    expect(objective(focal({ gamma: 2 }))([0.5], [1]).hess[0]).toBeGreaterThan(0.1);
  });

  test("the multi-class gradient sums to 0 over the classes (1e-15), as the binary formula applied to softmax does not", () => {
    const { grad } = objective(focal({ gamma: 2 }), { head: "softmax", classes: 3 })([1, 0, -1], [1]);
    expect(Math.abs(grad[0]! + grad[1]! + grad[2]!)).toBeLessThan(1e-15);
  });

  test("from a wrong start Newton steps with the bound reach the optimum (1e-6); the exact Hessian's first step goes uphill", () => {
    const targets = [1, 0, 0, 0], loss = focal({ gamma: 2 });
    const step = (x: number, hessian: "exact" | "majorized"): number => {
      const { grad, hess } = objective(loss, { hessian })(targets.map(() => x), targets);
      return x - grad.reduce((a, b) => a + b, 0) / hess.reduce((a, b) => a + b, 0);
    };
    const cost = (x: number): number => criterion(loss, { reduction: "sum" }).value(targets.map(() => x), targets);
    expect(cost(step(-3, "exact"))).toBeGreaterThan(cost(-3));
    for (const start of [-3, -2, 3]) {
      let x = start;
      for (let i = 0; i < 30; i++) x = step(x, "majorized");
      expect(x).toBeCloseTo(optimalBias(loss, 0.25), 6);
    }
  });
});

describe("the optimal constant", () => {
  test.each([[2, undefined, 0.01, -1.706453], [2, 0.25, 0.01, -2.107398], [2, undefined, 0.1, -0.819889], [2, 0.25, 0.1, -1.227673]])(
    "γ = %s, α = %s, base rate %s: %s (6 digits)", (g, alpha, prior, want) => {
      expect(optimalBias(focal({ gamma: g, ...(alpha !== undefined && { alpha }) }), prior)).toBeCloseTo(want, 6);
    });

  test("is log(π/(1−π)) for cross-entropy (1e-9: 60 halvings of 128)", () => {
    for (const prior of [1e-6, 0.01, 0.5, 0.9]) expect(optimalBias(crossEntropy(), prior)).toBeCloseTo(Math.log(prior / (1 - prior)), 9);
  });

  test("is what posterior recovery turns back into the base rate (1e-9)", () => {
    for (const alpha of [undefined, 0.25]) {
      const p = 1 / (1 + Math.exp(-optimalBias(focal({ gamma: 2, ...(alpha !== undefined && { alpha }) }), 0.03)));
      expect(recoverPosterior([1 - p, p], 2, { gamma: 2, alpha })[1]).toBeCloseTo(0.03, 9);
    }
  });

  test("is the lowest of several valleys where a loss jumps, or is refused there", () => {
    const cost = (loss: Loss, prior: number, x: number): number => criterion(loss, { reduction: "sum" }).value([x, x], [1, 0], { weights: [prior, 1 - prior] });
    for (const [loss, prior] of [[reducedFocal({ threshold: 0.2 }), 0.3], [reducedFocal({ threshold: 0.1 }), 0.1], [poly1Focal(), 0.2]] as const) {
      let found: number | undefined;
      try { found = optimalBias(loss, prior); } catch (error) { expect((error as Error).message).toContain("has no best constant logit"); }
      if (found !== undefined) for (let x = -10; x <= 10; x += 0.01) expect(cost(loss, prior, found)).toBeLessThanOrEqual(cost(loss, prior, x) + 1e-9);
    }
  });

  test("a prior of 0 is refused, and so is a loss that has no best constant", () => {
    expect(() => optimalBias(focal(), 0)).toThrow("prior must be in (0, 1), got 0");
    expect(() => optimalBias(focal({ alpha: 1 }), 0.5)).toThrow("focal has no best constant logit");
  });
});
