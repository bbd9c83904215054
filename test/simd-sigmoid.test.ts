import { alloc, criterion, crossEntropy, focal, FocalError, ldam, logitAdjusted, qualityFocal, varifocal } from "focal-loss";
import type { Loss } from "focal-loss";
import { describe, expect, test } from "vitest";
import { blockLength } from "../src/kernels/arrays.ts";
import { meaningOf } from "./family/float32Meaning.ts";

const onSimd = (loss: Loss) => criterion(loss, { reduction: "none", engine: "wasm" });
const logitsOf = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => ((i * 37) % 200) / 10 - 10);
const hardOf = (n: number): number[] => Array.from({ length: n }, (_, i) => ((i * 7) % 3 === 0 ? 1 : 0));
/** −0 is 0 to whoever reads it. */
const plain = (value: number): number => value + 0;
const loss = focal({ gamma: 2, alpha: 0.25 });

type Answers = { readonly value: ArrayLike<number>; readonly grad: ArrayLike<number>; readonly hessian: ArrayLike<number> };
const rows = ({ value, grad, hessian }: Answers): number[][] => Array.from(value, (v, i) => [v, grad[i]!, hessian[i]!].map(plain));

describe("bit for bit the float32 meaning of the formula", () => {
  const meaning = meaningOf(loss, "hard"), known = new Map<string, number[]>();
  const wanted = (logits: Float32Array, targets: readonly number[]): number[][] => Array.from(logits, (x, i) => {
    const key = `${x} ${targets[i]}`;
    let found = known.get(key);
    if (!found) known.set(key, (found = meaning({ x, t: targets[i]!, alpha: [0.75, 0.25] }).map(plain)));
    return found;
  });

  test.each([0, 1, 3, 4, 15, 16, 17, 63, 64, 65, blockLength - 1, blockLength, blockLength + 1, 2 * blockLength + 17])("%i logits, in arrays of any kind, in place and as views", (n) => {
    const logits = logitsOf(n), targets = hardOf(n), want = wanted(logits, targets), run = onSimd(loss);
    for (const type of [Uint8Array, Int8Array, Uint8ClampedArray, Int32Array, Uint32Array, Int16Array, Float32Array, Float64Array]) {
      expect(rows(run.derivatives(logits, type.from(targets))), type.name).toEqual(want);
    }
    expect(rows(run.derivatives(logits, targets))).toEqual(want);
    const shared = new Float32Array(new SharedArrayBuffer(4 * (n + 3))).subarray(3), bytes = new Uint8Array(n + 5).subarray(5);
    shared.set(logits);
    bytes.set(targets);
    expect(rows(run.derivatives(shared, bytes))).toEqual(want);
    for (const room of [alloc(n + 1), alloc(n + 1, Uint8Array)]) {
      room.logits.set(logits, 1);
      room.targets.set(targets, 1);
      room.grad.fill(7);
      const out = room.grad.subarray(1), inPlace = run.derivatives(room.logits.subarray(1), room.targets.subarray(1), { out });
      expect(rows(inPlace)).toEqual(want);
      expect([inPlace.grad === out, room.grad[0]]).toEqual([true, 7]);
    }
  });

  test("nothing behind the end of a part of a room's array is touched", () => {
    const room = alloc(64);
    for (const [at, n] of [[0, 5], [16, 17], [3, 20]] as const) {
      room.grad.fill(7);
      room.logits.set(logitsOf(64));
      room.targets.fill(NaN).set(hardOf(n), at);
      const part = (array: Float32Array): Float32Array => array.subarray(at, at + n);
      criterion(loss, { engine: "wasm" }).valueAndGrad(part(room.logits), part(room.targets), { out: part(room.grad) });
      expect(room.grad.filter((g) => g === 7).length).toBe(64 - n);
      expect(part(room.grad).includes(7)).toBe(false);
    }
  });

  test.each([
    ["interpolated", focal({ gamma: 1.7, alpha: 0.25 }), "interpolate"], ["by quality", focal({ gamma: 2 }), "quality"], ["mixed", focal({ gamma: 2, alpha: [3, 0.5] }), "mixture"],
    ["of a score loss", varifocal(), "score"], ["of another", qualityFocal({ beta: 2, alpha: 0.3 }), "score"],
  ] as const)("soft targets, %s; weights; a mean's scale", (_, loss, labels) => {
    const n = 100, logits = logitsOf(n), targets = Float32Array.from(logits, (_, i) => (i % 11) / 10), weights = Float32Array.from(logits, (_, i) => (i % 5) / 2);
    const alpha = loss.alpha === undefined ? [1, 1] as const : typeof loss.alpha === "number" ? [1 - loss.alpha, loss.alpha] as const : loss.alpha as unknown as [number, number];
    const got = criterion(loss, { reduction: "mean", engine: "wasm", ...(labels !== "score" && { soft: labels }) }).derivatives(logits, targets, { weights });
    const meaning = meaningOf(loss, labels, 1 / n), want = Array.from(logits, (x, i) => meaning({ x, t: targets[i]!, weight: weights[i]!, alpha }).map(plain));
    expect(Array.from(logits, (_, i) => [got.grad[i]!, got.hessian[i]!].map(plain))).toEqual(want.map(([, ...derivatives]) => derivatives));
    const sum = want.reduce((all, [value]) => all + value!, 0) / n;
    expect(Math.abs(got.value - sum)).toBeLessThanOrEqual(1e-6 * sum); // four float32 are added before they are widened
  });
});

