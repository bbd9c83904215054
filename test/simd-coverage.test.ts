import * as library from "focal-loss";
import { AdaFocal, classBalancedFocal, criterion, FocalError, focal, ldam, logitAdjusted } from "focal-loss";
import type { AnyLoss, Loss, SoftRule } from "focal-loss";
import { describe, expect, test } from "vitest";
import { marginLosses, scoreLosses } from "./family/members.ts";

/** The losses of the sigmoid head that answer for each logit, and how targets between the classes may be read; none: by the loss itself. */
const losses: readonly (readonly [name: string, loss: Loss, rules: readonly (SoftRule | undefined)[]])[] = [
  ...marginLosses.map(({ name, of, mixtureOnly }) => [name, of(1.7), mixtureOnly === true ? ["mixture"] as const : ["interpolate", "mixture", "quality"] as const] as const),
  ...scoreLosses.map(({ name, of }) => [name, of(1.7), [undefined]] as const),
  ["AdaFocal", new AdaFocal({ bins: 15 }).loss(), ["interpolate", "mixture", "quality"]],
  ["classBalancedFocal", classBalancedFocal({ counts: [900, 100] }), ["interpolate", "mixture", "quality"]],
  ["ldam", ldam(focal(), [900, 100]), ["mixture"]],
  ["logitAdjusted", logitAdjusted(focal(), [900, 100]), ["interpolate", "mixture", "quality"]],
  ["focal, by side", focal({ gamma: [1, 3], alpha: [1, 4] }), []],
];
const logits = Float32Array.from({ length: 333 }, (_, i) => (i - 166) / 9.7);
const hard = Uint8Array.from(logits, (_, i) => (i * 7) % 3 === 0 ? 1 : 0), soft = Float32Array.from(logits, (_, i) => (i % 10) / 9); // none where a formula changes its piece

/** SIMD against JavaScript, relative to the result and, where it passes through 0, to how fast it moves with the logit, within ½, or the Hessian to the gradient, as large as its terms. */
function agree(loss: Loss, targets: ArrayLike<number>, options: { soft?: SoftRule }): void {
  const run = (engine: "wasm" | "js", by = 0) => criterion(loss, { reduction: "none", engine, ...options }).derivatives(logits.map((x) => x + by), targets);
  const simd = run("wasm"), [js, below, above] = [run("js"), run("js", -0.5), run("js", 0.5)];
  for (const [part, gate] of [["value", 1e-6], ["grad", 2e-6], ["hessian", 3e-6]] as const) {
    const size = (i: number): number => Math.abs(js[part][i]!) + (part === "hessian" ? Math.abs(js.grad[i]!) : 0) + 2 * Math.max(...[below, above].map((moved) => Math.abs(moved[part][i]! - js[part][i]!)));
    const far = simd[part].findIndex((v, i) => !(Math.abs(v - js[part][i]!) <= gate * size(i) + 2 ** -118));
    expect(far < 0 ? undefined : [logits[far], targets[far], simd[part][far], js[part][far]], part).toBeUndefined();
  }
}

describe.each(losses)("%s on SIMD agrees with JavaScript: value within 1e-6, gradient 2e-6, Hessian 3e-6, relative to the result and how fast it moves", (_, loss, rules) => {
  test("hard targets", () => agree(loss, hard, {}));
  for (const rule of rules) test(`soft targets${rule ? `, ${rule}` : ""}`, () => agree(loss, soft, rule ? { soft: rule } : {}));
});

/** Losses that the sigmoid head's kernel does not run, and why. */
const notForLogits: Readonly<Record<string, RegExp>> = {
  asymmetricSingleLabel: /rows of classes/, distributionFocal: /rows of classes/, // formulas of softmax rows
  dualFocal: /compares classes/,
};
const ofTheBatch = ["normalizedFocal", "focalTversky", "unifiedFocal", "asymmetricUnifiedFocal"]; // sums first, derivatives after: a kernel of their own

test("no other loss of the library is left to JavaScript", () => {
  const families = Object.entries(library).filter(([, made]) => typeof made === "function" && "defaults" in made).map(([name, made]) => [name, (made as unknown as () => AnyLoss)()] as const);
  const covered = losses.map(([name]) => name);
  for (const [name, loss] of families) {
    if (covered.includes(name) || ofTheBatch.includes(name)) continue;
    expect(notForLogits[name], name).toBeDefined();
    let refusal: unknown;
    try { criterion(loss, { engine: "wasm" }).value(logits, hard); } catch (error) { refusal = error; }
    expect(refusal).toBeInstanceOf(FocalError);
    expect((refusal as FocalError).message).toMatch(notForLogits[name]!);
  }
});
