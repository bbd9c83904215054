import { FocalError } from "focal-loss";
import type { Engine } from "focal-loss";
import { expect, test } from "vitest";
import { criterionOf, goldens, nameOf } from "./golden/read.ts";
import type { Golden } from "./golden/read.ts";

type Wanted = Golden["value"];
interface Answers { readonly value: ArrayLike<number> | number; readonly grad: ArrayLike<number>; readonly hessian: ArrayLike<number> }

/** The largest relative error; absolute differences up to `floor` do not count, nor what the golden has too few digits of. */
function worst(got: ArrayLike<number> | number, want: Wanted, floor: number): number {
  const answers = typeof got === "number" ? [got] : Array.from(got), wanted = [want].flat();
  expect(answers.length).toBe(wanted.length);
  return Math.max(...wanted.map((w, i) => {
    if (w === null) return 0;
    const difference = Math.abs(answers[i]! - w);
    return difference <= floor ? 0 : Number.isNaN(difference) ? Infinity : difference / Math.abs(w);
  }));
}

function within(golden: Golden, { value, grad, hessian }: Answers, floor: number, [forValue, forGrad, forHessian]: readonly number[]): void {
  expect(worst(value, golden.value, floor), "value").toBeLessThan(forValue!);
  expect(worst(grad, golden.grad, floor), "gradient").toBeLessThan(forGrad!);
  expect(worst(hessian, golden.hessian, floor), "Hessian").toBeLessThan(forHessian!);
}

const run = (golden: Golden, engine: Engine, type: typeof Float32Array | typeof Float64Array): Answers =>
  criterionOf(golden, engine).derivatives(type.from(golden.logits) as Float64Array, golden.targets as number[]);

for (const { file, golden } of goldens()) {
  const name = `${file}: ${nameOf(golden)}`;

  test(`${name}: float64 value, gradient and Hessian within 1e-13 relative of 50 digits`, () => {
    within(golden, run(golden, "js", Float64Array), 0, [1e-13, 1e-13, 1e-13]);
  });

  test(`${name}: float32 logits on the JavaScript engine are right to the last bit of float32 (6e-8)`, () => {
    const half = 2 ** -24 * 1.001, subnormal = 2 ** -126; // a subnormal float32 has fewer bits
    within(golden, run(golden, "js", Float32Array), subnormal, [half, half, half]);
  });

  // γ = 5 multiplies σ(−u) five times. A soft target's gradient passes through 0 where p = t, and its terms do not.
  const soft = golden.targets.some((t) => t !== 0 && t !== 1);
  const gates = [golden.settings["gamma"] === 5 ? 1.5e-6 : 1e-6, soft ? 2e-6 : golden.settings["gamma"] === 5 ? 1.5e-6 : 1e-6, 3e-6];
  test(`${name}: float32 SIMD value within ${gates[0]}, gradient ${gates[1]}, Hessian ${gates[2]} relative, where float32 is normal`, () => {
    // Below 2^-126 float32 has no normal numbers: σ(−u) is 0 there, and what it multiplies (up to 178) with it.
    const floor = 2 ** -118;
    let answers: Answers;
    try {
      answers = run(golden, "wasm", Float32Array);
    } catch (error) {
      expect((error as FocalError).code).toBe("engine");
      return;
    }
    within(golden, answers, floor, gates);
  });
}
