import type { FocalError } from "focal-loss";
import { expect, test } from "vitest";
import { compare, float32Gates, run } from "./golden/compare.ts";
import { goldens, nameOf } from "./golden/read.ts";
import type { Golden } from "./golden/read.ts";

/** A point of the table lies so near a zero of a derivative that even 1e-15 of its terms is more than 1e-13 of it. */
const nearZero: Readonly<Record<string, string>> = {
  [`margin-mixture: cyclicalFocal alpha 0.25, sigmoid soft "mixture"`]: "the gradient is 0 near x = −0.75, t = 0.9",
  "margin-smoothed: flsd53 alpha [0.25,0.5,0.75], softmax 3 classes smoothing 0.125": "the gradient is 0 near z = [0.5, 0, −1]",
  "score-soft: qualityFocal beta 0.5, sigmoid": "the Hessian is 0 near x = −4, t = 0.9",
  "transform-sigmoid: focal gamma 2 as ldam 900:100, sigmoid": "the Hessian is 0 near x = 2.5, t = 0",
};

/** What the SIMD kernel leaves to the JavaScript engine. */
const staysOnJavaScript = ({ loss, head, options, targets, logits, transform, value }: Golden): boolean =>
  Array.isArray(value) && head === "softmax" && (loss === "asymmetricSingleLabel" || ((options?.smoothing !== undefined || targets.length === logits.length) && (loss === "focalStar" || transform !== undefined)));

for (const { file, golden } of goldens()) {
  const name = `${file}: ${nameOf(golden)}`, zero = nearZero[name];

  test(`${name}: float64 value, gradient and Hessian within 1e-13 relative of 50 digits${zero ? `, or of their terms: ${zero}` : ""}`, () => {
    compare(golden, run(golden, "js", Float64Array.from(golden.logits)), [1e-13, 1e-13, 1e-13], 0, zero !== undefined);
  });

  test(`${name}: float32 logits on the JavaScript engine are right to the last bit of float32 (6e-8)`, () => {
    const half = 2 ** -24 * 1.001, subnormal = 2 ** -126; // a subnormal float32 has fewer bits
    compare(golden, run(golden, "js", Float32Array.from(golden.logits)), [half, half, half], subnormal, false);
  });

  if (staysOnJavaScript(golden)) {
    test(`${name}: the SIMD kernel refuses it by name`, () => {
      let refusal: unknown;
      try { run(golden, "wasm", Float32Array.from(golden.logits)); } catch (error) { refusal = error; }
      expect((refusal as FocalError)?.code).toBe("engine");
    });
    continue;
  }
  const { gates, varying = zero, floor } = float32Gates(golden);
  test(`${name}: float32 SIMD value within ${gates[0]}, gradient ${gates[1]}, Hessian ${gates[2]} relative, where float32 is normal${varying ? `, or of their terms: ${varying}` : ""}`, () => {
    compare(golden, run(golden, "wasm", Float32Array.from(golden.logits)), gates, floor, varying !== undefined);
  });
}
