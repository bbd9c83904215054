import { criterion, crossEntropy, distributionFocal, focal, poly1Focal } from "focal-loss";
import type { CriterionOptions, Loss } from "focal-loss";
import { describe, expect, test } from "vitest";
import { randomNumbers } from "../src/random.ts";

interface Answers {
  readonly value: Float32Array;
  readonly grad: Float32Array;
  readonly hessian: Float32Array;
}

/** Both engines' answers; each is held to its own size, or that of its row's loss: a soft target's gradient passes through 0. */
function agree(loss: Loss, options: CriterionOptions & { classes: number }, logits: Float32Array, targets: ArrayLike<number>, call = {}): void {
  const { classes, inner = 1 } = options, rowOf = (i: number): number => (inner === 1 ? Math.floor(i / classes) : Math.floor(i / (classes * inner)) * inner + (i % inner));
  const [simd, js] = (["wasm", "js"] as const).map((engine) => criterion(loss, { head: "softmax", reduction: "none", ...options, engine }).derivatives(logits, targets as number[], call) as unknown as Answers) as [Answers, Answers];
  for (const [part, allowed] of [["value", 2e-6], ["grad", 2e-6], ["hessian", 3e-6]] as const) {
    expect(simd[part].length).toBe(js[part].length);
    js[part].forEach((want, i) => {
      const size = Math.max(Math.abs(want), part === "value" ? 0 : Math.abs(js.value[rowOf(i)]!), part === "hessian" ? Math.abs(js.grad[i]!) : 0);
      if (!(Math.abs(simd[part][i]! - want) <= allowed * size + 2 ** -118)) expect(simd[part][i], `${part}[${i}]`).toBe(want);
    });
  }
}

const logitsOf = (length: number, spread: number, next = randomNumbers(length)): Float32Array => Float32Array.from({ length }, () => (next() + next() + next() - 1.5) * spread);
const labelsOf = (rows: number, classes: number): number[] => Array.from({ length: rows }, (_, i) => (i * 7919 + 3) % classes);

/** Shares of every class: some none, every seventh row one class only, every eleventh no class at all. */
function sharesOf(rows: number, classes: number, inner: number): Float32Array {
  const next = randomNumbers(rows * classes), shares = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const drawn = Array.from({ length: classes }, (_, k) => (row % 7 === 0 ? Number(k === row % classes) : next() < 0.3 ? 0 : next())), sum = drawn.reduce((a, b) => a + b, 0) || 1;
    drawn.forEach((share, k) => (shares[inner === 1 ? row * classes + k : Math.floor(row / inner) * inner * classes + (row % inner) + k * inner] = row % 11 === 0 ? 0 : share / sum));
  }
  return shares;
}

const perClass = (classes: number): number[] => Array.from({ length: classes }, (_, k) => [1, 0, 2, 0.5][k % 4]!);
const losses: readonly [string, (classes: number) => Loss][] = [
  ["cross-entropy", () => crossEntropy()], ["focal, γ = 2", () => focal({ gamma: 2 })], ["focal, γ = 1.7", () => focal({ gamma: 1.7 })], ["poly-1", () => poly1Focal({ gamma: 1 })],
  ["focal, one γ and one α per class", (classes) => focal({ gamma: perClass(classes), alpha: perClass(classes) })],
];

describe("shares of every class: SIMD and float64 agree within 2e-6 (value and gradient) and 3e-6 (Hessian)", () => {
  test.each(losses)("%s, smoothed labels and soft rows", (_, loss) => {
    for (const [classes, inner, rows] of [[2, 1, 50], [3, 1, 17], [10, 1, 1700], [33, 1, 40], [5, 7, 70], [4, 100, 300]] as const) {
      for (const spread of [6, 120]) {
        const logits = logitsOf(rows * classes, spread), weights = Float32Array.from({ length: rows }, (_, i) => (i % 4) / 2), labels = labelsOf(rows, classes);
        agree(loss(classes), { classes, inner, smoothing: 0.1, ignoreIndex: -1 }, logits, labels.map((label, i) => (i % 5 === 0 ? -1 : label)), { weights });
        agree(loss(classes), { classes, inner }, logits, sharesOf(rows, classes, inner));
      }
    }
  });

  test("labels between two classes", () => {
    for (const classes of [2, 17]) agree(distributionFocal(), { classes }, logitsOf(100 * classes, 8), Array.from({ length: 100 }, (_, i) => ((i * 0.37) % 1) * (classes - 1)));
  });
});

test("one class's whole share is its label: the same loss and gradient within 1e-6 of the row's loss", () => {
  const classes = 6, rows = 50, logits = logitsOf(rows * classes, 10), labels = labelsOf(rows, classes), shares = labels.flatMap((label) => Array.from({ length: classes }, (_, k) => Number(k === label)));
  const run = criterion(focal(), { head: "softmax", classes, engine: "wasm", reduction: "none" }), [hard, soft] = [run.valueAndGrad(logits, labels), run.valueAndGrad(logits, shares)] as unknown as [Answers, Answers];
  hard.value.forEach((value, row) => expect(Math.abs(soft.value[row]! - value)).toBeLessThanOrEqual(1e-6 * value));
  hard.grad.forEach((slope, i) => expect(Math.abs(soft.grad[i]! - slope)).toBeLessThanOrEqual(1e-6 * Math.max(hard.value[Math.floor(i / classes)]!, Math.abs(slope))));
});

test("finite at ±1e30, and NaN spoils its own row only", () => {
  const classes = 3, logits = Float32Array.of(1e30, -1e30, 0, 5, 1e30, 1e30, NaN, 1, 2, 1, 2, 3), { value, grad, hessian } = criterion(focal(), { head: "softmax", classes, smoothing: 0.1, engine: "wasm", reduction: "none" }).derivatives(logits, [0, 1, 2, 0]);
  expect([...value].map(Number.isNaN)).toEqual([false, false, true, false]);
  for (const array of [grad, hessian]) expect([...array].map(Number.isNaN)).toEqual(Array.from(logits, (_, i) => Math.floor(i / 3) === 2));
});
