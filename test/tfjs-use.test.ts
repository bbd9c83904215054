/** TensorFlow.js in Node: what a user of `tf.losses` expects of a loss beside them. */
import { criterion, dualFocal, focal, focalTversky, varifocal } from "focal-loss";
import type { FocalError } from "focal-loss";
import * as adapter from "focal-loss/tfjs";
import { averagePrecision, recallAt, sigmoidFocalLoss, softmaxFocalLoss, tfjsLoss } from "focal-loss/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, tf } from "./tfjs/backends.ts";

type Tensor = import("@tensorflow/tfjs").Tensor;
type Scalar = import("@tensorflow/tfjs").Scalar;

const numbers = (tensor: Tensor): number[] => Array.from(tensor.dataSync());
/** The largest difference relative to what was wanted, or to 1e-30. */
function worst(got: Tensor, want: Tensor | ArrayLike<number>): number {
  const a = numbers(got), b = "dataSync" in want ? numbers(want) : Array.from(want);
  expect(a.length).toBe(b.length);
  return Math.max(...b.map((wanted, i) => (Object.is(a[i], wanted) ? 0 : Math.abs(a[i]! - wanted) / Math.max(Math.abs(wanted), 1e-30))));
}
/** Logits without order between −8 and 8, and labels of which one in four is 1. */
const logitsOf = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 1601) / 100 - 8);
const labelsOf = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => (i % 4 === 1 ? 1 : 0));
const reductions = [0, 1, 2, 3] as const;

test("focal-loss/tfjs exports just these names", () => {
  expect(Object.keys(adapter).sort()).toEqual(["averagePrecision", "focalLoss", "layersLoss", "layersLossFrom", "recallAt", "sigmoidFocalLoss", "softmaxFocalLoss", "tfjsLoss"]);
});

