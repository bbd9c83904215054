import fc from "fast-check";
import { criterion, crossEntropy, defineLoss, focal, sigmoidFocalLoss } from "focal-loss";
import type { Loss } from "focal-loss";
import { add, log, mul, neg, pow, sub } from "focal-loss/expr";
import { describe, expect, test } from "vitest";

const logit = fc.double({ min: -30, max: 30, noNaN: true });
const target = fc.constantFrom(0, 1);
const gamma = fc.oneof(fc.constantFrom(0, 0.5, 1, 2, 5), fc.double({ min: 0, max: 6, noNaN: true }));
const each = { reduction: "none" } as const;
const close = (got: number, want: number, relative: number, absolute = 0): void => {
  expect(Math.abs(got - want), `${got} should be ${want}`).toBeLessThanOrEqual(relative * Math.abs(want) + absolute);
};
/** Central difference with the step that balances rounding against curvature. */
const slope = (f: (x: number) => number, x: number, h = 1e-5): number => (f(x + h) - f(x - h)) / (2 * h);

describe("focal loss", () => {
  test("with γ = 0 is cross-entropy, to the last bit", () => {
    fc.assert(fc.property(logit, target, (x, t) => {
      expect(criterion(focal({ gamma: 0 })).derivatives([x], [t])).toEqual(criterion(crossEntropy()).derivatives([x], [t]));
    }));
  });

  test("is cross-entropy times (1 − p_t)^γ, within 1e-12 (a power of up to 6 loses 3 digits at most)", () => {
    fc.assert(fc.property(logit, target, gamma, (x, t, g) => {
      const u = t ? x : -x;
      const factor = Math.exp(-g * (Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)))));
      close(criterion(focal({ gamma: g })).value([x], [t]), factor * criterion(crossEntropy()).value([x], [t]), 1e-12);
    }));
  });

  test("falls to a hundredth of cross-entropy at p_t = 0.9 and to at least a quarter at p_t ≤ 0.5, for γ = 2", () => {
    const ratio = (p: number): number => criterion(crossEntropy()).value([Math.log(p / (1 - p))], [1]) / criterion(focal({ gamma: 2 })).value([Math.log(p / (1 - p))], [1]);
    close(ratio(0.9), 100, 1e-12);
    close(ratio(0.968), 976.5625, 1e-12);
    for (const p of [0.5, 0.3, 0.1, 0.01]) expect(ratio(p)).toBeLessThanOrEqual(4 * (1 + 1e-12));
  });

  test("with α = 1 is silent on negatives, with α = 0 on positives", () => {
    fc.assert(fc.property(logit, gamma, (x, g) => {
      expect(criterion(focal({ gamma: g, alpha: 1 })).valueAndGrad([x], [0])).toEqual({ value: 0, grad: Float64Array.of(0) });
      expect(criterion(focal({ gamma: g, alpha: 0 })).value([x], [1])).toBe(0);
    }));
  });

  test("with { uniform: α } weighs both classes alike, with a number α and 1 − α, with a pair as the pair says", () => {
    fc.assert(fc.property(logit, target, fc.double({ min: 0, max: 1, noNaN: true }), (x, t, alpha) => {
      const bare = criterion(focal({ gamma: 2 })).value([x], [t]);
      close(criterion(focal({ gamma: 2, alpha: { uniform: alpha } })).value([x], [t]), alpha * bare, 1e-14, 1e-300);
      close(criterion(focal({ gamma: 2, alpha })).value([x], [t]), (t ? alpha : 1 - alpha) * bare, 1e-14, 1e-300);
      close(criterion(focal({ gamma: 2, alpha: [1 - alpha, alpha] })).value([x], [t]), (t ? alpha : 1 - alpha) * bare, 1e-14, 1e-300);
    }));
  });

  test("treats a positive at x as a negative at −x", () => {
    fc.assert(fc.property(logit, gamma, (x, g) => {
      const loss = criterion(focal({ gamma: g }));
      const positive = loss.derivatives([x], [1]), negative = loss.derivatives([-x], [0]);
      expect(positive.value).toBe(negative.value);
      expect(positive.grad[0]).toBe(-negative.grad[0]!);
      expect(positive.hessian[0]).toBe(negative.hessian[0]);
    }));
  });

  test("is finite, with gradient and Hessian, at ±1e30, ±100 and 0 for every γ, also below 1, for hard and soft targets, on both engines", () => {
    const logits = [-1e30, -1e4, -100, -1, 0, 1, 100, 1e4, 1e30];
    for (const g of [0, 0.3, 0.5, 1, 1.7, 2, 5]) {
      for (const t of [0, 1e-3, 0.5, 0.9, 1]) {
        const loss = focal({ gamma: g, alpha: 0.25 }), targets = logits.map(() => t);
        for (const { value, grad, hessian } of [
          criterion(loss, each).derivatives(logits, targets),
          criterion(loss, { ...each, engine: "wasm" }).derivatives(Float32Array.from(logits), targets),
        ]) for (const result of [...value, ...grad, ...hessian]) expect(Number.isFinite(result), `γ = ${g}, t = ${t}`).toBe(true);
      }
    }
  });

  test("lets a confidently wrong example pull with its full weight: the gradient tends to α", () => {
    close(criterion(focal({ gamma: 2, alpha: 0.25 })).valueAndGrad([-100], [1]).grad[0]!, -0.25, 1e-12);
  });
});

