import fc from "fast-check";
import { alloc, asymmetricUnifiedFocal, criterion, focalTversky, normalizedFocal, unifiedFocal } from "focal-loss";
import type { BatchLoss, CriterionOptions } from "focal-loss";
import { describe, expect, test } from "vitest";
import { supportsBatch } from "../src/kernels/wasmBatch.ts";
import { onSimd } from "./family/onSimd.ts";
import { compare, float32Gates } from "./golden/compare.ts";
import { lossOf } from "./golden/lossOf.ts";
import { goldens, nameOf } from "./golden/read.ts";

for (const { file, golden } of goldens().filter(({ file }) => file.startsWith("batch"))) {
  const { gates, floor } = float32Gates(golden), crossing = golden.loss === "normalizedFocal";
  test(`${nameOf(golden)}, ${golden.logits.length} logits (${file}): SIMD value within ${gates[0]}, gradient ${gates[1]}, Hessian ${gates[2]} relative${crossing ? ", or of their terms: a derivative passes through 0, where example and divisor pull apart" : ""}`, () => {
    const { head, classes, options } = golden, loss = lossOf(golden) as unknown as BatchLoss;
    const answers = onSimd(loss, { head, ...options, ...(classes !== undefined && { classes }) })(Float32Array.from(golden.logits), golden.targets);
    compare(golden, answers, gates, floor, crossing);
  });
}

const sigmoidLosses = [normalizedFocal(), normalizedFocal({ gamma: 0.5, alpha: 0.25 }), normalizedFocal({ gamma: 1.7, alpha: { uniform: 3 } }), focalTversky(), focalTversky({ gamma: 1.3, delta: 0.3, smooth: 0 }), unifiedFocal(), unifiedFocal({ gamma: 0.3 }), asymmetricUnifiedFocal()];
const softmaxLosses = sigmoidLosses.filter(({ alpha }) => typeof alpha !== "number");

/** Compares with the JavaScript engine, derivatives by the greatest of the batch, of any order, or an example's share of the value: each is a sum of terms of such size, which may cancel. */
function agree(loss: BatchLoss, options: CriterionOptions, logits: Float32Array, targets: ArrayLike<number>, weights?: ArrayLike<number>): void {
  const call = weights ? { weights } : {};
  const simd = onSimd(loss, options)(logits, targets, call), js = criterion(loss, { ...options, engine: "js" }).derivatives(Float64Array.from(logits), targets as number[], call as { weights?: number[] });
  const close = (got: number, want: number, size: number, what: string): void => {
    if (Number.isNaN(want)) return expect(got).toBeNaN(); // Tversky's index of nothing, unsmoothed
    expect(Math.abs(got - want), `${what} of ${loss.name}, ${JSON.stringify(options)}: ${got} should be ${want}`).toBeLessThanOrEqual(size + 2 ** -118);
  };
  const value = js.value as number;
  close(simd.value as number, value, 1e-6 * value, "value");
  const greatest = [...js.grad, ...js.hessian].reduce((most, x) => Math.max(most, Math.abs(x)), (value || 0) / logits.length);
  for (const [part, allowed] of [["grad", 1e-6], ["hessian", 3e-6]] as const) {
    simd[part].forEach((got, i) => close(got, js[part][i]!, allowed * greatest, `${part}[${i}]`));
  }
}

/** Numbers in [0, 1) that look random and are the same every time. */
const wave = (length: number, speed: number): number[] => Array.from({ length }, (_, i) => Math.abs(Math.sin(i * speed) * 1e4) % 1);

