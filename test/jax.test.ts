/** The losses in jax-js, on its wasm device. */
import { defaultDevice, grad, hessian, init, jit, jvp, numpy as np, valueAndGrad, vmap } from "@jax-js/jax";
import { criterion, dualFocal, focal, qualityFocal } from "focal-loss";
import { jaxLoss, sigmoidFocalLoss, softmaxFocalLoss } from "focal-loss/jax";
import { optax } from "focal-loss/presets";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { compare, float32Gates } from "./golden/compare.ts";
import { goldens, nameOf } from "./golden/read.ts";
import type { Golden } from "./golden/read.ts";
import { answer } from "./jax/answer.ts";
import type { LabelType } from "./jax/answer.ts";

/** The memories of jax-js, which makes them as it is loaded. */
const memories = vi.hoisted(() => {
  const made: WebAssembly.Memory[] = [], Native = WebAssembly.Memory;
  WebAssembly.Memory = class extends Native {
    constructor(size: WebAssembly.MemoryDescriptor) {
      super(size);
      made.push(this);
    }
  };
  return made;
});
const bytes = (): number => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);

beforeAll(async () => {
  await init("wasm");
  defaultDevice("wasm");
});

describe("against 50-digit goldens", () => {
  const isHard = ({ head, targets, logits }: Golden): boolean => targets.every(Number.isInteger) && (head === "sigmoid" || targets.length < logits.length);
  const seen = new Set<string>();
  /** Focal loss in every setting, of the others one table each; targets are smoothed by whoever wants them so. */
  const chosen = goldens().filter(({ file, golden: { loss, transform, options } }) => {
    const kind = `${file} ${loss} ${transform?.name}`;
    if (options?.smoothing !== undefined || (!file.startsWith("focal") && seen.has(kind))) return false;
    seen.add(kind);
    return true;
  });
  for (const { file, golden } of chosen) {
    const isFocal = file.startsWith("focal"), types: LabelType[] = isHard(golden) ? (isFocal ? ["int32", "float32"] : ["int32"]) : ["float32"];
    for (const type of types) {
      const { gates: [value, gradient, curvature], varying, floor } = float32Gates(golden), byRow = golden.head === "softmax";
      const gates = byRow || !isFocal ? [2e-6, 2e-6, 3e-6] : [value!, gradient!, curvature!];
      // A soft formula's curvature is a difference, also for hard targets. Other losses have theirs from the same words.
      const moving = varying !== undefined || !isFocal || (type === "float32" && !byRow), curved = isFocal && !(byRow && (type === "float32" || golden.classes! > 3));
      test(`${file}: ${nameOf(golden)}, labels ${type}: value within ${gates[0]}, gradient ${gates[1]}${curved ? `, Hessian ${gates[2]}` : ""} relative, where float32 is normal${moving ? ", or of how fast they move" : ""}`, async () => {
        const answers = await answer(golden, type, curved), none = golden.hessian.map(() => null);
        compare(curved ? golden : { ...golden, hessian: none }, curved ? answers : { ...answers, hessian: none.map(() => 0) }, gates, floor, moving);
      });
    }
  }
});

/** Largest difference, relative to the expected value's size; from 1 downwards absolute. */
const off = (got: ArrayLike<number>, want: ArrayLike<number>): number => {
  expect(got.length).toBe(want.length);
  return Math.max(...Array.from(want, (w, i) => Math.abs(got[i]! - w) / Math.max(1, Math.abs(w))));
};
const ints = (values: readonly number[], shape?: number[]): np.Array => np.array(Int32Array.from(values), { ...(shape && { shape }) });
const floats = (values: readonly number[], shape?: number[]): np.Array => np.array(Float32Array.from(values), { ...(shape && { shape }) });

const logits = [-9, -2.5, -0.75, 0, 0.5, 1.25, 3, 12], targets = [0, 1, 0, 1, 1, 0, 1, 1], paper = { gamma: 2, alpha: 0.25 };
const exact = criterion(focal(paper), { reduction: "none" }).derivatives(logits, targets);
const rows = [0.5, -1, 2, 3, -2, 1, 0, 0, 0, -4, 5, 1.5], labels = [0, 2, 1, 1], table = [4, 3];

