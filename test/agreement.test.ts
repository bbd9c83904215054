import fc from "fast-check";
import { criterion, crossEntropy, defineLoss, focal } from "focal-loss";
import type { Loss } from "focal-loss";
import { add, differentiate, div, exp, fold, log, lower, max, min, mul, neg, num, pow, select, sigmoid, softplus, sqrt, stabilize, sub, sym, toFloat32, abs } from "focal-loss/expr";
import type { Expr } from "focal-loss/expr";
import { describe, expect, test, vi } from "vitest";
import { body } from "../src/kernels/head.ts";
import { derive } from "../src/losses/derive.ts";
import { evaluate } from "../src/targets/evaluate.ts";
import { float32Numbers, numbers } from "../src/targets/number.ts";

const none = { reduction: "none" } as const;
const poly = defineLoss("poly", { gamma: 1 }, ({ pt, gamma }) => add(mul(pow(sub(1, pt), gamma), neg(log(pt))), pow(sub(1, pt), add(gamma, 1))));
const losses: Loss[] = [crossEntropy(), ...[0.5, 1, 1.7, 2, 5].map((gamma) => focal({ gamma, alpha: 0.25 })), poly({ gamma: 1.3 })];
const title = (loss: Loss): string => `${loss.name} ${JSON.stringify(loss.parameters)}`;

describe.each(losses.map((loss) => [title(loss), loss] as const))("%s", (_, loss) => {
  test("the SIMD kernel computes the float32 meaning of the formula, bit for bit", () => {
    const [value, slope, curvature] = derive(loss, "hard", 2) as [Expr, Expr, Expr];
    const exprs = toFloat32([value, slope, curvature]);
    const logits = Float32Array.from({ length: 401 }, (_, i) => (i - 200) / 2.1);
    const got = criterion(loss, { ...none, engine: "wasm" }).derivatives(logits, new Uint8Array(401).fill(1));
    const memoOf = (u: number) => { const memo = new Map<Expr, number>(); return exprs.map((e) => fold(e, float32Numbers({ u, alphaT: 0.25 }), memo)); };
    logits.forEach((u, i) => expect([got.value[i], got.grad[i], got.hessian[i]]).toEqual(memoOf(u)));
  });

  test("compiled JavaScript and the evaluator agree to the last bit", () => {
    const [value, slope, curvature] = derive(loss, "hard", 2) as [Expr, Expr, Expr];
    fc.assert(fc.property(fc.double({ min: -200, max: 200, noNaN: true }), (x) => {
      const { value: f, grad, hessian } = criterion(loss).derivatives([x], [1]);
      expect(evaluate([value, slope, curvature], { u: x, alphaT: 0.25 })).toEqual([f, grad[0], hessian[0]]);
    }));
  });

  test("lowering changes no value by more than 1e-12 (its powers are products, whose rounding adds up)", () => {
    const [value] = derive(loss, "hard", 0) as [Expr];
    fc.assert(fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (u) => {
      const authored = fold(loss.formula, numbers({ ...(loss.parameters as Record<string, number>), pt: 1 / (1 + Math.exp(-u)), alphaT: loss.alpha === undefined ? 1 : 0.25 }));
      // The authored form takes 1 − p_t as a difference and loses what the stable one keeps: compare where it can.
      if (u > 2) return;
      const stable = evaluate([value], { u, alphaT: 0.25 })[0]!;
      expect(Math.abs(stable - authored)).toBeLessThanOrEqual(1e-12 * Math.abs(stable));
    }));
  });
});