const losses: Record<string, (g: number) => Loss> = {
  "cross-entropy": () => crossEntropy({ alpha: 0.25 }),
  "focal loss": (g) => focal({ gamma: g, alpha: 0.25 }),
  "a loss of one's own (poly-1)": (g) => defineLoss("poly", { gamma: 1 }, ({ pt, gamma }) =>
    add(mul(pow(sub(1, pt), gamma), neg(log(pt))), pow(sub(1, pt), add(gamma, 1))))({ gamma: g }),
};

for (const [name, make] of Object.entries(losses)) {
  describe(name, () => {
    test("sigmoid, hard and soft targets: gradient and Hessian are the derivatives, within 1e-6 (central differences with h = 1e-5)", () => {
      fc.assert(fc.property(fc.double({ min: -8, max: 8, noNaN: true }), fc.oneof(target, fc.double({ min: 0.01, max: 0.99, noNaN: true })), gamma, (x, t, g) => {
        const loss = criterion(make(g));
        const { grad, hessian } = loss.derivatives([x], [t]);
        const allowed = 1e-6 * (1 + Math.abs(loss.value([x], [t])));
        close(grad[0]!, slope((z) => loss.value([z], [t]), x), 1e-6, allowed);
        // The soft loss is written around |x|: at 0 a difference would straddle its two pieces, which meet smoothly.
        close(hessian[0]!, slope((z) => loss.valueAndGrad([z], [t]).grad[0]!, x), 1e-6, allowed);
      }));
    });

    test("softmax: gradient and Hessian are the derivatives, within 1e-6 (central differences with h = 1e-5)", () => {
      fc.assert(fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 6 }), gamma, fc.nat(), (row, g, pick) => {
        const label = pick % row.length;
        const loss = criterion(make(g).alpha === undefined ? make(g) : focal({ gamma: g, alpha: row.map((_, k) => 0.5 + k) }), { head: "softmax", classes: row.length });
        const { grad, hessian } = loss.derivatives(row, [label]);
        const scale = 1e-6 * (1 + Math.abs(loss.value(row, [label])));
        row.forEach((z, j) => {
          const moved = (to: number): number[] => row.map((other, k) => (k === j ? to : other));
          close(grad[j]!, slope((to) => loss.value(moved(to), [label]), z), 1e-6, scale);
          close(hessian[j]!, slope((to) => loss.valueAndGrad(moved(to), [label]).grad[j]!, z), 1e-6, scale);
        });
      }));
    });
  });
}