test.each([1, 5, 16, 20, 100, blockLength + 9])("the sum of %i losses is theirs within 1e-7 of what they sum to (four float32 are added before they are widened), whatever stood behind them before", (n) => {
  const logits = logitsOf(n), targets = Uint8Array.from(hardOf(n)), each = onSimd(loss).value(logits, targets);
  criterion(loss, { engine: "wasm" }).value(new Float32Array(blockLength).fill(-90), new Uint8Array(blockLength).fill(1)); // large losses in the blocks
  const sum = criterion(loss, { reduction: "sum", engine: "wasm" }).value(logits, targets), want = each.reduce((a: number, b: number) => a + b, 0);
  expect(Math.abs(sum - want)).toBeLessThanOrEqual(1e-7 * want);
});

test("a target that is neither 0 nor 1 is found in every type of array", () => {
  const logits = logitsOf(100);
  for (const [type, bad] of [[Uint8Array, 2], [Uint8Array, 255], [Int8Array, -1], [Int32Array, 2], [Int32Array, -(2 ** 31)], [Uint32Array, 2 ** 31], [Float32Array, NaN], [Float32Array, -0.5]] as const) {
    const targets = type.from(hardOf(100));
    targets[77] = bad;
    for (const loss of [focal(), varifocal()]) expect(() => onSimd(loss).value(logits, targets), `${type.name} with ${bad}`).toThrow(FocalError);
    expect(() => onSimd(loss).value(logits, targets)).toThrow(/targets\[77\]/);
  }
});

test("−0 is a target of 0, within 2e-6: the kernel for soft targets takes it, which rounds otherwise", () => {
  const logits = logitsOf(20), run = onSimd(loss), [zeros, negative] = [0, -0].map((t) => run.valueAndGrad(logits, new Float32Array(20).fill(t)));
  for (const part of ["value", "grad"] as const) negative![part].forEach((v, i) => expect(Math.abs(v - zeros![part][i]!)).toBeLessThanOrEqual(2e-6 * Math.abs(v)));
});

describe("moved logits and margins", () => {
  test.each([
    ["ldam", ldam(focal({ gamma: 2 }), [900, 100])], ["ldam of a general power", ldam(focal({ gamma: 0.7 }), [50, 5000])],
    ["logitAdjusted", logitAdjusted(focal({ gamma: 2 }), [900, 100])], ["both", logitAdjusted(ldam(crossEntropy(), [10, 1000]), [10, 1000])],
  ])("%s: value and gradient within 1e-6 of the JavaScript engine up to |x| = 60, though the sum that moves them is rounded", (_, loss) => {
    const logits = Float32Array.from({ length: 601 }, (_, i) => (i - 300) / 5.03), targets = Uint8Array.from(logits, (_, i) => i % 2);
    const simd = onSimd(loss).valueAndGrad(logits, targets), js = criterion(loss, { reduction: "none", engine: "js" }).valueAndGrad(logits, targets);
    for (const part of ["value", "grad"] as const) {
      expect(simd[part].findIndex((v, i) => !(Math.abs(v - js[part][i]!) <= 1e-6 * Math.abs(js[part][i]!) + 2 ** -118)), part).toBe(-1);
    }
  });
});