describe("chunks, tails and views", () => {
  const loss = focal({ gamma: 2, alpha: 0.25 });
  const one = (x: number, t: number, weight = 1): number => criterion(loss, none).value([x], [t])[0]! * weight;

  test.each([1, 3, 4, 15, 16, 17, 63, 64, 65, 8191, 8192, 8193, 20000])("n = %i: every element's loss, gradient and Hessian is its own within 3e-6, and the sum is theirs within 1e-6 (float32)", (n) => {
    const logits = Float32Array.from({ length: n }, (_, i) => ((i * 37) % 200) / 10 - 10);
    const targets = Uint8Array.from({ length: n }, (_, i) => (i * 7) % 3 === 0 ? 1 : 0);
    const weights = Float32Array.from({ length: n }, (_, i) => (i % 5) / 2);
    for (const given of [{}, { weights }]) {
      const simd = criterion(loss, { ...none, engine: "wasm" }).derivatives(logits, targets, given);
      const js = criterion(loss, { ...none, engine: "js" }).derivatives(logits, targets, given);
      for (const key of ["value", "grad", "hessian"] as const) {
        // The Hessian passes through zero, its terms, about as large as the gradient, do not.
        const size = (i: number): number => Math.max(Math.abs(js[key][i]!), key === "hessian" ? Math.abs(js.grad[i]!) : 0);
        const far = simd[key].findIndex((v, i) => !(Math.abs(v - js[key][i]!) <= 3e-6 * size(i)));
        expect(far, key).toBe(-1);
      }
      const sum = criterion(loss, { reduction: "sum", engine: "wasm" }).valueAndGrad(logits, targets, given);
      const expected = js.value.reduce((a: number, b: number) => a + b, 0);
      expect(Math.abs(sum.value - expected)).toBeLessThanOrEqual(1e-6 * expected);
      expect(sum.grad).toEqual(simd.grad);
    }
  });

  test("views at odd offsets and shared memory give what copies give", () => {
    const shared = new Float32Array(new SharedArrayBuffer(4 * 103));
    shared.forEach((_, i) => (shared[i] = i / 10 - 5));
    const view = shared.subarray(3), targets = new Uint8Array(103).map((_, i) => i % 2).subarray(3);
    const simd = criterion(loss, { engine: "wasm" });
    expect(simd.valueAndGrad(view, targets)).toEqual(simd.valueAndGrad(view.slice(), targets.slice()));
  });

  test("targets of every array type mean the same", () => {
    const logits = Float32Array.from({ length: 100 }, (_, i) => i / 10 - 5), bits = Array.from(logits, (_, i) => i % 2);
    for (const engine of ["js", "wasm"] as const) {
      const run = (targets: ArrayLike<number>): unknown => criterion(loss, { engine }).valueAndGrad(logits, targets);
      for (const type of [Uint8Array, Int32Array, Float32Array, Float64Array]) expect(run(type.from(bits))).toEqual(run(bits));
    }
  });

  test("soft targets anywhere in the array give what the JavaScript engine gives, within 2e-6", () => {
    const n = 20000, logits = Float32Array.from({ length: n }, (_, i) => ((i * 37) % 200) / 10 - 10);
    const targets = Float32Array.from({ length: n }, (_, i) => (i > 9000 && i % 3 === 0 ? 0.3 : i % 2));
    const simd = criterion(loss, { ...none, engine: "wasm" }).valueAndGrad(logits, targets);
    const js = criterion(loss, { ...none, engine: "js" }).valueAndGrad(logits, targets);
    simd.value.forEach((v, i) => expect(Math.abs(v - js.value[i]!)).toBeLessThanOrEqual(2e-6 * Math.abs(js.value[i]!)));
    simd.grad.forEach((g, i) => expect(Math.abs(g - js.grad[i]!)).toBeLessThanOrEqual(2e-6 * Math.max(Math.abs(js.grad[i]!), js.value[i]!)));
  });

  test("a sum of 1e7 float32 losses is right to 1e-7, and the same twice", () => {
    const n = 1e7, logits = new Float32Array(n), targets = new Uint8Array(n);
    for (let i = 0; i < n; i++) { logits[i] = ((i * 7919) % 1000) / 100 - 5; targets[i] = i % 5 === 0 ? 1 : 0; }
    let exact = 0;
    const table = Array.from({ length: 2000 }, (_, k) => one(Math.fround((k >> 1) / 100 - 5), k & 1));
    for (let i = 0; i < n; i++) exact += table[((i * 7919) % 1000) * 2 + targets[i]!]!;
    const sum = criterion(loss, { reduction: "sum", engine: "wasm" });
    const got = sum.value(logits, targets);
    expect(Math.abs(got - exact) / exact).toBeLessThan(1e-7);
    expect(sum.value(logits, targets)).toBe(got);
  });
});

