import { alloc, asymmetric, criterion, focal, FocalError, poly1Focal, reducedFocal, varifocal } from "focal-loss";
import type { CriterionOptions, Loss } from "focal-loss";
import { describe, expect, test } from "vitest";
import { blockLength } from "../src/kernels/arrays.ts";
import type { Labels } from "../src/losses/derive.ts";
import { meaningOf } from "./family/float32Meaning.ts";

const plain = (value: number): number => value + 0;
const wave = (length: number, speed: number): number[] => Array.from({ length }, (_, i) => Math.abs(Math.sin((i + 1) * speed) * 1e4) % 1);

interface Given {
  readonly loss: Loss;
  readonly columns: number;
  readonly examples: number;
  readonly inner?: number;
  readonly soft?: boolean;
  readonly options?: Pick<CriterionOptions, "soft" | "classWeights">;
}

/** The kernel's answers, and what they have to be. */
function answers({ loss, columns, examples, inner = 1, soft = false, options = {} }: Given): { got: number[][]; want: number[][] } {
  const n = columns * examples, logits = Float32Array.from({ length: n }, (_, i) => ((i * 37) % 160) / 10 - 8);
  const targets = Float32Array.from(logits, (_, i) => (soft ? (i % 5) / 4 : (i * 7) % 3 === 0 ? 1 : 0));
  const { value, grad, hessian } = criterion(loss, { reduction: "none", classes: columns, inner, ...options, engine: "wasm" }).derivatives(logits, targets);
  const labels: Labels = loss.kind === "score" ? "score" : soft ? options.soft ?? loss.soft : "hard";
  const meaning = meaningOf(options.classWeights ? { ...loss, alpha: options.classWeights } : loss, labels);
  const of = (given: unknown, k: number): number => (Array.isArray(given) ? given[k] as number : given as number);
  const known = new Map<string, number[]>();
  const want = Array.from(logits, (x, i) => {
    const k = Math.floor(i / inner) % columns, key = `${x} ${targets[i]} ${k}`;
    const positive = loss.alpha === undefined ? 1 : of(loss.alpha, k), factor = options.classWeights?.[k] ?? 1;
    const settings = Object.fromEntries(Object.entries(loss.parameters).filter(([, given]) => typeof given !== "number").map(([name, given]) => [name, of(given, k)]));
    let found = known.get(key);
    if (!found) known.set(key, (found = meaning({ x, t: targets[i]!, alpha: [(loss.alpha === undefined ? 1 : 1 - positive) * factor, positive * factor], settings }).map(plain)));
    return found;
  });
  return { got: Array.from(value, (v, i) => [v, grad[i]!, hessian[i]!].map(plain)), want };
}

