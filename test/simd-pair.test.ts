import fc from "fast-check";
import { criterion, dualFocal } from "focal-loss";
import type { CriterionOptions, PairLoss } from "focal-loss";
import { describe, expect, test } from "vitest";
import { supportsPair } from "../src/kernels/wasmPair.ts";
import { onSimd } from "./family/onSimd.ts";
import { compare, float32Gates } from "./golden/compare.ts";
import { lossOf } from "./golden/lossOf.ts";
import { goldens, nameOf } from "./golden/read.ts";

for (const { golden } of goldens().filter(({ golden }) => golden.loss === "dualFocal")) {
  const { gates, floor } = float32Gates(golden);
  test(`${nameOf(golden)}: SIMD value within ${gates[0]}, gradient ${gates[1]}, Hessian ${gates[2]} relative`, () => {
    const run = onSimd(lossOf(golden) as unknown as PairLoss, { head: "softmax", classes: golden.classes!, reduction: "none" });
    compare(golden, run(Float32Array.from(golden.logits), golden.targets), gates, floor, false);
  });
}

/** Compares with the JavaScript engine: values by themselves, derivatives also by the loss and the greatest derivatives of their row, which they are sums of. */
function agree(loss: PairLoss, options: CriterionOptions & { readonly classes: number }, logits: Float32Array, labels: number[], call: { weights?: number[] } = {}): void {
  const { classes, inner = 1 } = options, all = { head: "softmax", reduction: "none", ...options } as const;
  const simd = onSimd(loss, all)(logits, labels, call), js = criterion(loss, { ...all, engine: "js" }).derivatives(Float64Array.from(logits), labels, call);
  const values = js.value as unknown as Float64Array, rowOf = (i: number): number => Math.floor(i / (classes * inner)) * inner + (i % inner);
  const greatest = Float64Array.from(values);
  for (const part of [js.grad, js.hessian]) part.forEach((x, i) => (greatest[rowOf(i)] = Math.max(greatest[rowOf(i)]!, Math.abs(x))));
  const close = (got: number, want: number, allowed: number, what: string): void => {
    expect(Math.abs(got - want), `${what}: ${got} should be ${want}`).toBeLessThanOrEqual(allowed + 2 ** -118);
  };
  (simd.value as Float32Array).forEach((got, row) => close(got, values[row]!, 2e-6 * values[row]!, `value[${row}]`));
  simd.grad.forEach((got, i) => close(got, js.grad[i]!, 2e-6 * greatest[rowOf(i)]!, `gradient[${i}]`));
  simd.hessian.forEach((got, i) => close(got, js.hessian[i]!, 3e-6 * greatest[rowOf(i)]!, `Hessian[${i}]`));
}

const losses = [0, 0.5, 1, 1.7, 2, 3].map((gamma) => dualFocal({ gamma }));
const wave = (length: number, speed: number): Float32Array => Float32Array.from({ length }, (_, i) => 6 * Math.sin(i * speed));

describe("the SIMD kernel and the JavaScript engine agree: value within 2e-6, gradient 2e-6, Hessian 3e-6 of the row's greatest", () => {
  test("for any number of classes and rows, equal logits among them, with class weights, weights and ignored rows", () => {
    const logit = fc.oneof(fc.float({ min: -40, max: 40, noNaN: true }), fc.integer({ min: -2, max: 2 }));
    fc.assert(fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 50 }), fc.infiniteStream(logit), fc.infiniteStream(fc.nat(1000)), fc.nat(losses.length - 1), fc.boolean(), (classes, rows, values, picks, which, weighted) => {
      const logits = Float32Array.from({ length: rows * classes }, () => values.next().value!), labels = Array.from({ length: rows }, () => (picks.next().value! % (classes + 1)) - 1);
      agree(losses[which]!, { classes, ignoreIndex: -1 }, logits, labels, weighted ? { weights: labels.map(() => picks.next().value! / 100) } : {});
      agree(dualFocal({ alpha: Array.from({ length: classes }, (_, k) => k / 4) }), { classes, ignoreIndex: -1 }, logits, labels);
    }), { numRuns: 60 });
  });

  test.each([[1, 2], [15, 3], [16, 3], [17, 3], [1632, 10], [1633, 10], [64, 256], [65, 256]])("for %s rows of %s classes: around the ends of vectors and blocks", (rows, classes) => {
    agree(dualFocal(), { classes }, wave(rows * classes, 1.7), Array.from({ length: rows }, (_, i) => (i * 7) % classes));
  });

  test.each([3, 16, 2000])("for planes of %s pixels, several images of 5 classes", (inner) => {
    agree(dualFocal({ alpha: [0.1, 1, 2, 0, 1] }), { classes: 5, inner, ignoreIndex: -1 }, wave(15 * inner, 0.37), Array.from({ length: 3 * inner }, (_, i) => (i % 11 === 0 ? -1 : (i * 3) % 5)));
  });
});

