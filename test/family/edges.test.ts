import fc from "fast-check";
import { criterion, focal, ldam, logitAdjusted } from "focal-loss";
import type { AnyLoss, Criterion, CriterionOptions } from "focal-loss";
import { describe, expect, test } from "vitest";
import { close } from "./differences.ts";
import { batchLosses, gammas, marginLosses, rowLosses, scoreLosses, softRules } from "./members.ts";

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const gamma = fc.constantFrom(...gammas);
const bind = (loss: AnyLoss, options: CriterionOptions = {}): Criterion => criterion(loss, options) as Criterion;
const list = (value: number | ArrayLike<number>): number[] => (typeof value === "number" ? [value] : Array.from(value));
type Results = ReturnType<Criterion["derivatives"]>;
const finite = ({ value, grad, hessian }: Results, what: string): void => {
  for (const result of [...list(value), ...grad, ...hessian]) expect(Number.isFinite(result), `${what}: ${result}`).toBe(true);
};

describe("finite, with gradient and Hessian, at 0, ±1, ±40, ±100, ±1000, ±1e30, γ ∈ {0, 0.3, 0.5, 1, 1.7, 2, 5}:", () => {
  const gammas = [0, 0.3, 0.5, 1, 1.7, 2, 5], line = [-1e30, -1000, -100, -40, -1, 0, 1, 40, 100, 1000, 1e30];
  const rows = [[0, 0, 0], [1e30, 0, 0], [1e30, -1e30, 0], [1e30, 1e30, 1e30], [-1e30, -1e30, 1e30], [1000, -1000, 999], [100, 0, -100], [40, 40, -40]];
  for (const member of marginLosses) {
    for (const soft of softRules(member)) {
      test(`${member.name}, sigmoid, ${soft}`, () => {
        for (const g of gammas) for (const t of [0, 1e-3, 0.25, 0.5, 0.9, 1]) finite(bind(member.of(g), { soft, reduction: "none" }).derivatives(line, line.map(() => t)), `γ = ${g}, t = ${t}`);
      });
    }
  }
  for (const member of scoreLosses) {
    test(`${member.name}, sigmoid`, () => {
      for (const g of gammas) for (const t of [0, 1e-3, 0.25, 0.5, 0.9, 1]) finite(bind(member.of(g), { reduction: "none" }).derivatives(line, line.map(() => t)), `γ = ${g}, t = ${t}`);
    });
  }
  for (const member of [...marginLosses, ...rowLosses]) {
    test(`${member.name}, softmax`, () => {
      for (const g of gammas) for (const row of rows) for (const label of [0, 1, 2]) finite(bind(member.of(g), { head: "softmax", classes: 3, reduction: "none" }).derivatives(row, [label]), `γ = ${g}, ${row}, label ${label}`);
    });
  }
  for (const member of marginLosses) {
    test(`${member.name}, softmax, shares`, () => {
      for (const g of gammas) for (const row of rows) finite(bind(member.of(g), { head: "softmax", classes: 3, reduction: "none" }).derivatives(row, [0.5, 0.25, 0.25]), `γ = ${g}, ${row}`);
    });
  }
  for (const member of batchLosses) {
    test(`${member.name}, both heads`, () => {
      for (const g of gammas) {
        for (const targets of [line.map(() => 0), line.map(() => 1), line.map((x) => (x > 0 ? 1 : 0)), line.map((x) => (x > 0 ? 0 : 1))]) finite(bind(member.of(g)).derivatives(line, targets), `γ = ${g}, targets ${targets}`);
        for (const x of [...line, 200, -200]) for (const t of [0, 1]) finite(bind(member.of(g)).derivatives([x], [t]), `γ = ${g}, ${x} alone, target ${t}`);
        for (const row of rows) for (const label of [0, 1, 2]) finite(bind(member.of(g), { head: "softmax", classes: 3 }).derivatives(row, [label]), `γ = ${g}, ${row}, label ${label}`);
        finite(bind(member.of(g), { head: "softmax", classes: 3 }).derivatives(rows.flat(), rows.map((_, r) => r % 3)), `γ = ${g}, all rows`);
      }
    });
  }
});