describe.each(backends)("%s", (backend) => {
  beforeAll(async () => { expect(await tf.setBackend(backend)).toBe(true); });

  test("the examples of the doc comments print what they say, to the digits given", () => {
    const loss = tfjsLoss(focal({ gamma: 2, alpha: 0.25 }), { reduction: tf.Reduction.SUM });
    const printed: readonly (readonly [Tensor, readonly string[]])[] = [
      [loss([1, 0], [0, 0]), ["0.17328"]], [tf.grad((x: Tensor) => loss([1, 0], x))(tf.tensor1d([0, 0])), ["-0.0745", "0.2237"]],
      [sigmoidFocalLoss([1, 0, 0], [2, -1, 0.5], { alpha: 0.25, gamma: 2 }), ["0.10016"]], [softmaxFocalLoss([2, 1], [[1, 0, -1], [0, 1, 2]], { gamma: 2 }), ["1.39827"]],
      [averagePrecision(tf.tensor([0, 0, 1, 1]), tf.tensor([0.1, 0.4, 0.35, 0.8])), ["0.83333"]], [recallAt(0.5)(tf.tensor([0, 1, 1]), tf.tensor([0.7, 0.4, 0.8])), ["0.5"]],
    ];
    for (const [got, digits] of printed) numbers(got).forEach((value, i) => expect(String(value).startsWith(digits[i]!), `${value} for ${digits[i]}`).toBe(true));
  });

  const sigmoidWeights = { none: undefined, scalar: [[0.5]], row: [[1, 0, 2]], column: [[1], [3]], all: [[1, 0, 2], [0, 0, 1]] };
  for (const [name, weights] of Object.entries(sigmoidWeights)) {
    test.each(reductions)(`γ = 0 is tf.losses.sigmoidCrossEntropy, also smoothed: ${name} weights, reduction %i: within 1e-6 (float32 sums)`, (reduction) => {
      const labels = tf.tensor2d([[1, 0, 1], [0, 1, 0]]), logits = tf.tensor2d([[1.5, -2, 0.25], [0.5, -0.125, 3]]), factors = weights && tf.tensor2d(weights);
      for (const labelSmoothing of [0, 0.25]) {
        const ours = sigmoidFocalLoss(labels, logits, { gamma: 0, reduction, labelSmoothing, ...(factors && { weights: factors }) });
        const theirs = tf.losses.sigmoidCrossEntropy(labels, logits, factors, labelSmoothing, reduction);
        expect(ours.shape).toEqual(theirs.shape);
        expect(worst(ours, theirs)).toBeLessThan(1e-6);
      }
    });
  }

  const softmaxWeights = { none: undefined, scalar: [0.5], all: [2, 1] };
  for (const [name, weights] of Object.entries(softmaxWeights)) {
    test.each(reductions)(`γ = 0 is tf.losses.softmaxCrossEntropy, also smoothed: ${name} weights, reduction %i: within 1e-6 (float32 sums)`, (reduction) => {
      const labels = tf.tensor2d([[1, 0, 0], [0, 0, 1]]), logits = tf.tensor2d([[1.5, -2, 0.25], [0.5, -0.125, 3]]), factors = weights && tf.tensor1d(weights);
      for (const labelSmoothing of [0, 0.25]) {
        const ours = softmaxFocalLoss(labels, logits, { gamma: 0, reduction, labelSmoothing, ...(factors && { weights: factors }) });
        const theirs = tf.losses.softmaxCrossEntropy(labels, logits, factors, labelSmoothing, reduction);
        expect(ours.shape).toEqual(theirs.shape);
        expect(worst(ours, theirs)).toBeLessThan(1e-6);
      }
    });
  }

  test("valueAndGrads: weights have a gradient too, as in tf.losses: the losses; logits their own times the weights", () => {
    const labels = tf.tensor1d([1, 0, 1]), logits = tf.tensor1d([1.5, -2, 0.25]), sum = tfjsLoss(focal(), { reduction: tf.Reduction.SUM });
    const { value, grads: [byLogits, byWeights] } = tf.valueAndGrads((x: Tensor, weights: Tensor) => sum(labels, x, weights) as Scalar)([logits, tf.tensor1d([1, 2, 3])]);
    const losses = tfjsLoss(focal(), { reduction: tf.Reduction.NONE })(labels, logits), plain = numbers(tf.grad((x: Tensor) => sum(labels, x))(logits));
    expect(worst(byWeights!, losses)).toBeLessThan(1e-6);
    expect(worst(byLogits!, plain.map((g, i) => g * (i + 1)))).toBeLessThan(1e-6);
    expect(worst(value, [numbers(losses).reduce((total, loss, i) => total + loss * (i + 1), 0)])).toBeLessThan(1e-6);
  });

  test.each([[[]], [[6]], [[2, 3]], [[1, 2, 3]], [[3, 1, 1, 2]]])("any rank: %j, the same numbers in that shape", (shape) => {
    const size = shape.reduce((a, b) => a * b, 1), x = logitsOf(size), t = labelsOf(size), loss = tfjsLoss(focal({ alpha: 0.25 }), { reduction: tf.Reduction.NONE });
    const flat = loss(tf.tensor1d(t), tf.tensor1d(x)), shaped = loss(tf.tensor(t, shape), tf.tensor(x, shape));
    expect(shaped.shape).toEqual(shape);
    expect(numbers(shaped)).toEqual(numbers(flat));
    const gradient = tf.grad((given: Tensor) => loss(tf.tensor(t, shape), given))(tf.tensor(x, shape));
    expect(gradient.shape).toEqual(shape);
  });

  test("labels as float32, int32, bool or plain numbers; for softmax one-hot in each or one class per row", () => {
    const x = [1.5, -2, 0.25, 0.5, -0.125, 3], t = [1, 0, 0, 0, 0, 1], wanted = numbers(sigmoidFocalLoss(t, x));
    for (const labels of [tf.tensor1d(t), tf.tensor1d(t, "int32"), tf.tensor1d(t, "bool")]) expect(worst(sigmoidFocalLoss(labels, x), wanted)).toBeLessThan(1e-6);
    const rows = tf.tensor2d(x, [2, 3]), row = numbers(softmaxFocalLoss(tf.tensor2d(t, [2, 3]), rows));
    for (const labels of [tf.tensor2d(t, [2, 3], "int32"), tf.tensor2d(t, [2, 3], "bool"), tf.tensor1d([0, 2]), tf.tensor1d([0, 2], "int32"), tf.tensor2d([[0], [2]]), [0, 2]]) {
      expect(worst(softmaxFocalLoss(labels, rows), row)).toBeLessThan(1e-6);
    }
  });

  // 16 logits are a step of the kernel, 16384 a block.
  test.each([1, 15, 16, 17, 24, 1000, 16_384, 16_385, 40_001])("n = %i, hard and soft labels: value and gradient within 1e-6 of float64, neighbours untouched", (n) => {
    const x = logitsOf(n), hard = labelsOf(n), soft = hard.map((t, i) => (i === n - 1 ? 0.75 : t));
    for (const t of [hard, soft]) {
      const before = tf.fill([5], 7), logits = tf.tensor1d(x), labels = tf.tensor1d(t), after = tf.fill([5], 9);
      const exact = criterion(focal({ gamma: 2, alpha: 0.25 }), { reduction: "none" }).valueAndGrad(Float64Array.from(x), t);
      const losses = tfjsLoss(focal({ gamma: 2, alpha: 0.25 }), { reduction: tf.Reduction.NONE }), sum = tfjsLoss(focal({ gamma: 2, alpha: 0.25 }), { reduction: tf.Reduction.SUM });
      expect(worst(losses(labels, logits), exact.value)).toBeLessThan(1e-6);
      const { value, grad } = tf.valueAndGrad((given: Tensor) => sum(labels, given) as Scalar)(logits);
      expect(worst(grad, exact.grad)).toBeLessThan(2e-6);
      expect(worst(value, [exact.value.reduce((a, b) => a + b, 0)])).toBeLessThan(1e-6);
      expect(worst(tf.grad((given: Tensor) => losses(labels, given))(logits), exact.grad)).toBeLessThan(2e-6);
      expect([numbers(before), numbers(after)]).toEqual([[7, 7, 7, 7, 7], [9, 9, 9, 9, 9]]);
      expect(numbers(logits)).toEqual(Array.from(x));
    }
  });

  test.each([0, 0.3, 0.5, 1, 1.7, 2, 5])("γ = %f: value and gradient finite at 0, ±100 and ±1e30 on both heads, where tf.pow's gradient is NaN", (gamma) => {
    const x = [0, 100, -100, 1e30, -1e30, 0], t = [1, 1, 1, 0, 0, 0];
    for (const loss of [(given: Tensor) => sigmoidFocalLoss(t, given, { gamma }) as Scalar, (given: Tensor) => softmaxFocalLoss([0, 1, 1], given.reshape([3, 2]), { gamma }) as Scalar]) {
      const { value, grad } = tf.valueAndGrad(loss)(tf.tensor1d(x));
      expect([...numbers(value), ...numbers(grad)].every(Number.isFinite)).toBe(true);
    }
    if (gamma > 0.5) return;
    const composed = tf.grad((x: Tensor) => tf.pow(tf.sub(1, tf.sigmoid(x)), gamma))(tf.tensor1d([100]));
    expect(numbers(composed)).toEqual([NaN]);
  });

  test("a NaN stays where it is", () => {
    const { value, grad } = tf.valueAndGrad((given: Tensor) => tfjsLoss(focal(), { reduction: tf.Reduction.NONE })([1, 0, 1], given).slice(0, 1).sum() as Scalar)(tf.tensor1d([1, NaN, 2]));
    expect(numbers(value).every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(numbers(grad)[0])).toBe(true);
    expect(numbers(tfjsLoss(focal(), { reduction: tf.Reduction.NONE })([1, 0, 1], tf.tensor1d([1, NaN, 2]))).map(Number.isNaN)).toEqual([false, true, false]);
  });

  test.each([["sigmoid", [1, 0, 1, 0]], ["softmax", [1, 0]]] as const)("%s, from probabilities: value within 1e-6, gradient 2e-6 of by logits, through the activation (its float32)", (head, labels) => {
    const loss = (from: "logits" | "probabilities") => tfjsLoss(focal({ gamma: 1.7 }), { head, from }), x = tf.tensor2d([[1.5, -2], [0.25, 3]]), t = head === "sigmoid" ? tf.tensor2d([...labels], [2, 2]) : tf.tensor1d([...labels]);
    const direct = tf.valueAndGrad((given: Tensor) => loss("logits")(t, given) as Scalar)(x);
    const through = tf.valueAndGrad((given: Tensor) => loss("probabilities")(t, head === "sigmoid" ? tf.sigmoid(given) : tf.softmax(given)) as Scalar)(x);
    expect(worst(through.value, direct.value)).toBeLessThan(1e-6);
    expect(worst(through.grad, direct.grad)).toBeLessThan(2e-6);
  });

  test("a loss is part of what it is part of: the chain rule through 3L², whatever comes back for the losses", () => {
    const x = tf.tensor1d([1.5, -2, 0.25]), t = [1, 0, 0], loss = tfjsLoss(varifocal());
    const { value, grad } = tf.valueAndGrad((given: Tensor) => loss(t, given) as Scalar)(x), L = numbers(value)[0]!;
    expect(worst(tf.grad((given: Tensor) => tf.mul(3, tf.square(loss(t, given))))(x), numbers(grad).map((g) => 6 * L * g))).toBeLessThan(1e-6);
    const each = tfjsLoss(varifocal(), { reduction: tf.Reduction.NONE }), dy = tf.tensor1d([2, -1, 0.5]);
    const factors = [2, -1, 0.5], plain = numbers(tf.grad((given: Tensor) => each(t, given))(x));
    expect(worst(tf.grad((given: Tensor) => each(t, given))(x, dy), plain.map((g, i) => g * factors[i]!))).toBeLessThan(1e-6);
  });

  test("the gradient's gradient is the curvature, also of a squared loss: within 1e-3 of finite differences (of float32 gradients over 0.01)", () => {
    const x = [1.5, -2, 0.25, 0.1], t = [1, 0, 0, 1], h = 0.01, loss = tfjsLoss(focal({ gamma: 1.7, alpha: 0.25 }));
    for (const f of [(given: Tensor) => loss(t, given), (given: Tensor) => tf.square(loss(t, given)), (given: Tensor) => tf.square(tf.sum(tf.mul(given, loss(t, given))))]) {
      const first = tf.grad(f), direction = tf.tensor1d([1, -0.5, 2, 0.25]), along = (given: Tensor): Tensor => tf.sum(tf.mul(first(given), direction));
      const second = numbers(tf.grad(along)(tf.tensor1d(x)));
      x.forEach((_, i) => {
        const at = (by: number): number => numbers(along(tf.tensor1d(x.map((value, j) => (i === j ? value + by : value)))))[0]!;
        expect(Math.abs(second[i]! - (at(h) - at(-h)) / (2 * h))).toBeLessThan(1e-3 * Math.max(...second.map(Math.abs)));
      });
    }
  });

  test("what has no second, or third, derivative says so", () => {
    const twice = (f: (x: Tensor) => Tensor, x: Tensor) => (): Tensor => tf.grad((given: Tensor) => tf.grad(f)(given))(x);
    expect(twice((x) => softmaxFocalLoss([0], x), tf.tensor2d([[1, 2]]))).toThrow("focal has no second derivatives in TensorFlow.js here: losses with the sigmoid head that are not of a whole batch have");
    expect(twice((x) => tfjsLoss(focalTversky())([1, 0], x), tf.tensor1d([1, 2]))).toThrow("focalTversky has no second derivatives");
    const thrice = (): Tensor => tf.grad((a: Tensor) => tf.grad((b: Tensor) => tf.grad((c: Tensor) => sigmoidFocalLoss([1], c))(b))(a))(tf.tensor1d([1]));
    expect(thrice).toThrow("focal has no third derivatives in TensorFlow.js");
    // One gradient inside another's function is fine as long as nothing asks for more.
    expect(numbers(tf.grad((x: Tensor) => tf.add(tf.sum(x), tf.sum(tf.mul(0, tf.grad((y: Tensor) => softmaxFocalLoss([0], y))(tf.tensor2d([[1, 2]]))))))(tf.tensor1d([3])))).toEqual([1]);
  });

  test("optimizer.minimize learns, and 1000 steps leave no tensor and no byte behind", () => {
    const x = tf.randomNormal([64, 3], 0, 1, "float32", 5), labels = tf.tidy(() => tf.cast(tf.greater(tf.sum(x, 1), 1.5), "float32"));
    const weights = tf.variable(tf.zeros([3, 1])), bias = tf.scalar(-2).variable(), optimizer = tf.train.adam(0.05);
    const step = (): number => {
      const cost = optimizer.minimize(() => sigmoidFocalLoss(labels, tf.squeeze(tf.add(tf.matMul(x as import("@tensorflow/tfjs").Tensor2D, weights as import("@tensorflow/tfjs").Tensor2D), bias), [1]), { alpha: 0.25 }) as Scalar, true)!;
      const value = numbers(cost)[0]!;
      cost.dispose();
      return value;
    };
    const first = step();
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    let last = first;
    for (let i = 0; i < 1000; i++) last = step();
    expect(tf.memory()).toMatchObject({ numTensors, numBytes, numDataBuffers });
    expect(last).toBeLessThan(first / 4);
  });

  test("inside and outside tidy, with and without gradients, only what is returned stays", () => {
    const x = tf.tensor2d([[0.1, 0.2], [0.3, 0.4]]), t = tf.tensor2d([[1, 0], [0, 1]]), w = tf.tensor1d([1, 2]), { numTensors } = tf.memory();
    const calls: (() => Tensor)[] = [
      () => sigmoidFocalLoss(t, x), () => sigmoidFocalLoss(t, x, { weights: w }), () => sigmoidFocalLoss(t, x, { from: "probabilities", labelSmoothing: 0.1, reduction: tf.Reduction.NONE }),
      () => softmaxFocalLoss(t, x), () => softmaxFocalLoss([0, 1], x, { weights: [1, 2] }), () => tfjsLoss(dualFocal(), { head: "softmax" })([0, 1], x), () => tfjsLoss(focalTversky())(t, x),
      () => tf.grad((given: Tensor) => sigmoidFocalLoss(t, given))(x), () => tf.grad((given: Tensor) => tf.grad((again: Tensor) => sigmoidFocalLoss(t, again))(given))(x),
    ];
    for (const call of calls) {
      for (const run of [call, () => tf.tidy(call)]) {
        run().dispose();
        expect(tf.memory().numTensors, call.toString()).toBe(numTensors);
      }
    }
  });

  test("tensors of another backend come over, though a heap grows for them", async () => {
    const other = backends.find((name) => name !== backend)!, n = 3_000_000;
    await tf.setBackend(other);
    const logits = tf.fill([n], 1.5), labels = tf.ones([n]);
    await tf.setBackend(backend);
    const { value, grad } = tf.valueAndGrad((x: Tensor) => sigmoidFocalLoss(labels, x) as Scalar)(logits), exact = criterion(focal()).valueAndGrad([1.5], [1]);
    expect(worst(value, [exact.value])).toBeLessThan(1e-6);
    expect(worst(tf.slice(grad, [n - 1], [1]), [exact.grad[0]! / n])).toBeLessThan(1e-6);
    tf.dispose([logits, labels, value, grad]);
  });

  test("tfjs knows the kernel by name", async () => {
    const { kernelNames } = await tf.profile(() => sigmoidFocalLoss([1, 0], [1, 2]));
    expect(kernelNames).toContain("FocalLoss");
  });

  const refusals: readonly [string, () => unknown, FocalError["code"], string][] = [
    ["a shape", () => sigmoidFocalLoss([1, 0], [1, 2, 3]), "shape", "labels must have the shape of the logits, [3], got [2]"],
    ["a shape of rows", () => softmaxFocalLoss([1], [[1, 2], [3, 4]]), "shape", "labels must have the shape of the logits, [2,2], or one class for each of [2], got [1]"],
    ["a target", () => sigmoidFocalLoss([1, 2], [1, 2]), "target", "targets[1] must be in [0, 1], got 2"],
    ["a label", () => softmaxFocalLoss([3, 0], [[1, 2], [3, 4]]), "label", "labels[0] must be a class from 0 to 1, got 3"],
    ["a name of torchvision's", () => sigmoidFocalLoss([1], [1], { reductions: "mean" } as object), "argument", "sigmoidFocalLoss has no option reductions; it has gamma, alpha, weights, classes, from, labelSmoothing, soft, reduction"],
    ["a reduction", () => tfjsLoss(focal(), { reduction: "mean" as never }), "argument", 'reduction must be one of tf.Reduction, got the string "mean"'],
    ["gamma", () => sigmoidFocalLoss([1], [1], { gamma: -1 }), "argument", "gamma must be ≥ 0, got -1"],
    ["no loss", () => tfjsLoss("focal" as never), "argument", 'tfjsLoss takes a loss, like focal({ gamma: 2 }), got the string "focal"'],
    ["weights of a batch", () => tfjsLoss(focalTversky())([1], [1], [1]), "argument", "focalTversky is one number for the whole batch: weights must be left out"],
    ["a loss of rows", () => tfjsLoss(dualFocal()), "argument", 'dualFocal compares classes: it needs head "softmax", got "sigmoid"'],
    ["classes of rows", () => tfjsLoss(focal(), { head: "softmax", classes: 3 }), "argument", "with the softmax head the last axis of the logits says how many classes there are: classes must be left out, got 3"],
    ["columns", () => tfjsLoss(focal({ alpha: [0.2, 0.3, 0.4] }), { classes: 3 })([1, 0], [1, 2]), "shape", "the last axis of the logits must be classes = 3 long, got 2"],
  ];
  test.each(refusals)("refused by a sentence, leaving nothing behind: %s", (_, call, code, message) => {
    const { numTensors } = tf.memory();
    expect(call).toThrow(expect.objectContaining({ name: "FocalError", code, message }));
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