describe("optax's sigmoid_focal_loss", () => {
  test.each([{}, { alpha: null }, { alpha: 0.25 }, { alpha: 0.25, gamma: 0.5 }, { gamma: 0 }, { alpha: 1, gamma: 3 }])("%o: its losses, one by one, for hard and soft labels, within 2e-7", (options) => {
    const { alpha = null, gamma = 2 } = options as { alpha?: number | null; gamma?: number };
    const reference = optax.sigmoidFocalLoss({ alpha, gamma }), soft = [0, 1, 0.25, 0.5, 0.9, 0.1, 1, 0.75];
    expect(off(sigmoidFocalLoss(floats(logits), ints(targets), options).js() as number[], reference.value(logits, targets))).toBeLessThan(2e-7);
    expect(off(sigmoidFocalLoss(floats(logits), floats(soft), options).js() as number[], reference.value(logits, soft))).toBeLessThan(2e-7);
  });

  test("any shape, labels of any type; the shape stays", () => {
    const ofType = (array: np.Array): unknown => sigmoidFocalLoss(floats(logits, [2, 2, 2]), array.reshape([2, 2, 2])).js();
    const asInts = ofType(ints(targets));
    expect(asInts).toEqual(ofType(np.array(targets.map(Boolean))));
    expect((asInts as number[][][]).map((plane) => plane.map((row) => row.length))).toEqual([[2, 2], [2, 2]]);
    expect(sigmoidFocalLoss(np.array(0.5), np.array(1)).js()).toBeCloseTo(criterion(focal()).value([0.5], [1]), 6);
    expect(sigmoidFocalLoss(np.zeros([0]), np.zeros([0])).js()).toEqual([]);
  });
});

describe("composes", () => {
  const f = jaxLoss(focal(paper)), sum = (x: np.Array, t: np.Array): np.Array => np.sum(f(x, t));

  test("with grad and valueAndGrad, eager and under jit, in the caller's program or as one of its own: gradients within 2e-7", () => {
    const transforms = [grad(sum), jit(grad(sum)), grad(jit(sum)), (x: np.Array, t: np.Array) => valueAndGrad(sum)(x, t)[1], (x: np.Array, t: np.Array) => jit(valueAndGrad(sum))(x, t)[1]];
    for (const gradient of transforms) expect(off((gradient(floats(logits), ints(targets)) as np.Array).dataSync(), exact.grad)).toBeLessThan(2e-7);
    expect(off([valueAndGrad(sum)(floats(logits), ints(targets))[0].item() as number], [exact.value.reduce((a, b) => a + b)])).toBeLessThan(2e-7);
  });

  test("with whatever is made of the losses: weights, a square, a mean, logits of a layer; within 5e-7", () => {
    const weights = logits.map((_, i) => i / 4), objective = (x: np.Array): np.Array => np.mean(np.square(f(x.mul(0.5).add(1), ints(targets)).mul(floats(weights))));
    const inner = criterion(focal(paper), { reduction: "none" }).valueAndGrad(logits.map((x) => x / 2 + 1), targets);
    const want = Array.from(inner.grad, (g, i) => (2 * weights[i]! ** 2 * inner.value[i]! * g * 0.5) / logits.length);
    expect(off(jit(grad(objective))(floats(logits)).dataSync(), want)).toBeLessThan(5e-7);
  });

  test("with vmap: of the losses, and of each example's own gradient; within 2e-7", () => {
    const mapped = jit(vmap((x: np.Array, t: np.Array) => f(x, t)))(floats(logits, [4, 2]), ints(targets, [4, 2])) as np.Array;
    expect(off(mapped.dataSync(), exact.value)).toBeLessThan(2e-7);
    expect(off((vmap(grad(sum))(floats(logits), ints(targets)) as np.Array).dataSync(), exact.grad)).toBeLessThan(2e-7);
    const softmax = jaxLoss(focal({ gamma: 2 }), { head: "softmax" }), each = vmap(grad((z: np.Array, y: np.Array) => softmax(z, y)))(floats(rows, table), ints(labels)) as np.Array;
    expect(off(each.dataSync(), criterion(focal({ gamma: 2 }), { head: "softmax", classes: 3, reduction: "sum" }).valueAndGrad(rows, labels).grad)).toBeLessThan(2e-7);
  });

  test("with jvp: along any direction, within 2e-7", () => {
    const direction = logits.map((_, i) => (i % 3) - 1), [value, change] = jvp((x: np.Array) => sum(x, ints(targets)), [floats(logits)], [floats(direction)]) as [np.Array, np.Array];
    value.dispose();
    expect(off([change.item() as number], [exact.grad.reduce((total, g, i) => total + g * direction[i]!, 0)])).toBeLessThan(2e-7);
  });

  test("twice: the gradient of the gradient is the exact curvature, within 5e-7, and a third derivative is 0", () => {
    const slopes = (x: np.Array): np.Array => np.sum(grad(sum)(x, ints(targets))), curvatures = (x: np.Array): np.Array => np.sum(grad(slopes)(x));
    expect(off(grad(slopes)(floats(logits)).dataSync(), exact.hessian)).toBeLessThan(5e-7);
    expect(Array.from(jit(grad(curvatures))(floats(logits)).dataSync())).toEqual(logits.map(() => 0));
  });

  test.each([["labels", ints(labels)], ["shares", floats([1, 0, 0, 0.25, 0, 0.75, 0.5, 0.25, 0.25, 0, 1, 0], table)]])("softmax with %s: the whole Hessian, as differences of the float64 gradient have it, within 1e-6", (_, y) => {
    const softmax = jaxLoss(focal({ gamma: 1.7, alpha: [1, 2, 3] }), { head: "softmax" }), n = rows.length, h = 1e-4;
    const reference = criterion(focal({ gamma: 1.7, alpha: [1, 2, 3] }), { head: "softmax", classes: 3, reduction: "sum" }), given = Array.from(y.ref.dataSync() as Float32Array);
    const gradientAt = (j: number, by: number): Float64Array => reference.valueAndGrad(rows.map((z, i) => (i === j ? z + by : z)), given).grad;
    const want = rows.flatMap((_, j) => Array.from(gradientAt(j, h), (g, i) => (g - gradientAt(j, -h)[i]!) / (2 * h)));
    const matrix = hessian((flat: np.Array) => np.sum(softmax(flat.reshape(table), y.ref)))(floats(rows)).dataSync();
    y.dispose();
    expect(matrix.length).toBe(n * n);
    expect(off(matrix, want)).toBeLessThan(1e-6);
  });
});