test("where code may not be made from text, built-in losses run all the same, and it is tried once", async () => {
  let tried = 0;
  vi.resetModules();
  vi.stubGlobal("Function", class { constructor() { tried++; throw new EvalError("Code generation from strings disallowed for this context"); } });
  try {
    const fresh = await import("focal-loss");
    expect(fresh.criterion).not.toBe(criterion);
    const strict = fresh.criterion(fresh.focal({ gamma: 2, alpha: 0.25 })).derivatives([1, -2], [1, 0]);
    expect(fresh.criterion(fresh.crossEntropy()).value([1, -2], [1, 0])).toBeGreaterThan(0);
    expect(tried).toBe(1);
    vi.unstubAllGlobals();
    expect(strict).toEqual(criterion(focal({ gamma: 2, alpha: 0.25 })).derivatives([1, -2], [1, 0]));
  } finally {
    vi.unstubAllGlobals();
  }
});

describe("every word of the language", () => {
  const u = sym("u");
  const samples: Record<string, Expr> = {
    neg: neg(u), add: add(u, 2), sub: sub(3, u), mul: mul(u, u), div: div(u, add(2, mul(u, u))), pow: pow(add(2, mul(u, u)), 1.3), "pow, whole": pow(u, 3),
    exp: exp(u), log: log(add(1.5, mul(u, u))), "log below 1": log(sigmoid(u)), sigmoid: sigmoid(u), softplus: softplus(u), abs: abs(u), max: max(u, 0.3), min: min(u, 0.3),
    select: select(u, mul(u, u), neg(u)), sqrt: sqrt(add(1, mul(u, u))), "a wide exp": exp(mul(-7.3, softplus(u))), "1 + e^u": log(add(1, exp(u))), "1 / (1 + e^-u)": div(1, add(1, exp(neg(u)))),
  };
  const at = fc.double({ min: -12, max: 12, noNaN: true }).filter((x) => Math.abs(x) > 1e-3 && Math.abs(x - 0.3) > 1e-3);

  test.each(Object.entries(samples))("%s: stabilised, lowered and in float32 it means the same (1e-12; 1e-6 in float32, relative to 1 + the value)", (_, expr) => {
    const [lowered] = lower([stabilize(expr, { symbols: new Map() })]);
    const [single] = toFloat32([lowered!]);
    fc.assert(fc.property(at, (x) => {
      const want = fold(expr, numbers({ u: x })), f = Math.fround(x), wantSingle = fold(expr, numbers({ u: f }));
      expect(Math.abs(fold(lowered!, numbers({ u: x })) - want)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(want)));
      expect(Math.abs(fold(single!, float32Numbers({ u: f })) - wantSingle)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(wantSingle)));
    }));
  });

  test.each(Object.entries(samples))("%s: its derivative is the difference quotient's limit (1e-6 relative to 1 + the derivative, h = 1e-5)", (_, expr) => {
    const derivative = differentiate(expr, "u"), h = 1e-5;
    fc.assert(fc.property(at, (x) => {
      const want = (fold(expr, numbers({ u: x + h })) - fold(expr, numbers({ u: x - h }))) / (2 * h);
      const got = fold(derivative, numbers({ u: x }));
      expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(got)));
    }));
  });

  test("equal formulas are one object, and a kernel computes nothing twice", () => {
    expect(mul(sym("a"), num(2))).toBe(mul(sym("a"), 2));
    const { listing } = body({ loss: focal(), labels: "hard", order: 1, weighted: false, each: false, alpha: [1, 1], offset: 0 });
    const texts = listing.instructions.map(({ op, args, immediate }) => `${op} ${args} ${immediate}`);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