describe("the SIMD kernel and the JavaScript engine agree: value within 1e-6, gradient 1e-6, Hessian 3e-6 of the batch's greatest derivative", () => {
  // Beyond, where nothing but easy examples is left, (1 − p)^2 log p has no normal float32.
  const spread = fc.float({ min: -25, max: 25, noNaN: true });

  test("yes-or-no logits: any number of them, with weights and ignored ones, soft targets where they are defined", () => {
    fc.assert(fc.property(fc.array(fc.tuple(spread, fc.integer({ min: -1, max: 1 }), fc.nat(8), fc.nat(3)), { minLength: 1, maxLength: 90 }), fc.boolean(), fc.boolean(), (examples, soft, weighted) => {
      for (const loss of sigmoidLosses) {
        const targets = examples.map(([, t, s]) => (soft && loss.per === "class" && t === 1 ? s / 8 : t));
        agree(loss, { ignoreIndex: -1 }, Float32Array.from(examples, ([x]) => x), targets, weighted ? examples.map(([, , , w]) => w / 2) : undefined);
      }
    }), { numRuns: 20 });
  });

  test.each([[1, 2], [7, 5], [40, 3], [40, 1]])("%s rows of %s columns, per row and in planes, with weights and ignored logits", (rows, classes) => {
    const logits = Float32Array.from(wave(rows * classes, 1.3), (x) => 12 * x - 6), targets = wave(rows * classes, 2.9).map((x) => (x < 0.1 ? 255 : x < 0.5 ? 1 : 0));
    for (const inner of [1, rows]) for (const loss of [...sigmoidLosses.filter(({ binary, per }) => binary === "positive" || per === "batch"), normalizedFocal({ alpha: wave(classes, 3.1) })]) {
      if (classes === 1 && Array.isArray(loss.alpha)) continue;
      agree(loss, { classes, inner, ignoreIndex: 255 }, logits, targets);
      agree(loss, { classes, inner, ignoreIndex: 255 }, logits, targets, wave(rows, 0.7));
      agree(loss, { classes, inner, ignoreIndex: 255 }, logits, targets, wave(rows * classes, 0.7));
    }
  });

  test("softmax rows: any number of rows and classes, with class weights, weights, and ignored rows", () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 40 }), fc.infiniteStream(spread), fc.infiniteStream(fc.nat(1000)), fc.boolean(), (classes, rows, values, picks, weighted) => {
      const logits = Float32Array.from({ length: rows * classes }, () => values.next().value!), labels = Array.from({ length: rows }, () => (picks.next().value! % (classes + 1)) - 1);
      const weights = weighted ? labels.map(() => picks.next().value! / 300) : undefined;
      for (const loss of [...softmaxLosses, normalizedFocal({ alpha: wave(classes, 1.9) })]) agree(loss, { head: "softmax", classes, ignoreIndex: -1 }, logits, labels, weights);
    }), { numRuns: 12 });
  });

  test("softmax rows with a share of every class, some without any", () => {
    const classes = 5, rows = 61, logits = Float32Array.from(wave(rows * classes, 1.1), (x) => 20 * x - 10), raw = wave(rows * classes, 0.9);
    const shares = raw.map((_, i) => {
      const row = Math.floor(i / classes), sum = raw.slice(row * classes, (row + 1) * classes).reduce((a, b) => a + b);
      return row % 7 === 3 ? 0 : raw[i]! / sum;
    });
    for (const loss of softmaxLosses) if (loss.per === "class") agree(loss, { head: "softmax", classes }, logits, shares);
  });

  test.each([3, 16, 17, 1200])("planes of %s pixels, several images of 5 classes", (inner) => {
    const images = 3, classes = 5, logits = Float32Array.from(wave(images * classes * inner, 0.37), (x) => 12 * x - 6);
    const labels = wave(images * inner, 2.3).map((x, i) => (i % 11 === 0 ? -1 : Math.floor(x * classes)));
    for (const loss of [normalizedFocal(), focalTversky(), asymmetricUnifiedFocal()]) agree(loss, { head: "softmax", classes, inner, ignoreIndex: -1 }, logits, labels, wave(images * inner, 0.7));
  });

  test.each([15, 16, 17, 16384, 16385, 33000])("%s logits: around the ends of vectors and blocks", (length) => {
    const logits = Float32Array.from(wave(length, 1.7), (x) => 16 * x - 8), targets = wave(length, 0.3).map((x) => (x < 0.2 ? 1 : 0));
    for (const loss of [normalizedFocal(), unifiedFocal()]) agree(loss, {}, logits, targets);
    agree(focalTversky(), { head: "softmax", classes: length % 2 ? 3 : 2 }, logits.subarray(length % 2 ? length % 3 : 0), Array.from({ length: Math.floor(length / (length % 2 ? 3 : 2)) }, (_, i) => i % 2));
  });

  test("256 classes, the most there are records for", () => {
    const classes = 256, rows = 66, logits = Float32Array.from(wave(rows * classes, 0.71), (x) => 12 * x - 6);
    for (const loss of [normalizedFocal(), asymmetricUnifiedFocal()]) agree(loss, { head: "softmax", classes }, logits, Array.from({ length: rows }, (_, i) => (i * 37) % classes));
    expect([256, 257].map((classes) => supportsBatch(focalTversky(), { classes }))).toEqual([true, false]);
  });

  test("a batch of easy examples, whose terms are 1e-22", () => {
    for (const loss of sigmoidLosses) agree(loss, {}, Float32Array.of(17, -16.5, 16, -15.5), [1, 0, 1, 0]);
  });
});

const everySize = [0, 5, -5, 30, -30, 88.5, -88.5, 100, -100, 1e4, -1e4, 1e30, -1e30];

const smoothed = ({ parameters }: BatchLoss): boolean => parameters["smooth"] !== 0;

