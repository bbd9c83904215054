import { readdirSync, readFileSync } from "node:fs";
import { criterion, crossEntropy, focal } from "focal-loss";
import type { Alpha, CriterionOptions, Engine } from "focal-loss";
import { expect, test } from "vitest";

/** One table of test/golden/*.json, written by generate.ts beside it; null where it had too few digits. */
interface Golden {
  readonly loss: "focal" | "crossEntropy";
  readonly parameters: { readonly gamma: number };
  readonly alpha: Alpha;
  readonly head: "sigmoid" | "softmax";
  readonly classes?: number;
  readonly logits: number[];
  readonly targets: number[];
  readonly value: (number | null)[];
  readonly grad: (number | null)[];
  readonly hessian: (number | null)[];
}

const folder = new URL("golden/", import.meta.url);
const families = { focal, crossEntropy };

/** The largest relative error; absolute differences up to `floor` do not count. */
function worst(got: ArrayLike<number>, want: readonly (number | null)[], floor: number): number {
  expect(got.length).toBe(want.length);
  return Math.max(...want.map((w, i) => {
    const difference = Math.abs(got[i]! - (w ?? got[i]!));
    return difference <= floor ? 0 : Number.isNaN(difference) ? Infinity : difference / Math.abs(w!);
  }));
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  for (const golden of JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Golden[]) {
    const options = (engine: Engine): CriterionOptions<"none"> => ({
      head: golden.head, reduction: "none", engine, ...(golden.classes && { classes: golden.classes }),
    });
    const loss = families[golden.loss]({ ...golden.parameters, alpha: golden.alpha });
    const { gamma } = golden.parameters;
    const name = `${file}, ${golden.loss} γ = ${gamma}${golden.classes ? `, ${golden.classes} classes` : ""}`;

    test(`${name}: float64 value, gradient and Hessian within 1e-13 relative of 50 digits`, () => {
      const { value, grad, hessian } = criterion(loss, options("js")).derivatives(Float64Array.from(golden.logits), golden.targets);
      expect(worst(value, golden.value, 0)).toBeLessThan(1e-13);
      expect(worst(grad, golden.grad, 0)).toBeLessThan(1e-13);
      expect(worst(hessian, golden.hessian, 0)).toBeLessThan(1e-13);
    });

    test(`${name}: float32 logits on the JavaScript engine are right to the last bit of float32 (6e-8)`, () => {
      const { value, grad, hessian } = criterion(loss, options("js")).derivatives(Float32Array.from(golden.logits), golden.targets);
      const half = 2 ** -24 * 1.001, subnormal = 2 ** -126; // a subnormal float32 has fewer bits
      expect(worst(value, golden.value, subnormal)).toBeLessThan(half);
      expect(worst(grad, golden.grad, subnormal)).toBeLessThan(half);
      expect(worst(hessian, golden.hessian, subnormal)).toBeLessThan(half);
    });

    if (golden.head === "softmax") continue;
    // Below 2^-126 float32 has no normal numbers: σ(−u) is 0 there, and what it multiplies (up to 178) with it.
    const floor = 2 ** -118;
    const soft = golden.targets.some((t) => t !== 0 && t !== 1);
    // γ = 5 multiplies σ(−u) five times. A soft target's gradient passes through 0 where p = t, and its terms do not.
    const [forValue, forGrad] = gamma === 5 ? [1.5e-6, soft ? 2e-6 : 1.5e-6] : [1e-6, soft ? 2e-6 : 1e-6];
    test(`${name}: float32 SIMD value within ${forValue}, gradient ${forGrad}, Hessian 3e-6 relative, where float32 is normal`, () => {
      const { value, grad, hessian } = criterion(loss, options("wasm")).derivatives(Float32Array.from(golden.logits), golden.targets);
      expect(worst(value, golden.value, floor)).toBeLessThan(forValue);
      expect(worst(grad, golden.grad, floor)).toBeLessThan(forGrad);
      expect(worst(hessian, golden.hessian, floor)).toBeLessThan(3e-6);
    });
  }
}