describe("the softmax head", () => {
  const row = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 2, maxLength: 8 });

  test("with two classes is the sigmoid head on the difference of the logits, within 1e-12 (rounding of the difference)", () => {
    fc.assert(fc.property(logit, logit, target, gamma, (a, b, t, g) => {
      const two = criterion(focal({ gamma: g }), { head: "softmax", classes: 2 }).valueAndGrad([a, b], [t]);
      const one = criterion(focal({ gamma: g })).valueAndGrad([b - a], [t]);
      close(two.value, one.value, 1e-12);
      close(two.grad[1]!, one.grad[0]!, 1e-12);
      close(two.grad[0]!, -one.grad[0]!, 1e-12);
    }));
  });

  test("does not change when all logits of a row shift together, within 1e-10 (a shift of 50 costs 2 digits, γ = 6 another)", () => {
    fc.assert(fc.property(row, fc.double({ min: -50, max: 50, noNaN: true }), gamma, fc.nat(), (z, shift, g, pick) => {
      const loss = criterion(focal({ gamma: g }), { head: "softmax", classes: z.length });
      const label = pick % z.length;
      close(loss.value(z.map((v) => v + shift), [label]), loss.value(z, [label]), 1e-10);
    }));
  });

  test("has a gradient that sums to zero over the classes, within 1e-14", () => {
    fc.assert(fc.property(row, gamma, fc.nat(), (z, g, pick) => {
      const { grad } = criterion(focal({ gamma: g }), { head: "softmax", classes: z.length }).valueAndGrad(z, [pick % z.length]);
      expect(Math.abs(grad.reduce((a, b) => a + b, 0))).toBeLessThan(1e-14 * 30);
    }));
  });

  test("reads NCHW planes with `inner` as it reads rows", () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 }), fc.infiniteStream(logit), fc.infiniteStream(fc.nat()), (classes, images, inner, values, picks) => {
      const rows = images * inner;
      const byRow = Array.from({ length: rows * classes }, () => values.next().value!);
      const labels = Array.from({ length: rows }, () => picks.next().value! % classes);
      const at = (row: number, c: number): number => (Math.floor(row / inner) * classes + c) * inner + (row % inner);
      const planes = new Array<number>(byRow.length);
      byRow.forEach((v, i) => (planes[at(Math.floor(i / classes), i % classes)] = v));
      const expected = criterion(focal(), { head: "softmax", classes }).valueAndGrad(byRow, labels);
      const got = criterion(focal(), { head: "softmax", classes, inner }).valueAndGrad(planes, labels);
      expect(got.value).toBe(expected.value);
      expected.grad.forEach((g, i) => expect(got.grad[at(Math.floor(i / classes), i % classes)]).toBe(g));
    }));
  });
});

describe("reductions", () => {
  const batch = fc.array(fc.tuple(logit, target), { minLength: 1, maxLength: 40 });

  test("sum is the sum of the losses, mean its n-th part, positives divides by the positives, and the order of examples does not matter (1e-12)", () => {
    fc.assert(fc.property(batch, (examples) => {
      const logits = examples.map(([x]) => x), targets = examples.map(([, t]) => t);
      const run = (reduction: "mean" | "sum" | "positives"): number => criterion(focal({ alpha: 0.25 }), { reduction }).value(logits, targets);
      const sum = criterion(focal({ alpha: 0.25 }), each).value(logits, targets).reduce((a, b) => a + b, 0);
      close(run("sum"), sum, 1e-12);
      close(run("mean"), sum / examples.length, 1e-12);
      close(run("positives"), sum / Math.max(1, targets.filter((t) => t === 1).length), 1e-12);
      close(criterion(focal({ alpha: 0.25 }), { reduction: "sum" }).value([...logits].reverse(), [...targets].reverse()), sum, 1e-12);
    }));
  });

  test("a weight of 2 counts an example twice, a weight of 0 not at all", () => {
    const loss = criterion(focal({ gamma: 2 }), { reduction: "sum" });
    close(loss.value([1, -2, 3], [1, 1, 0], { weights: [2, 1, 0] }), loss.value([1, 1, -2], [1, 1, 1]), 1e-15);
  });

  test("an ignored example has no loss, no gradient and no part in the mean, on both engines and heads", () => {
    for (const engine of ["js", "wasm"] as const) {
      const loss = criterion(focal({ gamma: 2, alpha: 0.25 }), { ignoreIndex: -1, engine });
      const { value, grad } = loss.valueAndGrad(Float32Array.of(1, NaN, -2), Int32Array.of(1, -1, 0));
      expect(value).toBe(loss.value(Float32Array.of(1, -2), Int32Array.of(1, 0)));
      expect(grad[1]).toBe(0);
      expect(loss.valueAndGrad(Float32Array.of(1, 2), Int32Array.of(-1, -1))).toEqual({ value: 0, grad: Float32Array.of(0, 0) });
    }
    const softmax = criterion(focal(), { head: "softmax", classes: 2, ignoreIndex: 255 });
    expect(softmax.value([1, 2, NaN, 4], [0, 255])).toBe(criterion(focal(), { head: "softmax", classes: 2 }).value([1, 2], [0]));
    expect(softmax.valueAndGrad([1, 2], [255])).toEqual({ value: 0, grad: Float64Array.of(0, 0) });
  });

  test("with no positives, dividing by them divides by 1", () => {
    expect(criterion(focal(), { reduction: "positives" }).value([1], [0])).toBe(criterion(focal(), { reduction: "sum" }).value([1], [0]));
  });

  test("a normalizer of one's own replaces the divisor", () => {
    const sum = criterion(focal(), { reduction: "sum" }).value([1, 2], [0, 1]);
    expect(criterion(focal()).value([1, 2], [0, 1], { normalizer: 5 })).toBe(sum * (1 / 5));
    expect(criterion(focal()).value([1, 2], [1, 1], { normalizer: "positives" })).toBe(criterion(focal(), { reduction: "positives" }).value([1, 2], [1, 1]));
  });
});