test("finite at ±1e30, ±1e4, ±100, ±88.5 and between, where every target is right, every one wrong, or mixed", () => {
  for (const loss of sigmoidLosses.filter(smoothed)) for (const pick of [(x: number) => (x > 0 ? 1 : 0), (x: number) => (x > 0 ? 0 : 1), (_: number, i: number) => i % 2]) {
    for (const logits of [everySize, ...everySize.map((x) => [x, -x])]) {
      const { value, grad, hessian } = onSimd(loss, {})(Float32Array.from(logits), logits.map(pick));
      expect([value as number, ...grad, ...hessian].filter((x) => !Number.isFinite(x)), `${loss.name} at ${logits.join(" ")}`).toEqual([]);
    }
  }
  for (const loss of softmaxLosses.filter(smoothed)) for (let label = 0; label < 3; label++) {
    const rows = everySize.flatMap((a) => everySize.map((b) => [a, b, 0]));
    const { value, grad, hessian } = onSimd(loss, { head: "softmax", classes: 3 })(Float32Array.from(rows.flat()), rows.map((_, i) => (i + label) % 3));
    expect([value as number, ...grad, ...hessian].filter((x) => !Number.isFinite(x)), loss.name).toEqual([]);
  }
});

test("all examples ignored: value 0, gradient and Hessian 0, whatever the logits hold", () => {
  for (const loss of sigmoidLosses) {
    const { value, grad, hessian } = onSimd(loss, { ignoreIndex: 255 })(Float32Array.of(1, NaN, Infinity), [255, 255, 255]);
    expect([value, ...grad, ...hessian].every((x) => x === 0)).toBe(true);
  }
  const { value, grad } = onSimd(focalTversky(), { head: "softmax", classes: 2, ignoreIndex: -1 })(Float32Array.of(1, NaN), [-1]);
  expect([value, ...grad].every((x) => x === 0)).toBe(true);
});

test("NaN makes the whole batch's value NaN, and nothing of it where it is ignored", () => {
  for (const loss of sigmoidLosses) {
    const run = onSimd(loss, { ignoreIndex: 255 });
    expect(run(Float32Array.of(1, NaN, -1), [1, 0, 0]).value).toBeNaN();
    const ignored = run(Float32Array.of(1, NaN, -1), [1, 255, 0]);
    expect([ignored.value as number, ...ignored.grad, ...ignored.hessian].some(Number.isNaN)).toBe(false);
  }
  const run = onSimd(unifiedFocal(), { head: "softmax", classes: 2, ignoreIndex: -1 });
  expect(run(Float32Array.of(1, NaN, -1, 2), [0, 1]).value).toBeNaN();
  expect([...run(Float32Array.of(1, NaN, -1, 2), [-1, 1]).grad].some(Number.isNaN)).toBe(false);
});

test("arrays in the kernels' memory, unaligned parts of arrays, and a gradient over its logits give the same", () => {
  const length = 1000, logits = Float32Array.from(wave(length, 1.7), (x) => 8 * x - 4), targets = Float32Array.from(wave(length, 0.3), (x) => (x < 0.2 ? 1 : 0));
  for (const loss of sigmoidLosses) {
    const run = onSimd(loss, {}), want = run(logits, targets), room = alloc(length), shifted = new Float32Array(length + 1);
    room.logits.set(logits);
    room.targets.set(targets);
    expect(run(room.logits, room.targets, { out: room.grad })).toEqual({ ...want, grad: room.grad });
    expect(room.grad).toEqual(want.grad);
    shifted.set(logits, 1);
    expect(run(shifted.subarray(1), targets)).toEqual(want);
    const over = logits.slice();
    expect(run(over, targets, { out: over })).toEqual(want);
  }
});

test("the gradient is the slope of the value, within 1e-3 of the batch's greatest: float32 terms, a step of 1/16", () => {
  const logits = [1.5, -0.75, 0.25, -2, 3, 0.5], labels = [1, 0, 0, 0, 1, 1], step = 1 / 16;
  for (const [loss, options, targets] of [...sigmoidLosses.map((loss) => [loss, {}, labels] as const), ...softmaxLosses.map((loss) => [loss, { head: "softmax", classes: 3 }, [2, 0]] as const)]) {
    const run = onSimd(loss, options), at = (j: number, by: number): number => run(Float32Array.from(logits, (x, i) => x + (i === j ? by : 0)), targets).value as number;
    const { grad } = run(Float32Array.from(logits), targets), greatest = grad.reduce((most: number, x) => Math.max(most, Math.abs(x)), 0);
    logits.forEach((_, j) => expect(Math.abs((at(j, step) - at(j, -step)) / (2 * step) - grad[j]!), `${loss.name} ${j}`).toBeLessThan(1e-3 * greatest));
  }
});
