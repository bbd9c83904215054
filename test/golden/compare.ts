/** Compares answers with a golden table's, as far as its digits and the arithmetic go. */
import type { Engine } from "focal-loss";
import { expect } from "vitest";
import { criterionOf } from "./read.ts";
import type { Golden } from "./read.ts";

const parts = ["value", "grad", "hessian"] as const;
export type Answers = { readonly [part in (typeof parts)[number]]: ArrayLike<number> | number };
const list = (values: ArrayLike<number> | number): number[] => (typeof values === "number" ? [values] : Array.from(values));

export const run = (golden: Golden, engine: Engine, logits: Float32Array | Float64Array): Answers =>
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
export function compare(golden: Golden, answers: Answers, gates: readonly number[], floor: number, varying: boolean): void {
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

/** Why float32 answers may be off by the gate times their variation, too. */
function variesInFloat32({ loss, transform, options }: Golden): string | undefined {
  if (transform !== undefined) return "moved logits come near zeros of the derivatives";
  if (["inverseFocal", "normalizedFocal", "cyclicalFocal", "qualityFocal"].includes(loss) || options?.soft === "quality") return "a derivative passes through 0";
  return undefined;
}

/** The largest factor that stands before σ(−u). */
function largestFactor({ loss, settings }: Golden): number {
  const of = (name: string, usual: number): number => Math.max(...[settings[name] ?? usual].flat() as number[]), gamma = of("gamma", 2), threshold = of("threshold", 0.5);
  if (loss === "inverseFocal") return 2 ** gamma;
  if (loss === "cyclicalFocal") return 2 ** of("gammaHigh", 3);
  if (loss === "equalizedFocal") return Math.max(1, gamma / of("base", 2));
  return loss.startsWith("reducedFocal") ? Math.min(threshold, 1 - threshold) ** -gamma : 1;
}

/** What float32 answers are held to: how far value, gradient and Hessian may be off, and why relative to more than themselves. */
export function float32Gates(golden: Golden): { readonly gates: readonly number[]; readonly varying: string | undefined; readonly floor: number } {
  // An exponent of 5 multiplies σ(−u) five times. A soft target's gradient passes through 0 where p = t, and its terms do not.
  const five = golden.loss === "flsd53" || Object.values(golden.settings).flat().includes(5);
  const soft = golden.options?.smoothing !== undefined || (golden.head === "sigmoid" && golden.targets.some((t) => t !== 0 && t !== 1));
  // Under softmax the Hessian is f″r² − f′r(1 − r), and inverse focal loss lets the two differ in sign.
  const crossing = golden.head === "softmax" && golden.loss === "inverseFocal";
  const gates = [five ? 1.5e-6 : 1e-6, soft ? 2e-6 : five ? 1.5e-6 : 1e-6, crossing ? 4e-6 : 3e-6];
  // Below 2^-126 float32 has no normal numbers: σ(−u) is 0 there, and what it multiplies (up to 178 and the loss's own factor) with it.
  return { gates, varying: variesInFloat32(golden), floor: 2 ** -118 * largestFactor(golden) };
}
