import type { Engine, FocalError } from "focal-loss";
import { expect, test } from "vitest";
import { criterionOf, goldens, nameOf } from "./golden/read.ts";
import type { Golden } from "./golden/read.ts";

const parts = ["value", "grad", "hessian"] as const;
type Answers = { readonly [part in (typeof parts)[number]]: ArrayLike<number> | number };
const list = (values: ArrayLike<number> | number): number[] => (typeof values === "number" ? [values] : Array.from(values));

const run = (golden: Golden, engine: Engine, logits: Float32Array | Float64Array): Answers =>
  criterionOf(golden, engine).derivatives(logits as Float64Array, golden.targets as number[]);

/** How fast each answer moves with the logits, within ½: the size of the terms whose difference it is, where it passes through 0. */
function variation(golden: Golden): (part: keyof Answers, i: number) => number {
  const at = (by: number): Answers => run(golden, "js", Float64Array.from(golden.logits, (x, i) => x + (i % 2 ? -by : by)));
  const [below, here, above] = [at(-0.5), at(0), at(0.5)].map((answers) => Object.fromEntries(parts.map((part) => [part, list(answers[part])])));
  return (part, i) => 2 * Math.max(Math.abs(below![part]![i]! - here![part]![i]!), Math.abs(above![part]![i]! - here![part]![i]!));
}

/**
 * Compares with the golden answers, but for those of which it has too few digits.
 *
 * @param gates - how far value, gradient and Hessian may be off, relative to their size (and to how fast they move, if so)
 * @param floor - differences up to it do not count
 */
function compare(golden: Golden, answers: Answers, gates: readonly number[], floor: number, varying: boolean): void {
  const moved = varying ? variation(golden) : () => 0;
  parts.forEach((part, p) => {
    const got = list(answers[part]), wanted = [golden[part]].flat();
    expect(got.length).toBe(wanted.length);
    wanted.forEach((want, i) => {
      if (want === null) return;
      const allowed = gates[p]! * (Math.abs(want) + moved(part, i));
      if (!(Math.abs(got[i]! - want) <= Math.max(allowed, floor))) expect(got[i], `${part}[${i}]`).toBe(want);
    });
  });
}

/** A point of the table lies so near a zero of a derivative that even 1e-15 of its terms is more than 1e-13 of it. */
const nearZero: Readonly<Record<string, string>> = {
  [`margin-mixture: cyclicalFocal alpha 0.25, sigmoid soft "mixture"`]: "the gradient is 0 near x = −0.75, t = 0.9",
  "margin-smoothed: flsd53 alpha [0.25,0.5,0.75], softmax 3 classes smoothing 0.125": "the gradient is 0 near z = [0.5, 0, −1]",
  "score-soft: qualityFocal beta 0.5, sigmoid": "the Hessian is 0 near x = −4, t = 0.9",
  "transform-sigmoid: focal gamma 2 as ldam 900:100, sigmoid": "the Hessian is 0 near x = 2.5, t = 0",
};

/** Why float32 answers may be off by the gate times their variation, too. */
function variesInFloat32({ loss, transform, options }: Golden): string | undefined {
  if (transform?.name === "logitAdjusted") return "the moved logit is rounded to float32";
  if (["inverseFocal", "cyclicalFocal", "qualityFocal"].includes(loss) || options?.soft === "quality") return "a derivative passes through 0";
  return undefined;
}

/** What the SIMD kernel leaves to the JavaScript engine. */
const staysOnJavaScript = ({ loss, head, settings, classes, options, targets, logits, transform, value }: Golden): boolean =>
  head === "softmax" ? !Array.isArray(value) || Array.isArray(settings["gamma"]) || transform !== undefined || options?.smoothing !== undefined
    || targets.length === logits.length || ["dualFocal", "distributionFocal", "asymmetricSingleLabel"].includes(loss)
  : !Array.isArray(value) || Array.isArray(settings["gamma"]) || (classes !== undefined && Array.isArray(settings["alpha"])) || transform?.name === "ldam";

/** The largest factor that stands before σ(−u). */
function largestFactor({ loss, settings }: Golden): number {
  const of = (name: string, usual: number): number => (settings[name] as number | undefined) ?? usual, gamma = of("gamma", 2), threshold = of("threshold", 0.5);
  if (loss === "inverseFocal") return 2 ** gamma;
  if (loss === "cyclicalFocal") return 2 ** of("gammaHigh", 3);
  if (loss === "equalizedFocal") return Math.max(1, gamma / of("base", 2));
  return loss.startsWith("reducedFocal") ? Math.min(threshold, 1 - threshold) ** -gamma : 1;
}

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
  // An exponent of 5 multiplies σ(−u) five times. A soft target's gradient passes through 0 where p = t, and its terms do not.
  const five = golden.loss === "flsd53" || Object.values(golden.settings).includes(5);
  const soft = golden.options?.smoothing !== undefined || (golden.head === "sigmoid" && golden.targets.some((t) => t !== 0 && t !== 1));
  // Under softmax the Hessian is f″r² − f′r(1 − r), and inverse focal loss lets the two differ in sign.
  const crossing = golden.head === "softmax" && golden.loss === "inverseFocal";
  const gates = [five ? 1.5e-6 : 1e-6, soft ? 2e-6 : five ? 1.5e-6 : 1e-6, crossing ? 4e-6 : 3e-6], varying = variesInFloat32(golden);
  test(`${name}: float32 SIMD value within ${gates[0]}, gradient ${gates[1]}, Hessian ${gates[2]} relative, where float32 is normal${varying ? `, or of their terms: ${varying}` : ""}`, () => {
    // Below 2^-126 float32 has no normal numbers: σ(−u) is 0 there, and what it multiplies (up to 178 and the loss's own factor) with it.
    compare(golden, run(golden, "wasm", Float32Array.from(golden.logits)), gates, 2 ** -118 * largestFactor(golden), varying !== undefined);
  });
}