test("γ and α given per class act on the classes they are given for", () => {
  const one = (g: number, alpha: number, x: number, t: number): number => criterion(focal({ gamma: g, alpha })).value([x], [t]);
  const columns = criterion(focal({ gamma: [0, 2], alpha: [0.25, 0.9] }), { ...each, classes: 2 }).value([1, 1, -1, -1], [1, 1, 0, 1]);
  expect([...columns]).toEqual([one(0, 0.25, 1, 1), one(2, 0.9, 1, 1), one(0, 0.25, -1, 0), one(2, 0.9, -1, 1)].map((v) => expect.closeTo(v, 14)));
  const rows = criterion(focal({ gamma: [0, 2, 5] }), { ...each, head: "softmax", classes: 3 }).value([1, 0, 0, 1, 0, 0], [0, 2]);
  const plain = (g: number, label: number): number => criterion(focal({ gamma: g }), { head: "softmax", classes: 3 }).value([1, 0, 0], [label]);
  expect([...rows]).toEqual([expect.closeTo(plain(0, 0), 14), expect.closeTo(plain(5, 2), 14)]);
});

test("the functions tell settings apart from call to call, whatever came before", () => {
  const logits = [0.3, -1.2, 2], targets = [1, 0, 1];
  const calls = [{}, { gamma: 1 }, { gamma: 1, alpha: 0.25 }, { gamma: 1, alpha: [1, 2] }, { gamma: 1, alpha: [2, 1] }, { alpha: 0.25 }, { gamma: 1, weights: [1, 2, 3] }, { gamma: 1, normalizer: 2 }, { gamma: 1, reduction: "sum" as const }];
  const of = ({ gamma, alpha, reduction, ...call }: { gamma?: number; alpha?: number | number[]; reduction?: "sum"; weights?: number[]; normalizer?: number }) =>
    criterion(focal({ ...(gamma !== undefined && { gamma }), ...(alpha !== undefined && { alpha }) }), reduction ? { reduction } : {}).value(logits, targets, call);
  for (const before of calls) {
    for (const options of calls) {
      sigmoidFocalLoss(logits, targets, before);
      expect(sigmoidFocalLoss(logits, targets, options), JSON.stringify([before, options])).toBe(of(options));
    }
    for (const wrong of [null, 5, [], "gamma"]) {
      sigmoidFocalLoss(logits, targets, before);
      expect(() => sigmoidFocalLoss(logits, targets, wrong as never)).toThrow("takes its options as an object");
    }
  }
  const alpha = [1, 2], first = sigmoidFocalLoss(logits, targets, { alpha });
  alpha[1] = 3;
  expect(sigmoidFocalLoss(logits, targets, { alpha })).not.toBe(first);
});
