import fc from "fast-check";
import { criterion, logitAdjusted, focal } from "focal-loss";
import type { AnyLoss, Criterion, CriterionOptions, Engine } from "focal-loss";
import { expect, test } from "vitest";
import { gammas, marginLosses, scoreLosses, softRules } from "./members.ts";

/** Both engines on the same float32 logits. */
function both(loss: AnyLoss, options: CriterionOptions, logits: readonly number[], targets: readonly number[], weights?: readonly number[]) {
  const run = (engine: Engine) =>
    (criterion(loss, { ...options, reduction: "none", engine }) as Criterion<"none">).derivatives(Float32Array.from(logits), targets as number[], weights && { weights: weights as number[] });
  return { js: run("js"), simd: run("wasm") };
}

/** 5e-6 of the answer and of the loss it belongs to: five float32 roundings of each term, also where a derivative passes through 0. */
function agree(results: ReturnType<typeof both>, what: string): void {
  for (const part of ["value", "grad", "hessian"] as const) {
    results.js[part].forEach((want, i) => {
      const allowed = 5e-6 * (Math.abs(want) + Math.abs(results.js.value[i]!) + Math.abs(results.js.grad[i]!)) + 2 ** -110;
      expect(Math.abs(results.simd[part][i]! - want), `${what} ${part}[${i}]: ${results.simd[part][i]} should be ${want}`).toBeLessThanOrEqual(allowed);
    });
  }
}

const logits = fc.array(fc.double({ min: -30, max: 30, noNaN: true }).map(Math.fround), { minLength: 6, maxLength: 6 });
const line = [-1e30, -1000, -100, -40, -1, 0, 1, 40, 100, 1000, 1e30];

for (const member of [...marginLosses, ...scoreLosses]) {
  const rules = scoreLosses.includes(member) ? [undefined] : softRules(member);
  for (const soft of rules) {
    const options: CriterionOptions = soft ? { soft } : {}, name = `${member.name}${soft ? `, ${soft}` : ""}`;
    test(`${name}: SIMD agrees with JavaScript on soft and hard targets, ignored examples and weights, within 5e-6 of the terms`, () => {
      fc.assert(fc.property(logits, fc.array(fc.constantFrom(0, 1, 0.25, 0.5, 0.875), { minLength: 6, maxLength: 6 }), fc.constantFrom(...gammas), (x, t, g) => {
        const away = x.map((z) => ([0.375, 0.25, 0.625, 0.75, 0.0625].some((kink) => Math.abs(1 / (1 + Math.exp(-z)) - kink) < 1e-2) ? 0.0625 : z));
        const spread = t.map((v) => (soft === "quality" || member.name === "qualityFocal" ? (v === 0.5 ? 1 : v) : v));
        fc.pre(!away.some((z, i) => spread[i]! % 1 !== 0 && Math.abs(1 / (1 + Math.exp(-z)) - spread[i]!) < 0.02));
        const nearKink = (member.kinks ?? []).length > 0 && spread.some((v) => v % 1 !== 0);
        if (!nearKink) agree(both(member.of(g), options, away, spread), "soft");
        agree(both(member.of(g), { ...options, ignoreIndex: -1 }, away, [1, 0, -1, 1, -1, 0], [1, 2, 3, 0, 0.5, 1]), "ignored, weights");
      }), { numRuns: 30 });
    });

    test(`${name}: SIMD is finite at ±1e30, hard and soft`, () => {
      for (const g of gammas) for (const t of [0, 1e-3, 0.25, 0.5, 0.9, 1]) {
        const { simd } = both(member.of(g), options, line, line.map(() => t));
        for (const result of [...simd.value, ...simd.grad, ...simd.hessian]) expect(Number.isFinite(result), `γ = ${g}, t = ${t}: ${result}`).toBe(true);
      }
    });
  }
}

test("logit adjustment: SIMD agrees with JavaScript within 5e-6 of the terms", () => {
  fc.assert(fc.property(logits, fc.constantFrom(...gammas), (x, g) => {
    agree(both(logitAdjusted(focal({ gamma: g }), [90, 10]), {}, x, [0, 1, 0, 1, 0, 1]), "hard");
    agree(both(logitAdjusted(focal({ gamma: g }), [90, 10]), {}, x, [0.25, 1, 0.5, 1, 0, 0.875]), "soft");
  }), { numRuns: 30 });
});
