import { readFileSync } from "node:fs";
import { criterion, focal } from "focal-loss";
import type { Alpha } from "focal-loss";
import { describe, expect, test } from "vitest";

/** One published example; the file says where each stands. */
interface Case {
  readonly source: string;
  readonly head?: "sigmoid" | "softmax";
  readonly loss?: string;
  readonly from?: "probabilities";
  readonly gamma: number;
  readonly alpha?: Alpha | null;
  readonly classes?: number;
  readonly logits?: number[] | number[][];
  readonly probabilities?: number[] | number[][];
  readonly targets?: number[] | number[][];
  readonly labels?: number[];
  readonly reduction?: string;
  readonly value?: number | number[];
  readonly grad?: number[] | number[][];
  readonly hessian?: number[];
  readonly finite?: boolean;
  readonly [extra: string]: unknown;
}

const { cases } = JSON.parse(readFileSync(new URL("published.json", import.meta.url), "utf8")) as { cases: Case[] };
const flat = (values: number[] | number[][]): number[] => values.flat();
const one = (gamma: number, alpha: Alpha | null | undefined) => focal({ gamma, ...(alpha !== null && alpha !== undefined && { alpha }) });

/** The logits of a case: as published, or of its probabilities (log-odds for the sigmoid head, logarithms for softmax). */
function logitsOf(entry: Case): number[] {
  if (entry.logits) return flat(entry.logits);
  return flat(entry.probabilities!).map((p) => (entry.head === "softmax" ? Math.log(Math.max(p, 1e-300)) : Math.log(p / (1 - p))));
}

/** One-vs-rest targets of rows of labels. */
const oneHot = (labels: number[], classes: number): number[] => labels.flatMap((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0)));

function lossesOf(entry: Case, alpha = entry.alpha): { losses: Float64Array; grad: Float64Array; hessian: Float64Array; targets: number[] } {
  const logits = logitsOf(entry);
  const head = entry.head ?? "sigmoid";
  const targets = entry.targets ? flat(entry.targets) : head === "softmax" ? entry.labels! : oneHot(entry.labels!, logits.length / entry.labels!.length);
  const loss = criterion(one(entry.gamma, alpha), { head, reduction: "none", ...(head === "softmax" && { classes: entry.classes! }) });
  const { value, grad, hessian } = loss.derivatives(logits, targets);
  return { losses: value as Float64Array, grad: grad as Float64Array, hessian: hessian as Float64Array, targets };
}

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const rowsOf = (values: Float64Array, rows: number): number[][] =>
  Array.from({ length: rows }, (_, r) => [...values.subarray((r * values.length) / rows, ((r + 1) * values.length) / rows)]);

/** What each published reduction does with the examples' losses. */
const reductions: Record<string, (losses: Float64Array, rows: number) => number | number[]> = {
  none: (losses) => [...losses],
  mean: (losses) => mean(losses),
  "mean over rows": (losses) => mean(losses),
  "row means": (losses, rows) => rowsOf(losses, rows).map(mean),
  "sum of row means": (losses, rows) => rowsOf(losses, rows).map(mean).reduce((a, b) => a + b),
  "sum over classes, mean over rows": (losses, rows) => losses.reduce((a, b) => a + b) / rows,
};

const near = (want: number | readonly number[], digits = 1e-9): unknown =>
  Array.isArray(want) ? want.map((w: number) => near(w, digits)) : { asymmetricMatch: (got: number) => Math.abs(got - (want as number)) <= digits * Math.abs(want as number) + 1e-15 };

describe("published values, within 1e-9 (they are printed with 12 digits) or the tolerance their source states", () => {
  for (const entry of cases) {
    if (entry.loss) continue; // another loss than focal
    test(`${entry.source} (γ = ${entry.gamma})`, () => {
      if (entry.finite) {
        const { losses, grad, hessian } = lossesOf(entry);
        for (const v of [...losses, ...grad, ...hessian]) expect(Number.isFinite(v)).toBe(true);
        return;
      }
      if (entry["allPositive"] !== undefined) {
        const logits = flat(entry.logits!), loss = criterion(one(entry.gamma, entry.alpha));
        expect([loss.value(logits, [1, 1]), loss.value(logits, [0, 0])]).toEqual(near([entry["allPositive"] as number, entry["allNegative"] as number]));
        return;
      }
      const tolerance = (entry["tolerance"] as number | undefined) ?? 1e-9;
      const { losses, grad, hessian, targets } = lossesOf(entry);
      const rows = entry.labels?.length ?? (Array.isArray((entry.targets as number[][])[0]) ? entry.targets!.length : targets.length);
      const reduce = reductions[entry.reduction ?? "none"]!;
      expect(reduce(losses, rows)).toEqual(near(entry.value!, tolerance));
      if (entry["balancedValue"] !== undefined) expect(reduce(lossesOf(entry, 0.25).losses, rows)).toEqual(near(entry["balancedValue"] as number, tolerance));
      if (entry["gamma0"]) expect(reduce(lossesOf({ ...entry, gamma: 0 }).losses, rows)).toEqual(near(entry["gamma0"] as number[], tolerance));
      const divisor = entry.reduction?.endsWith("mean over rows") ? rows : 1;
      if (entry.grad) expect([...grad].map((g) => g / divisor)).toEqual(near(flat(entry.grad), tolerance));
      if (entry.hessian) expect([...hessian]).toEqual(near(entry.hessian, tolerance));
    });
  }
});