test.each(["mean", "sum"] as const)("reduction %s: value within 1e-6 of the JavaScript engine's, gradient 2e-6 of the greatest", (reduction) => {
  const logits = wave(3000, 0.9), labels = Array.from({ length: 1000 }, (_, i) => i % 3), js = criterion(dualFocal(), { head: "softmax", classes: 3, reduction, engine: "js" }).valueAndGrad(logits, labels);
  const simd = onSimd(dualFocal(), { head: "softmax", classes: 3, reduction })(logits, labels), greatest = Math.max(...js.grad.map(Math.abs));
  expect(Math.abs((simd.value as number) / js.value - 1)).toBeLessThan(1e-6);
  simd.grad.forEach((got, i) => expect(Math.abs(got - js.grad[i]!)).toBeLessThan(2e-6 * greatest));
});

test("finite at ±1e30, ±1e4, ±100 and 0 in every combination, γ = 0, 0.5, 1, 1.7, 2, 3", () => {
  const line = [-1e30, -1e4, -100, -45, 0, 5, 30, 88.5, 1e4, 1e30], rows = line.flatMap((a) => line.flatMap((b) => line.map((c) => [a, b, c])));
  for (const loss of losses) {
    const { value, grad, hessian } = onSimd(loss, { head: "softmax", classes: 3, reduction: "none" })(Float32Array.from(rows.flat()), rows.map((_, i) => i % 3));
    for (const result of [value as Float32Array, grad, hessian]) expect(result.filter((x) => !Number.isFinite(x))).toEqual(new Float32Array());
  }
});

test("NaN in a row makes NaN of that row and of no other, and of none where the row is ignored", () => {
  const logits = Float32Array.from({ length: 60 }, (_, i) => i % 7), labels = Array.from({ length: 20 }, (_, i) => i % 3);
  logits[31] = NaN;
  const run = onSimd(dualFocal(), { head: "softmax", classes: 3, reduction: "none", ignoreIndex: -1 });
  expect([...(run(logits, labels).value as Float32Array)].map(Number.isNaN)).toEqual(labels.map((_, i) => i === 10));
  expect([...run(logits, labels).grad].map(Number.isNaN)).toEqual(Array.from(logits, (_, i) => Math.floor(i / 3) === 10));
  labels[10] = -1;
  const ignored = run(logits, labels);
  expect([...(ignored.value as Float32Array), ...ignored.grad, ...ignored.hessian].some(Number.isNaN)).toBe(false);
});

test("a gradient may be written over the logits, and one kernel serves any number of classes", () => {
  for (const classes of [2, 3, 10]) {
    const logits = wave(30 * classes, 1.3), labels = Array.from({ length: 30 }, (_, i) => i % classes), over = logits.slice();
    const run = onSimd(dualFocal(), { head: "softmax", classes }), want = run(logits, labels);
    expect(run(over, labels, { out: over })).toEqual(want);
  }
  expect([256, 257].map((classes) => supportsPair(dualFocal(), { classes }))).toEqual([true, false]);
});

test("the gradient is the slope of the value, within 1e-3 of the greatest: float32, a step of 1/16 between rivals that stay apart", () => {
  const logits = [1.5, -0.75, 0.25, -2, 3, 0.5], labels = [0, 2], step = 1 / 16;
  for (const loss of losses) {
    const run = onSimd(loss, { head: "softmax", classes: 3, reduction: "sum" }), at = (j: number, by: number): number => run(Float32Array.from(logits, (x, i) => x + (i === j ? by : 0)), labels).value as number;
    const { grad } = run(Float32Array.from(logits), labels), greatest = Math.max(...grad.map(Math.abs));
    logits.forEach((_, j) => expect(Math.abs((at(j, step) - at(j, -step)) / (2 * step) - grad[j]!)).toBeLessThan(1e-3 * greatest));
  }
});