describe("nothing to learn from is no loss and no gradient, never NaN", () => {
  const reductions = ["mean", "sum", "none", "positives", "weightedMean"] as const;
  const zero = (results: Results, what: string): void => {
    for (const result of [...list(results.value), ...results.grad, ...results.hessian]) expect(Math.abs(result), what).toBe(0);
  };
  for (const member of [...marginLosses, ...scoreLosses]) {
    test(`${member.name}, sigmoid: every example ignored; no positive`, () => {
      for (const reduction of reductions) {
        zero(bind(member.of(2), { reduction, ignoreIndex: -1 }).derivatives([1, NaN, -2], [-1, -1, -1]), reduction);
        zero(bind(member.of(2), { reduction, ignoreIndex: -1, classes: 3 }).derivatives([1, NaN, -2], [-1]), `${reduction}, labels`);
        zero(bind(member.of(2), { reduction }).derivatives([1, 3, -2], [1, 0, 0], { weights: [0, 0, 0] }), `${reduction}, no weight`);
        finite(bind(member.of(2), { reduction }).derivatives([1, 3, -2], [0, 0, 0]), `${reduction}, no positives`);
      }
    });
  }
  for (const member of [...marginLosses, ...rowLosses]) {
    test(`${member.name}, softmax: every row ignored; a class without a row`, () => {
      for (const reduction of reductions.filter((r) => r !== "positives")) {
        const softmax = { head: "softmax", classes: 3, reduction, ignoreIndex: -1 } as const;
        zero(bind(member.of(2), softmax).derivatives([1, NaN, -2, 0, 0, 0], [-1, -1]), reduction);
        if (member.name !== "distributionFocal" && member.name !== "dualFocal") zero(bind(member.of(2), { ...softmax, smoothing: 0.125 }).derivatives([1, NaN, -2, 0, 0, 0], [-1, -1]), `${reduction}, smoothing`);
        finite(bind(member.of(2), softmax).derivatives([1, 3, -2, 0, 0, 0], [1, 1]), `${reduction}, empty classes`);
      }
    });
  }
  for (const member of batchLosses) {
    test(`${member.name}: every example ignored; a batch without positives, or a class without a pixel`, () => {
      zero(bind(member.of(2), { ignoreIndex: -1 }).derivatives([1, NaN], [-1, -1]), "sigmoid");
      zero(bind(member.of(2), { head: "softmax", classes: 3, ignoreIndex: -1 }).derivatives([1, NaN, -2, 0, 0, 0], [-1, -1]), "softmax");
      finite(bind(member.of(2)).derivatives([1, -3], [0, 0]), "no positives");
      finite(bind(member.of(2)).derivatives([1, -3], [1, 1]), "no negatives");
      finite(bind(member.of(2), { head: "softmax", classes: 3 }).derivatives([1, 3, -2, 0, 0.5, 0], [1, 1]), "empty classes");
      // An ignored example leaves everything as it would be without it.
      const with_ = bind(member.of(2), { ignoreIndex: -1 }).derivatives([1, NaN, -3], [1, -1, 0]), without = bind(member.of(2)).derivatives([1, -3], [1, 0]);
      expect([with_.value, ...with_.grad]).toEqual([without.value, without.grad[0], 0, without.grad[1]]);
    });
  }
});

describe("the order of examples does not matter", () => {
  for (const member of [...marginLosses, ...scoreLosses, ...batchLosses]) {
    test(`${member.name}, sigmoid, within 1e-11 (sums in another order)`, () => {
      fc.assert(fc.property(fc.array(fc.tuple(double(-20, 20), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 10 }), gamma, (examples, g) => {
        const run = (order: typeof examples) => bind(member.of(g)).derivatives(order.map(([x]) => x), order.map(([, t]) => t));
        const [there, back] = [run(examples), run(examples.toReversed())];
        const size = Math.max(...there.grad.map(Math.abs));
        close(back.value as number, there.value as number, 1e-11, 1e-300);
        there.grad.forEach((v, i) => close(back.grad.at(-1 - i)!, v, 1e-10, 1e-11 * size));
      }), { numRuns: 40 });
    });
  }
});

