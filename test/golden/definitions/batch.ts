/** Losses of a whole batch: quotients of sums over it. */
import type { Decimal } from "decimal.js";
import { exact, mean, one, sum, zero } from "../decimal.ts";
import type { Numbers } from "../decimal.ts";
import type { Entry } from "../entry.ts";
import { alphaOf } from "./alpha.ts";
import { parametersOf } from "./margin.ts";
import { hard, ofClass } from "./reading.ts";

type BatchLoss = (entry: Entry) => (logits: Numbers) => Decimal;
type Named<Name extends string> = { readonly [name in Name]: Decimal };

/** One region to be found: of every pixel its probability p, its truth t, 1 − p and −log p. */
type Region = readonly { readonly p: Decimal; readonly q: Decimal; readonly minusLog: Decimal; readonly t: Decimal }[];

const rowsOf = <T>(values: readonly T[], length: number): T[][] =>
  Array.from({ length: values.length / length }, (_, r) => values.slice(r * length, (r + 1) * length));

/** Under softmax a region for each class. */
const classRegions = (logits: Numbers, targets: readonly number[], classes: number): Region[] =>
  Array.from({ length: classes }, (_, k) => rowsOf(logits, classes).map((row, i) => ({ ...ofClass(row, k), t: targets[i] === k ? one : zero })));

/** Under sigmoid the region of the positives, in each of the columns. */
const positiveRegions = (logits: Numbers, targets: readonly number[], columns: number): Region[] =>
  Array.from({ length: columns }, (_, k) =>
    rowsOf(logits, columns).map((row, i) => ({ ...hard(row[k]!, true), t: exact(targets[i * columns + k]!) })));

/** A yes-or-no question as two classes, background and foreground. */
const twoRegions = (logits: Numbers, targets: readonly number[]): Region[] => [
  logits.map((x, i) => ({ ...hard(x, false), t: one.minus(exact(targets[i]!)) })),
  logits.map((x, i) => ({ ...hard(x, true), t: exact(targets[i]!) })),
];

/** TI = (tp + s) ÷ (tp + δ fn + (1 − δ) fp + s) */
function tversky(region: Region, delta: Decimal, smooth: Decimal): Decimal {
  const hits = sum(region.map(({ p, t }) => p.times(t))).plus(smooth);
  const missed = sum(region.map(({ q, t }) => q.times(t))), wrong = sum(region.map(({ p, t }) => p.times(one.minus(t))));
  return hits.div(hits.plus(delta.times(missed)).plus(one.minus(delta).times(wrong)));
}

const focalTversky: BatchLoss = ({ settings, head, classes, targets }) => (logits) => {
  const { gamma, delta, smooth } = parametersOf<Named<"gamma" | "delta" | "smooth">>({ gamma: 0.75, delta: 0.7, smooth: 1 }, settings);
  const regions = head === "softmax" ? classRegions(logits, targets, classes!) : positiveRegions(logits, targets, classes ?? 1);
  return mean(regions.map((region) => one.minus(tversky(region, delta, smooth)).pow(gamma)));
};

/** Both unified losses; the asymmetric one treats background and foreground apart. */
const unified = (asymmetric: boolean): BatchLoss => ({ settings, head, classes, targets }) => (logits) => {
  const { weight, delta, gamma, smooth } = parametersOf<Named<"weight" | "delta" | "gamma" | "smooth">>({ weight: 0.5, delta: 0.6, gamma: 0.5, smooth: 1e-6 }, settings);
  const regions = head === "softmax" ? classRegions(logits, targets, classes!) : twoRegions(logits, targets);
  const focal = sum(regions.map((region, c) => mean(region.map(({ q, minusLog, t }) => {
    const modulated = asymmetric && c > 0 ? one : q.pow(gamma);
    return (c === 0 ? one.minus(delta) : delta).times(modulated).times(t).times(minusLog);
  }))));
  const region = mean(regions.map((each, c) => one.minus(tversky(each, delta, smooth)).pow(asymmetric && c === 0 ? one : one.minus(gamma))));
  return weight.times(region).plus(one.minus(weight).times(focal));
};

/** Σ α_t (1 − p_t)^γ (−log p_t) ÷ Σ (1 − p_t)^γ */
const normalizedFocal: BatchLoss = ({ loss, settings, head, classes, targets }) => (logits) => {
  const { gamma } = parametersOf<Named<"gamma">>({ gamma: 2 }, settings);
  const alphas = alphaOf(loss, settings, classes ?? 2);
  const readings = head === "softmax" ? rowsOf(logits, classes!).map((row, i) => ofClass(row, targets[i]!)) : logits.map((x, i) => hard(x, targets[i] === 1));
  const factors = readings.map(({ q }) => q.pow(gamma));
  return sum(readings.map(({ minusLog }, i) => alphas[targets[i]!]!.times(factors[i]!).times(minusLog))).div(sum(factors));
};

export const batchLosses: Readonly<Record<string, BatchLoss>> = {
  normalizedFocal, focalTversky, unifiedFocal: unified(false), asymmetricUnifiedFocal: unified(true),
};
