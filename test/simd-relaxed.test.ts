import { setFlagsFromString } from "node:v8";
import { asymmetric, crossEntropy, focal, varifocal } from "focal-loss";
import type { CriterionOptions, Loss } from "focal-loss";
import { describe, expect, test } from "vitest";
import { sigmoidForm } from "../src/forms.ts";
import type { Job } from "../src/heads/job.ts";
import { emit } from "../src/kernels/emit.ts";
import type { Variant } from "../src/kernels/emit.ts";
import { body } from "../src/kernels/head.ts";
import { hasRelaxedSimd, relax } from "../src/kernels/relax.ts";
import { wasm } from "../src/kernels/wasm.ts";
import { readOptions } from "../src/options.ts";
import { bind } from "../src/run/bind.ts";
import { compare, float32Gates } from "./golden/compare.ts";
import type { Answers } from "./golden/compare.ts";
import { lossOf } from "./golden/lossOf.ts";
import { goldens, nameOf } from "./golden/read.ts";

// Node 20 has relaxed SIMD, but behind a flag.
if (process.version.startsWith("v20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

const variant: Variant = { loss: focal({ gamma: 2, alpha: 0.25 }), labels: "hard", order: 2, weighted: false, each: false, alpha: [0.75, 0.25], offset: 0 };

/** What a criterion answers by the relaxed kernel. */
function answers(loss: Loss, options: CriterionOptions, logits: Float32Array, targets: ArrayLike<number>): Answers {
  const relaxed = { ...sigmoidForm, simd: { ...sigmoidForm.simd!, run: (job: Job) => wasm({ ...job, loss, relaxed: true } as Parameters<typeof wasm>[0]) } };
  return bind(readOptions(loss, { ...options, reduction: "none", engine: "wasm" }, () => relaxed), "exact").run(logits, targets, 2, {}) as Answers;
}

test("engines that have relaxed SIMD take its kernels, others are found out", () => {
  expect(hasRelaxedSimd()).toBe(WebAssembly.validate(emit({ ...variant, relaxed: true })));
  expect(WebAssembly.validate(emit(variant))).toBe(true);
});

test("products are fused into sums that alone read them, and what rounding took is computed from products that are not", () => {
  const { listing, results } = body({ ...variant, loss: focal({ gamma: 1.7 }) }), registers = [results.loss, results.grad!, results.hessian!];
  const { listing: relaxed, moved } = relax(listing, registers);
  const live = (of: typeof listing, from: readonly number[]): string[] => {
    const seen = new Set<number>(), visit = (r: number): void => { if (!seen.has(r)) { seen.add(r); of.instructions[r]!.args.forEach(visit); } };
    from.forEach(visit);
    return [...seen].map((r) => of.instructions[r]!.op);
  };
  const before = live(listing, registers), after = live(relaxed, registers.map((r) => moved[r]!)), count = (ops: string[], op: string): number => ops.filter((one) => one === op).length;
  const fused = count(after, "f32x4.relaxed_madd") + count(after, "f32x4.relaxed_nmadd");
  expect(fused).toBeGreaterThan(20);
  expect(before.length - after.length).toBe(fused);
  expect(count(before, "f32x4.mul") - count(after, "f32x4.mul")).toBe(fused);
});

describe.runIf(hasRelaxedSimd())("relaxed", () => {
  for (const { file, golden } of goldens().filter(({ golden: { head, value } }) => head === "sigmoid" && Array.isArray(value))) {
    const { gates, varying = golden.options?.smoothing === undefined ? undefined : "the gradient passes through 0", floor } = float32Gates(golden);
    test(`${file}: ${nameOf(golden)}: value within ${gates[0]}, gradient ${gates[1]}, Hessian ${gates[2]} relative, where float32 is normal${varying ? `, or of their terms: ${varying}` : ""}`, () => {
      const { classes, options } = golden;
      const got = answers(lossOf(golden) as Loss, { ...options, ...(classes !== undefined && { classes }) }, Float32Array.from(golden.logits), golden.targets);
      compare(golden, got, gates, floor, varying !== undefined);
    });
  }

  test.each([crossEntropy(), focal({ gamma: 0.5 }), focal({ gamma: 3.3, alpha: 0.3 }), asymmetric(), varifocal()])("finite and the same twice, for any logit up to ±1e30: $name", (loss) => {
    const logits = Float32Array.from({ length: 200 }, (_, i) => (i % 2 ? -1 : 1) * 10 ** (30 - i * 0.4)), targets = Uint8Array.from(logits, (_, i) => (i >> 1) & 1);
    const first = answers(loss, {}, logits, targets);
    for (const part of ["value", "grad", "hessian"] as const) expect((first[part] as Float32Array).every(Number.isFinite), part).toBe(true);
    expect(answers(loss, {}, logits, targets)).toEqual(first);
  });
});
