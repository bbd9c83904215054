import { defaultDevice, grad, init, jit, numpy as np } from "@jax-js/jax";
import { criterion, crossEntropy, focal } from "focal-loss";
import { jaxLoss } from "focal-loss/jax";
import { beforeAll, expect, test } from "vitest";

beforeAll(async () => {
  await init("wasm");
  defaultDevice("wasm");
});

/** Largest difference, relative to the size of the expected value where that is above 1e-6. */
const worst = (got: ArrayLike<number>, want: ArrayLike<number>): number =>
  Math.max(...Array.from(want, (w, i) => Math.abs(got[i]! - w) / Math.max(Math.abs(w), 1e-6)));

const logits = [-100, -30, -5, -1, -0.1, 0, 0.1, 1, 5, 30, 100, 2];
const targets = logits.map((_, i) => i % 2);

for (const gamma of [0, 0.5, 1, 1.7, 2, 5]) {
  test(`under jit and grad, γ = ${gamma}, sigmoid: value and gradient within 2e-5 of the criterion's (float32 exp and powers of jax-js)`, () => {
    const loss = focal({ gamma, alpha: 0.25 });
    const expected = criterion(loss).valueAndGrad(logits, targets);
    const f = jaxLoss(loss, { head: "sigmoid" });
    const x = np.array(logits), t = np.array(targets);
    expect(worst([jit(f)(x.ref, t.ref).item() as number], [expected.value])).toBeLessThan(2e-5);
    expect(worst(jit(grad(f))(x, t).dataSync(), expected.grad)).toBeLessThan(2e-5);
  });

  test(`under jit and grad, γ = ${gamma}, softmax: value and gradient within 2e-5 of the criterion's (float32 exp and powers of jax-js)`, () => {
    const loss = focal({ gamma, alpha: [1, 2, 3] });
    const labels = [0, 1, 2, 2];
    const expected = criterion(loss, { head: "softmax", classes: 3 }).valueAndGrad(logits, labels);
    const f = jaxLoss(loss, { head: "softmax", classes: 3 });
    const z = np.array(logits).reshape([4, 3]);
    const oneHot = np.array(labels.map((label) => [0, 1, 2].map((c) => (c === label ? 1 : 0))));
    expect(worst([jit(f)(z.ref, oneHot.ref).item() as number], [expected.value])).toBeLessThan(2e-5);
    expect(worst(jit(grad(f))(z, oneHot).dataSync(), expected.grad)).toBeLessThan(2e-5);
  });
}

test("called eagerly, it consumes its arguments and leaves nothing else alive", () => {
  const x = np.array([0, 0]), t = np.array([1, 0]);
  expect(jaxLoss(crossEntropy(), { head: "sigmoid" })(x, t).item()).toBeCloseTo(Math.LN2, 6);
  expect(x.refCount).toBe(0);
  expect(t.refCount).toBe(0);
});
