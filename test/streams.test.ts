import { alloc, criterion, focal, FocalError, focalTversky } from "focal-loss";
import type { Chunk } from "focal-loss";
import { describe, expect, test } from "vitest";

const n = 50_003;
const logits = Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 1000) / 50 - 10), targets = Uint8Array.from(logits, (_, i) => (i % 7 === 0 ? 1 : 0));
const weights = Float32Array.from(logits, (_, i) => 1 + (i % 3));

function* chunks(size: number, weighted = false): Generator<Chunk> {
  for (let from = 0; from < n; from += size) {
    const part = <T extends Float32Array | Uint8Array>(array: T): T => array.subarray(from, from + size) as T;
    yield { logits: part(logits), targets: part(targets), ...(weighted && { weights: part(weights) }) };
  }
}

describe("a stream of chunks", () => {
  test.each(["mean", "sum", "positives", "weightedMean"] as const)("gives the %s of one array, within 1e-7 (float32 losses of blocks that begin elsewhere)", (reduction) => {
    const loss = criterion(focal({ gamma: 2, alpha: 0.25 }), { reduction });
    for (const size of [1000, 16384, n]) {
      for (const weighted of [false, true]) {
        const want = loss.value(logits, targets, weighted ? { weights } : {});
        expect(Math.abs(loss.accumulate(chunks(size, weighted)) / want - 1)).toBeLessThan(1e-7);
      }
    }
  });

  test("may come asynchronously, hold empty chunks and ignored examples, and rows of classes", async () => {
    const loss = criterion(focal(), { head: "softmax", classes: 2, ignoreIndex: -1 });
    async function* rows(): AsyncGenerator<Chunk> {
      yield { logits: [0, 1, 2, 3], targets: [0, -1] };
      yield { logits: [], targets: [] };
      yield { logits: [5, 1], targets: [1] };
    }
    expect(await loss.accumulate(rows())).toBe(loss.value([0, 1, 2, 3, 5, 1], [0, -1, 1]));
  });

  test("of nothing has no mean, is refused where losses are not added up, and says which target is wrong", () => {
    expect(() => criterion(focal()).accumulate([])).toThrow("the mean of no logits is no number");
    expect(criterion(focal(), { reduction: "sum" }).accumulate([])).toBe(0);
    expect(() => criterion(focal(), { reduction: "none" }).accumulate([])).toThrow(new FocalError("argument", `accumulate adds up losses, which reduction "none" keeps apart`));
    expect(() => criterion(focalTversky()).accumulate([])).toThrow("focalTversky does not: it is one number for the whole batch");
    expect(() => criterion(focal()).accumulate([{ logits: [1], targets: [3] }])).toThrow("targets[0] must be in [0, 1], got 3");
  });
});

describe("arrays in the kernels' memory", () => {
  const loss = criterion(focal({ gamma: 2, alpha: 0.25 }), { engine: "wasm" });

  test.each([0, 1, 3, 15, 16, 17, 16383, 16384, 16385, n])("%s of them give what others give, bit for bit", (length) => {
    const room = alloc(length);
    room.logits.set(logits.subarray(0, length));
    room.targets.set(targets.subarray(0, length));
    room.weights.set(weights.subarray(0, length));
    for (const weighted of [false, true]) {
      for (const reduction of ["sum", "none"] as const) {
        const run = criterion(focal({ gamma: 1.7, alpha: 0.25 }), { engine: "wasm", reduction });
        const want = run.derivatives(logits.subarray(0, length), targets.subarray(0, length), weighted ? { weights: weights.subarray(0, length) } : {});
        const got = run.derivatives(room.logits, room.targets, { out: room.grad, ...(weighted && { weights: room.weights }) });
        expect(got.grad).toBe(room.grad);
        expect(got).toEqual(want);
      }
    }
  });

  test("mix with arrays from elsewhere and from other rooms, views at odd offsets included", () => {
    const room = alloc(n), other = alloc(n);
    room.logits.set(logits);
    other.targets.set(targets);
    const want = loss.valueAndGrad(logits.slice(3), targets.slice(3));
    expect(loss.valueAndGrad(room.logits.subarray(3), targets.subarray(3))).toEqual(want);
    expect(loss.valueAndGrad(room.logits.subarray(3), other.targets.subarray(3), { out: other.grad.subarray(3) })).toEqual(want);
    expect(loss.valueAndGrad(room.logits.subarray(3), other.targets.subarray(3), { out: room.logits.subarray(3) })).toEqual(want); // over the logits
  });

  test("take soft targets also where the gradient is written over the logits (2e-6: hard targets there go through the soft kernel, too)", () => {
    const room = alloc(n), soft = Float32Array.from(targets, (t, i) => (i === 40_000 ? 0.25 : t));
    room.logits.set(logits);
    const want = loss.valueAndGrad(logits, soft), got = loss.valueAndGrad(room.logits, soft, { out: room.logits });
    expect(Math.abs(got.value / want.value - 1)).toBeLessThan(1e-7);
    want.grad.forEach((g, i) => expect(Math.abs(got.grad[i]! - g)).toBeLessThanOrEqual(2e-6 * Math.abs(g) + 2 ** -118));
  });

  test("with ignored and soft targets they stay as they were", () => {
    const room = alloc(100);
    room.logits.set(logits.subarray(0, 100));
    room.targets.fill(0.5).fill(-1, 0, 10);
    const before = [room.logits.slice(), room.targets.slice()];
    const ignoring = criterion(focal(), { engine: "wasm", ignoreIndex: -1 });
    expect(ignoring.valueAndGrad(room.logits, room.targets)).toEqual(ignoring.valueAndGrad(before[0]!, before[1]!));
    expect([room.logits, room.targets]).toEqual(before);
  });

  test("a length that is none or too large is refused in a sentence", () => {
    expect(() => alloc(-1)).toThrow("length must be a whole number ≥ 0, got -1");
    expect(() => alloc(1e10)).toThrow("length must leave room in a memory of 4 GiB for five arrays, got 10000000000");
  });
});
