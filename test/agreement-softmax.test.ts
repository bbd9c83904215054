import fc from "fast-check";
import { criterion, crossEntropy, defineLoss, focal, poly1Focal } from "focal-loss";
import type { CriterionOptions, Loss } from "focal-loss";
import { abs, log, mul, neg, pow, sub } from "focal-loss/expr";
import { describe, expect, test } from "vitest";

/** Float32 answers of both engines, by the size of the JavaScript engine's; or of the loss or gradient there, where a derivative passes through 0. */
function agree(loss: Loss, options: CriterionOptions, logits: Float32Array, labels: number[], call: { weights?: number[] } = {}): void {
  const run = (engine: "js" | "wasm") => criterion(loss, { head: "softmax", reduction: "none", ...options, engine }).derivatives(logits, labels, call);
  const simd = run("wasm"), js = run("js"), rows = js.value as unknown as Float32Array;
  const close = (got: ArrayLike<number>, want: ArrayLike<number>, allowed: number, perRow: number, below?: ArrayLike<number>): void => {
    expect(got.length).toBe(want.length);
    for (let i = 0; i < want.length; i++) {
      const size = Math.max(Math.abs(want[i]!), rows[Math.floor(i / perRow)] ?? 0, Math.abs(below?.[i] ?? 0));
      expect(Math.abs(got[i]! - want[i]!), `${got[i]} should be ${want[i]}`).toBeLessThanOrEqual(allowed * size + 2 ** -118);
    }
  };
  close(simd.value as unknown as Float32Array, rows, 2e-6, 1);
  close(simd.grad, js.grad, 2e-6, logits.length / rows.length);
  close(simd.hessian, js.hessian, 3e-6, logits.length / rows.length, js.grad);
}

const losses: Loss[] = [
  crossEntropy(), focal({ gamma: 2 }), focal({ gamma: 1.7 }), focal({ gamma: 0.5 }), poly1Focal({ gamma: 1 }),
  defineLoss("mine", { tau: 1.5 }, ({ pt, tau }) => mul(pow(sub(1, pt), tau), abs(log(pt))))(),
  defineLoss("rooted", {}, ({ pt }) => neg(log(pt)))({ alpha: { uniform: 0.25 } }),
];

describe("the softmax kernel and the JavaScript engine agree within 2e-6 (value and gradient: the logarithm of a sum over many classes has fewer digits), 3e-6 (Hessian)", () => {
  test("for any number of classes and rows, with class weights, weights and ignored rows", () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 70 }), fc.infiniteStream(fc.float({ min: -40, max: 40, noNaN: true })), fc.infiniteStream(fc.nat(1000)), fc.nat(losses.length - 1), fc.boolean(), (classes, rows, values, picks, which, weighted) => {
      const logits = Float32Array.from({ length: rows * classes }, () => values.next().value!);
      const labels = Array.from({ length: rows }, () => (picks.next().value! % (classes + 1)) - 1);
      agree(losses[which]!, { classes, ignoreIndex: -1 }, logits, labels, weighted ? { weights: labels.map(() => picks.next().value! / 100) } : {});
      agree(focal({ gamma: 2, alpha: Array.from({ length: classes }, (_, k) => k / 4) }), { classes, ignoreIndex: -1 }, logits, labels);
    }), { numRuns: 60 });
  });

  test.each([[1, 2], [15, 3], [16, 3], [17, 3], [1535, 10], [1536, 10], [1537, 10], [16, 1000], [33, 1500]])("for %s rows of %s classes: around the ends of blocks, and for rows longer than a block", (rows, classes) => {
    const logits = Float32Array.from({ length: rows * classes }, (_, i) => 6 * Math.sin(i * 1.7));
    agree(focal({ gamma: 2 }), { classes }, logits, Array.from({ length: rows }, (_, i) => (i * 7) % classes));
  });

  test.each([16, 17, 100, 2000])("for planes of %s pixels, several images of 5 classes", (inner) => {
    const images = 3, classes = 5;
    const logits = Float32Array.from({ length: images * classes * inner }, (_, i) => 6 * Math.sin(i * 0.37));
    const labels = Array.from({ length: images * inner }, (_, i) => (i % 11 === 0 ? -1 : (i * 3) % classes));
    agree(focal({ gamma: 2, alpha: [0.1, 1, 2, 0, 1] }), { classes, inner, ignoreIndex: -1 }, logits, labels);
    for (const reduction of ["mean", "sum"] as const) {
      const value = (engine: "js" | "wasm"): number => criterion(focal(), { head: "softmax", classes, inner, ignoreIndex: -1, reduction, engine }).value(logits, labels);
      expect(Math.abs(value("wasm") / value("js") - 1)).toBeLessThan(1e-6);
    }
  });
});

test("the softmax kernel is finite at ±1e30, ±1e4, ±100 and 0 in every combination, γ = 0, 0.3, 0.5, 2, 5", () => {
  const line = [-1e30, -1e25, -1e4, -100, 0, 5, 100, 1e4, 1e30];
  const rows = line.flatMap((a) => line.flatMap((b) => line.map((c) => [a, b, c])));
  for (const gamma of [0, 0.3, 0.5, 2, 5]) {
    const { value, grad, hessian } = criterion(focal({ gamma }), { head: "softmax", classes: 3, reduction: "none", engine: "wasm" }).derivatives(Float32Array.from(rows.flat()), rows.map((_, i) => i % 3));
    for (const result of [value, grad, hessian]) expect(result.every(Number.isFinite)).toBe(true);
  }
});

test("NaN in a row makes NaN of that row and of no other, and of none where the row is ignored", () => {
  const logits = Float32Array.from({ length: 60 }, (_, i) => i % 7);
  logits[31] = NaN;
  const labels = Array.from({ length: 20 }, (_, i) => i % 3), run = criterion(focal(), { head: "softmax", classes: 3, reduction: "none", ignoreIndex: -1, engine: "wasm" });
  expect([...run.valueAndGrad(logits, labels).value].map(Number.isNaN)).toEqual(labels.map((_, i) => i === 10));
  expect([...run.valueAndGrad(logits, labels).grad].map(Number.isNaN)).toEqual(Array.from(logits, (_, i) => Math.floor(i / 3) === 10));
  labels[10] = -1;
  const ignored = run.derivatives(logits, labels);
  expect([...ignored.value, ...ignored.grad, ...ignored.hessian].some(Number.isNaN)).toBe(false);
});

test("a gradient may be written over the logits", () => {
  const logits = Float32Array.from({ length: 900 }, (_, i) => Math.sin(i)), labels = Array.from({ length: 300 }, (_, i) => i % 3);
  const run = criterion(focal(), { head: "softmax", classes: 3, engine: "wasm" });
  const want = run.valueAndGrad(logits, labels), over = logits.slice();
  expect(run.valueAndGrad(over, labels, { out: over })).toEqual(want);
});