describe("at the ends", () => {
  const line = [-1e30, -1e4, -100, -88.1, -1, 0, 1, 88.1, 100, 1e4, 1e30];

  test.each([0, 0.5, 1, 1.7, 2, 5])("γ = %f: value, gradient and curvature are finite up to ±1e30, for hard and soft labels and on both heads", (gamma) => {
    const f = jaxLoss(focal({ gamma })), softmax = jaxLoss(focal({ gamma }), { head: "softmax" }), finite = (array: np.Array): void => expect(Array.from(array.dataSync()).filter((x) => !Number.isFinite(x))).toEqual([]);
    const one = (y: np.Array): void => {
      const sum = (x: np.Array): np.Array => np.sum(f(x, y.ref)), slopes = (x: np.Array): np.Array => np.sum(grad(sum)(x));
      for (const part of [f(floats(line), y.ref), grad(sum)(floats(line)), jit(grad(slopes))(floats(line))]) finite(part);
      y.dispose();
    };
    [0, 1].forEach((t) => one(ints(line.map(() => t))));
    one(floats(line.map(() => 0.3)));
    const pairs = line.flatMap((a) => line.flatMap((b) => [a, b, 0])), shape = [line.length ** 2, 3];
    for (const y of [ints(pairs.slice(0, shape[0]).map((_, i) => i % 3)), floats(pairs.map((_, i) => [0.5, 0.25, 0.25][i % 3]!), shape)]) {
      const sum = (z: np.Array): np.Array => np.sum(softmax(z, y.ref));
      for (const part of [softmax(floats(pairs, shape), y.ref), jit(grad(sum))(floats(pairs, shape))]) finite(part);
      y.dispose();
    }
  });

  test("a class masked by −∞ has no part in its row, and a row whose label is no class loses nothing", () => {
    const masked = [1, -Infinity, -1, 0, 1, 2], f = jaxLoss(focal({ gamma: 2 }), { head: "softmax" });
    const [value, gradient] = valueAndGrad((z: np.Array) => np.sum(f(z, ints([2, -1]))))(floats(masked, [2, 3])) as [np.Array, np.Array];
    const two = criterion(focal({ gamma: 2 }), { head: "softmax", classes: 2 }).valueAndGrad([1, -1], [1]);
    expect(off([value.item() as number], [two.value])).toBeLessThan(2e-7);
    expect(off(gradient.dataSync(), [two.grad[0]!, 0, two.grad[1]!, 0, 0, 0])).toBeLessThan(2e-7);
  });

  test("NaN stays where it is", () => {
    const unknown = [1, NaN, 2], f = jaxLoss(focal({ gamma: 2 }));
    const sum = (x: np.Array): np.Array => np.sum(f(x, ints([0, 1, 1])));
    for (const part of [f(floats(unknown), ints([0, 1, 1])), grad(sum)(floats(unknown))]) expect(Array.from(part.dataSync(), Number.isNaN)).toEqual([false, true, false]);
  });
});