describe("what is given per column, bit for bit the float32 meaning of the formula", () => {
  test.each([1, 2, 3, 5, 7, 16, 17, 80, 91])("%i columns, each with its α; and with its γ and a class weight too", (columns) => {
    const alpha = wave(columns, 2.1), gamma = wave(columns, 1.7).map((x) => 4 * x), classWeights = wave(columns, 0.9);
    for (const loss of [focal({ gamma: 2, alpha }), focal({ gamma, alpha }), focal({ gamma })]) {
      const { got, want } = answers({ loss, columns, examples: 13, options: loss.alpha === undefined ? { classWeights } : {} });
      expect(got).toEqual(want);
    }
  });

  test.each([[3, blockLength / 2], [1000, 40], [1001, 40], [blockLength + 5, 2], [2 * blockLength, 2]])("%i columns and %i examples: over the ends of blocks", (columns, examples) => {
    const loss = focal({ gamma: 1.5, alpha: wave(columns, 2.3) }), { got, want } = answers({ loss, columns, examples });
    expect(got.findIndex((row, i) => row.some((v, k) => v !== want[i]![k]))).toBe(-1);
  });

  test.each([[5, 7, 3], [3, 100, 20], [4, 5000, 2], [2, 20000, 1]])("%i columns in planes of %i, %i images", (columns, inner, images) => {
    const loss = focal({ gamma: wave(columns, 3.3).map((x) => 3 * x), alpha: wave(columns, 2.3) }), { got, want } = answers({ loss, columns, examples: inner * images, inner });
    expect(got.findIndex((row, i) => row.some((v, k) => v !== want[i]![k]))).toBe(-1);
  });

  test.each(["interpolate", "quality", "mixture"] as const)("soft targets, rule %s", (soft) => {
    const columns = 5, loss = poly1Focal({ gamma: [0, 0.5, 1, 2, 3.3], epsilon: [1, 2, 0, -0.5, 0.3], alpha: wave(columns, 2.1) });
    const { got, want } = answers({ loss, columns, examples: 21, soft: true, options: { soft } });
    expect(got).toEqual(want);
  });

  test("losses of a score, and of thresholds", () => {
    const columns = 3;
    for (const [loss, soft] of [[varifocal({ gamma: [1, 2, 3.5], alpha: [0.2, 0.5, 0.9] }), true], [asymmetric({ gammaPos: [0, 1, 2], gammaNeg: [4, 2, 1.5], shift: [0, 0.05, 0.2] }), false], [reducedFocal({ threshold: [0.3, 0.5, 0.7] }), false]] as const) {
      const { got, want } = answers({ loss, columns, examples: 31, soft });
      expect(got, loss.name).toEqual(want);
    }
  });

  test("without columns, a setting per side: of negatives and of positives", () => {
    const loss = focal({ gamma: [0.5, 3], alpha: [2, 0.7] }), logits = Float32Array.from({ length: 100 }, (_, i) => i / 7 - 7), targets = Uint8Array.from(logits, (_, i) => i % 2);
    const { value, grad } = criterion(loss, { reduction: "none", engine: "wasm" }).valueAndGrad(logits, targets), meaning = meaningOf(loss, "hard");
    logits.forEach((x, i) => {
      const t = targets[i]!, want = meaning({ x, t, alpha: [2, 0.7], settings: { gamma: t === 1 ? 3 : 0.5 } });
      expect([value[i], grad[i]].map((v) => plain(v!))).toEqual(want.slice(0, 2).map(plain));
    });
    expect(() => criterion(loss, { engine: "wasm" }).value(logits, new Float32Array(100).fill(0.3))).toThrow(FocalError);
  });
});

test("general powers keep their digits per column as they do alone: within 1e-6 of float64 up to |x| = 60", () => {
  const gamma = [0.3, 1.7, 2.2, 4.9], logits = Float32Array.from({ length: 4004 }, (_, i) => (Math.floor(i / 4) - 500) / 8.37), targets = Uint8Array.from(logits, (_, i) => (i >> 2) & 1);
  const run = (engine: "wasm" | "js") => criterion(focal({ gamma, alpha: [0.2, 0.3, 0.4, 0.5] }), { reduction: "none", classes: 4, engine }).valueAndGrad(logits, targets);
  const simd = run("wasm"), js = run("js");
  for (const part of ["value", "grad"] as const) expect(simd[part].findIndex((v, i) => !(Math.abs(v - js[part][i]!) <= 1e-6 * Math.abs(js[part][i]!) + 2 ** -118)), part).toBe(-1);
});

test("criteria take turns: what one left in the tables is not what another finds", () => {
  const logits = Float32Array.from({ length: 60 }, (_, i) => i / 10 - 3), targets = Uint8Array.from(logits, (_, i) => i % 2);
  const criteria = [[0.1, 0.9, 0.5], [0.9, 0.1, 0.5]].map((alpha) => criterion(focal({ alpha }), { classes: 3, engine: "wasm", reduction: "none" }));
  const first = criteria.map((one) => one.value(logits, targets));
  expect(first[0]).not.toEqual(first[1]);
  expect(criteria.map((one) => one.value(logits, targets))).toEqual(first);
  const { logits: inRoom } = alloc(60);
  inRoom.set(logits);
  expect(criteria.map((one) => one.value(inRoom.subarray(0, 57), targets.subarray(0, 57)))).toEqual(first.map((values) => values.slice(0, 57)));
  expect(criteria.map((one) => one.value(logits.subarray(0, 30), targets.subarray(0, 30)))).toEqual(first.map((values) => values.slice(0, 30)));
});