describe("ignored targets", () => {
  const n = 101, logits = logitsOf(n).map((x, i) => (i % 4 === 0 ? [NaN, Infinity, 1e30][i % 3]! : x)), at = (i: number): boolean => i % 4 === 0;
  const want = (js: (logits: Float64Array, targets: number[]) => Answers, ignored: number): number[][] => rows(js(Float64Array.from(logits), hardOf(n).map((t, i) => (at(i) ? ignored : t))));

  test.each([
    [-1, [Int8Array, Int32Array, Int16Array, Float32Array, Float64Array]], [255, [Uint8Array, Uint8ClampedArray, Int32Array, Uint32Array, Float32Array]],
    [-100, [Int8Array, Int32Array, Float32Array]], [2 ** 32 - 1, [Uint32Array]], [0.5, [Float32Array]],
  ] as const)("%f, in arrays that can hold it: nothing of what their logits hold is left, the others are as ever (3e-6, the Hessian relative to the gradient too)", (ignoreIndex, types) => {
    for (const type of types) {
      const targets = type.from(hardOf(n).map((t, i) => (at(i) ? ignoreIndex : t)));
      const run = (engine: "wasm" | "js") => criterion(loss, { reduction: "none", ignoreIndex, engine });
      const got = rows(run("wasm").derivatives(logits, targets)), js = want((x, t) => run("js").derivatives(x, t), ignoreIndex);
      got.forEach((row, i) => {
        if (at(i)) expect(row).toEqual([0, 0, 0]);
        else row.forEach((v, k) => expect(Math.abs(v - js[i]![k]!)).toBeLessThanOrEqual(3e-6 * Math.max(Math.abs(js[i]![k]!), k === 2 ? Math.abs(js[i]![1]!) : 0)));
      });
      const sum = criterion(loss, { reduction: "sum", ignoreIndex, engine: "wasm" }).value(logits, targets), all = got.reduce((total, [value]) => total + value!, 0);
      expect(Math.abs(sum - all)).toBeLessThanOrEqual(1e-6 * all);
    }
  });

  test("a value that an array cannot hold is ignored nowhere", () => {
    const plainLogits = logitsOf(n);
    for (const [type, ignoreIndex] of [[Uint8Array, -1], [Int8Array, 255], [Int32Array, 2 ** 32 - 1], [Uint32Array, -1], [Float32Array, 0.1], [Uint8Array, 0.5]] as const) {
      const targets = type.from(hardOf(n));
      expect(rows(criterion(loss, { reduction: "none", ignoreIndex, engine: "wasm" }).derivatives(plainLogits, targets)), `${type.name} and ${ignoreIndex}`).toEqual(rows(onSimd(loss).derivatives(plainLogits, targets)));
    }
    const one = criterion(loss, { reduction: "none", ignoreIndex: -1, engine: "wasm" }), hidden = hardOf(n).map((t, i) => (at(i) ? -1 : t));
    one.value(plainLogits, Uint8Array.from(hardOf(n)));
    expect(one.value(plainLogits, Int8Array.from(hidden)).filter((value) => value === 0).length).toBe(hidden.filter((t) => t === -1).length);
  });

  test("among soft ones, in place and under weights", () => {
    const room = alloc(n), soft = Float32Array.from(hardOf(n), (t, i) => (at(i) ? -1 : i % 5 === 0 ? 0.3 : t));
    room.logits.set(logits);
    room.targets.set(soft);
    room.weights.fill(2);
    const one = criterion(loss, { reduction: "none", ignoreIndex: -1, engine: "wasm" }), inPlace = one.valueAndGrad(room.logits, room.targets, { weights: room.weights, out: room.grad });
    const copied = one.valueAndGrad(logits, soft, { weights: new Float32Array(n).fill(2) });
    expect([inPlace.value, inPlace.grad]).toEqual([copied.value, copied.grad]);
    expect(copied.grad.every((g, i) => (at(i) ? g === 0 : Math.abs(g) > 0))).toBe(true);
  });
});