describe("ownership", () => {
  test.each([["sigmoid", [100], [100]], ["softmax", [25, 4], [25]], ["softmax", [25, 4], [25, 4]]] as const)("%s, labels %o of logits %o: arguments are consumed, references of the caller's stay, the result is the caller's", (head, shape, labelled) => {
    const f = jaxLoss(focal({ gamma: 1.7, ...(head === "softmax" && { alpha: [1, 2, 3, 4] }) }), { head });
    const x = np.zeros([...shape]), y = np.zeros([...labelled]);
    const result = f(x, y);
    expect([x.refCount, y.refCount, result.refCount]).toEqual([0, 0, 1]);
    result.dispose();
    const kept = np.zeros([...shape]), held = np.zeros([...labelled]);
    for (const transform of [grad, (g: typeof f) => jit(grad(g)), (g: typeof f) => (...args: Parameters<typeof f>) => valueAndGrad(g)(...args)[1]]) {
      (transform((z: np.Array, t: np.Array) => np.sum(f(z, t)))(kept.ref, held.ref) as np.Array).dispose();
      expect([kept.refCount, held.refCount]).toEqual([1, 1]);
    }
    [kept, held].forEach((array) => array.dispose());
    expect(() => f(kept, held)).toThrow(/freed/);
  });

  test("a hundred steps, eager and compiled, leave jax-js with the memory of the first ten", () => {
    const size = 65_536, gradients = jit(grad((z: np.Array, y: np.Array) => np.mean(softmaxFocalLoss(z, y, { alpha: [1, 2, 3, 4] }))));
    const step = (): void => {
      const x = np.ones([size]), z = x.ref.reshape([size / 4, 4]), y = np.zeros([size / 4], { dtype: np.int32 });
      sigmoidFocalLoss(x, np.zeros([size]), paper).dataSync();
      gradients(z.ref, y.ref).dataSync();
      grad((a: np.Array) => np.sum(softmaxFocalLoss(a, y, { gamma: 1 })))(z).dataSync();
    };
    for (let i = 0; i < 10; i++) step();
    const before = bytes();
    expect(before).toBeGreaterThan(size * 4);
    for (let i = 0; i < 100; i++) step();
    expect(bytes()).toBe(before);
    gradients.dispose();
  });
});

describe("refuses with a sentence", () => {
  const refusals: readonly [string, string, () => unknown][] = [
    ["jaxLoss takes a loss, like focal({ gamma: 2 }), got the string \"focal\"", "argument", () => jaxLoss("focal" as never)],
    ["jaxLoss has no option gamma; it has head, classes, soft", "argument", () => jaxLoss(focal(), { gamma: 2 } as never)],
    ["sigmoidFocalLoss has no option reduction; it has alpha, gamma", "argument", () => sigmoidFocalLoss(np.array([1]), np.array([1]), { reduction: "mean" } as never)],
    ["gamma must be ≥ 0, got -1", "argument", () => sigmoidFocalLoss(np.array([1]), np.array([1]), { gamma: -1 })],
    ['head must be "sigmoid" or "softmax", got "linear"', "argument", () => jaxLoss(focal(), { head: "linear" as never })],
    ["with the softmax head the last axis of the logits says how many classes there are: classes must be left out, got 3", "argument", () => jaxLoss(focal(), { head: "softmax", classes: 3 })],
    ['dualFocal compares classes: it needs head "softmax", got "sigmoid"', "argument", () => jaxLoss(dualFocal())],
    ['qualityFocal is written over one probability and its target: it needs head "sigmoid", got "softmax"', "argument", () => jaxLoss(qualityFocal(), { head: "softmax" })(np.zeros([2, 3]), np.zeros([2]))],
    ["alpha must have 3 values, one per class, got 2", "argument", () => softmaxFocalLoss(np.zeros([2, 3]), np.zeros([2]), { alpha: [1, 2] })],
    ["logits must be an array of jax-js, like np.array([1, 0]), got an array", "argument", () => jaxLoss(focal())([1] as never, np.array([1]))],
    ["labels must be an array of jax-js, like np.array([1, 0]), got a Float32Array", "argument", () => jaxLoss(focal())(np.array([1]), Float32Array.of(1) as never)],
    ["logits must be of a float type, got int32", "argument", () => jaxLoss(focal())(ints([1]), ints([1]))],
    ["labels must have the shape of the logits, [2], got [3]", "shape", () => jaxLoss(focal())(np.zeros([2]), np.zeros([3]))],
    ["labels must have the shape of the logits, [2,3], or one class for each of [2], got [3]", "shape", () => softmaxFocalLoss(np.zeros([2, 3]), np.zeros([3]))],
    ["the last axis of the logits must be classes = 2 long, got [3]", "shape", () => jaxLoss(focal({ gamma: [1, 2] }), { classes: 2 })(np.zeros([3]), np.zeros([3]))],
    ["logits must have a last axis of classes, got a scalar", "shape", () => softmaxFocalLoss(np.array(1), np.array(1))],
  ];
  test.each(refusals)("%s", (message, code, call) => {
    expect(call).toThrow(expect.objectContaining({ name: "FocalError", message, code }));
  });
});
