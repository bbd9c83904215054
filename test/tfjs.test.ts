/** TensorFlow.js in Node: every golden table through the public functions, on the backends that our own kernels run on. */
import { beforeAll, describe, expect, test } from "vitest";
import { compare, float32Gates } from "./golden/compare.ts";
import { goldens, nameOf } from "./golden/read.ts";
import type { Golden } from "./golden/read.ts";
import { answersOf, isCurved } from "./tfjs/answers.ts";
import { backends, tf } from "./tfjs/backends.ts";

/** The gates know parameters as numbers: of those given per class the largest counts. */
const atMost = (golden: Golden): Golden => ({
  ...golden, settings: Object.fromEntries(Object.entries(golden.settings).map(([name, value]) => [name, name !== "alpha" && Array.isArray(value) ? Math.max(...value as number[]) : value])),
});

/** Here the gradient is 0 near z = [0.5, 0, −1]: 1e-7 of its terms is more of itself. */
const nearZero = "margin-smoothed: flsd53 alpha [0.25,0.5,0.75], softmax 3 classes smoothing 0.125";

describe.each(backends)("%s", (backend) => {
  beforeAll(async () => { expect(await tf.setBackend(backend)).toBe(true); });

  for (const { file, golden } of goldens()) {
    const name = `${file}: ${nameOf(golden)}`, { gates: [value, grad, hessian], varying = name === nearZero ? "the gradient passes through 0" : undefined, floor } = float32Gates(atMost(golden));
    const curved = isCurved(golden), gates = golden.head === "softmax" ? [2e-6, 2e-6, 0] : [value!, grad!, hessian!];
    test(`${name}: value within ${gates[0]}, gradient ${gates[1]}${curved ? `, the gradient's own ${gates[2]}` : ""} relative, where float32 is normal${varying ? `, or of their terms: ${varying}` : ""}`, async () => {
      const { hessian: second = [], ...answers } = await answersOf(golden);
      compare({ ...golden, hessian: curved ? golden.hessian : [] }, { ...answers, hessian: second }, gates, floor, varying !== undefined);
    });
  }
});