describe("softmax", () => {
  const rows = fc.array(double(-15, 15), { minLength: 2, maxLength: 6 });
  for (const member of marginLosses) {
    test(`${member.name}: two classes are the sigmoid of the difference, within 1e-12`, () => {
      fc.assert(fc.property(double(-15, 15), fc.constantFrom(0, 1), gamma, (x, t, g) => {
        const two = bind(member.of(g), { head: "softmax", classes: 2, reduction: "sum" }).derivatives([0, x], [t]), one = bind(member.of(g), { reduction: "sum" }).derivatives([x], [t]);
        close(two.value as number, one.value as number, 1e-12, 1e-300);
        for (const [j, sign] of [[0, -1], [1, 1]] as const) {
          close(two.grad[j]!, sign * one.grad[0]!, 1e-11, 1e-300);
          close(two.hessian[j]!, one.hessian[0]!, 1e-9, 1e-11 * Math.abs(one.grad[0]!));
        }
      }), { numRuns: 60 });
    });
  }
  for (const member of [...marginLosses, ...rowLosses, ...batchLosses]) {
    test(`${member.name}: the gradient sums to zero over the classes, and a shift of a whole row changes nothing, within 1e-10 of the largest part`, () => {
      fc.assert(fc.property(rows, double(-20, 20), fc.nat(), gamma, (z, shift, pick, g) => {
        fc.pre(z.every((a, i) => z.every((b, j) => i === j || Math.abs(a - b) > 1e-6)));
        const label = [pick % z.length], loss = bind(member.of(g), { head: "softmax", classes: z.length });
        const { value, grad } = loss.valueAndGrad(z, label), moved = loss.valueAndGrad(z.map((v) => v + shift), label);
        const size = Math.max(...grad.map(Math.abs));
        expect(Math.abs(grad.reduce((a, b) => a + b))).toBeLessThanOrEqual(1e-13 * size + 1e-16);
        close(moved.value as number, value as number, 1e-10, 1e-300);
        grad.forEach((v, j) => close(moved.grad[j]!, v, 1e-9, 1e-10 * size));
      }), { numRuns: 60 });
    });
  }
});

describe("settings per class and rows without a share", () => {
  test("a list of one γ for a single column is that γ (14 digits: a list is not multiplied out)", () => {
    const list = bind(focal({ gamma: [2] }), { classes: 1 }).derivatives([1, -1], [1, 0]), one = bind(focal({ gamma: 2 }), { classes: 1 }).derivatives([1, -1], [1, 0]);
    for (const key of ["grad", "hessian"] as const) list[key].forEach((v, i) => expect(v).toBeCloseTo(one[key][i]!, 14));
    expect(list.value).toBeCloseTo(one.value as number, 14);
    expect(bind(focal({ gamma: [2] }), { classes: 1 }).value([1], [0.5])).toBeCloseTo(bind(focal({ gamma: 2 })).value([1], [0.5]) as number, 14);
  });

  for (const member of batchLosses.filter(({ name }) => name !== "normalizedFocal")) {
    test(`${member.name}: an ignored row counts for nothing with smoothing, too, and so does a row without a share`, () => {
      const softmax = { head: "softmax", classes: 2, ignoreIndex: 255 } as const;
      for (const smoothing of [0, 0.125]) {
        const with_ = bind(member.of(1), { ...softmax, smoothing }).derivatives([3, -3, 5, -5], [0, 255]), without = bind(member.of(1), { ...softmax, smoothing }).derivatives([3, -3], [0]);
        expect([with_.value, ...with_.grad]).toEqual([without.value, ...without.grad, 0, 0]);
      }
      expect(bind(member.of(1), softmax).value([3, -3, 5, -5], [1, 0, 0, 0])).toBe(bind(member.of(1), softmax).value([3, -3], [1, 0]));
    });
  }

  test("transforms applied twice add up", () => {
    const twice = logitAdjusted(logitAdjusted(focal(), [900, 100]), [900, 100]), double = logitAdjusted(focal(), [900, 100], { tau: 2 });
    expect(bind(twice).value([1], [1])).toBeCloseTo(bind(double).value([1], [1]) as number, 14);
    expect(ldam(ldam(focal(), [16, 1]), [16, 1]).margins).toEqual([0.5, 1]);
  });
});
