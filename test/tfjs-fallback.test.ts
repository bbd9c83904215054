/** TensorFlow.js's wasm backend where its internals are not as known: losses still run, and one line says how. */
import { criterion, focal } from "focal-loss";
import { tfjsLoss } from "focal-loss/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runsInHeap, sigmoidInHeap } from "../src/adapters/tfjs/heap.ts";
import { formOf } from "../src/forms.ts";
import { readOptions } from "../src/options.ts";
import { goldens, nameOf } from "./golden/read.ts";
import { answersOf } from "./tfjs/answers.ts";
import { tf } from "./tfjs/backends.ts";
import { compareByOps, gatesByOps, whyByOps } from "./tfjs/byOps.ts";

interface Wasm { wasm: { asm: object }; typedArrayFromHeap(tensor: { shape: number[] }): Float32Array }

/** A new wasm backend, changed before the library has seen it. */
async function changed(change: (backend: Wasm) => void): Promise<void> {
  const factory = tf.findBackendFactory("wasm");
  tf.removeBackend("wasm");
  tf.registerBackend("wasm", factory);
  await tf.setBackend("wasm");
  change(tf.backend() as unknown as Wasm);
}
const warn = vi.spyOn(console, "warn");
beforeEach(() => void warn.mockImplementation(() => {}).mockClear());
afterEach(() => expect(warn.mock.calls.filter(([text]) => String(text).startsWith("focal-loss")).length).toBeLessThanOrEqual(1));

const x = [1.5, -2, 0.25], t = [1, 0, 0], loss = tfjsLoss(focal({ alpha: 0.25 }));
const expected = criterion(focal({ alpha: 0.25 })).valueAndGrad(x, t);

describe("tensors that cannot be written where they lie", () => {
  beforeAll(() => changed((backend) => {
    const original = backend.typedArrayFromHeap.bind(backend);
    let copies = 3; // as often as the library tries; tfjs's own kernels need the heap itself
    backend.typedArrayFromHeap = (tensor) => (copies-- > 0 ? original(tensor).slice() : original(tensor));
  }));

  test("losses run in the backend's own operations, with one note", () => {
    for (let i = 0; i < 2; i++) {
      const { value, grad } = tf.valueAndGrad((given: import("@tensorflow/tfjs").Tensor) => loss(t, given) as import("@tensorflow/tfjs").Scalar)(tf.tensor1d(x));
      expect(value.dataSync()[0]).toBeCloseTo(expected.value, 6);
      grad.dataSync().forEach((g, j) => expect(g).toBeCloseTo(expected.grad[j]!, 6));
    }
    expect(warn.mock.calls.flat()).toEqual(["focal-loss: the wasm backend of this TensorFlow.js is not built as the one of 4.22, so losses run in its own operations: slower, with the same results within 1e-5."]);
  });

  test.each(goldens().map(({ file, golden }) => [`${file}: ${nameOf(golden)}`, golden] as const))(`%s: within ${gatesByOps[0]} of size and variation (${whyByOps})`, async (name, golden) =>
    compareByOps(golden, await answersOf(golden), name));
});

test("a memory that cannot be found: by this library's kernels in their own memory, one note", async () => {
  await changed((backend) => { backend.wasm.asm = Object.create(backend.wasm.asm) as object; });
  for (let i = 0; i < 2; i++) expect(loss(t, x).dataSync()[0]).toBeCloseTo(expected.value, 6);
  expect(warn.mock.calls.flat()).toEqual(["focal-loss: the wasm backend of this TensorFlow.js is not built as the one of 4.22, so losses are copied into memory of their own: slower, with the same results."]);
});

test("a heap that threads share, as of tfjs's threaded build: the same sum and gradient as in one of its own", () => {
  const plan = readOptions(focal({ alpha: 0.25 }), {}, formOf), n = 1000, logits = Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 1601) / 100 - 8);
  expect(runsInHeap(plan)).toBe(true);
  const [shared, own] = [true, false].map((isShared) => {
    const memory = new WebAssembly.Memory({ initial: 2, ...(isShared && { maximum: 16384, shared: true }) });
    const array = (at: number): Float32Array => new Float32Array(memory.buffer, 65536 + 4 * n * at, n), places = { logits: array(0), targets: array(1), grad: array(2) };
    places.logits.set(logits);
    places.targets.set(logits.map((_, i) => (i % 4 === 1 ? 1 : 0)));
    return { sum: sigmoidInHeap({ memory, room: () => 1024 }, plan, places, 1, 1), grad: Array.from(places.grad) };
  });
  expect(shared).toEqual(own);
  expect(own!.sum).toBeCloseTo(criterion(focal({ alpha: 0.25 }), { reduction: "sum" }).value(logits, logits.map((_, i) => (i % 4 === 1 ? 1 : 0))), 3);
});
