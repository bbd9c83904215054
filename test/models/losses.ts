/** Every loss against its definition, written a second time from the papers and computed with 60 digits. */
import { Decimal } from "decimal.js";
import fc from "fast-check";
import { criterion } from "focal-loss";
import type { Criterion } from "focal-loss";
import { exact } from "../golden/decimal.ts";
import type { Numbers } from "../golden/decimal.ts";
import { sigmoidLoss, softmaxLoss } from "../golden/definitions/heads.ts";
import { marginLosses } from "../golden/definitions/margin.ts";
import { rowLosses } from "../golden/definitions/row.ts";
import { scoreLoss, scoreLosses } from "../golden/definitions/score.ts";
import type { Entry } from "../golden/entry.ts";
import { lossOf } from "../golden/lossOf.ts";
import { double, hard, logit } from "./arbitraries.ts";
import { model, near } from "./model.ts";

const step = "1e-20";

/** A definition's value and slopes at some logits; undefined where it changes its piece. */
function defined(of: (at: Numbers) => Decimal, logits: readonly number[]): { value: number; slopes: number[] } | undefined {
  Decimal.set({ precision: 60 });
  const at = logits.map(exact), h = new Decimal(step);
  try {
    const slopes = at.map((x, j) => of(at.with(j, x.plus(h))).minus(of(at.with(j, x.minus(h)))).div(h.times(2)).toNumber());
    return { value: of(at).toNumber(), slopes };
  } catch (error) {
    if (error instanceof RangeError) return undefined; // refused by awayFrom
    throw error;
  } finally {
    Decimal.set({ precision: 300 });
  }
}

/** 1e-12: what JavaScript keeps of 1e-13 (the goldens' bound) for exponents of any size up to 6; absolutely what differences leave. */
function agrees(entry: Entry, of: (at: Numbers) => Decimal, target: number | readonly number[]): void {
  const { head, classes, logits } = entry, want = defined(of, logits);
  fc.pre(want !== undefined);
  const { soft, smoothing } = entry.options ?? {};
  const loss = criterion(lossOf(entry), { head, reduction: "sum", ...(classes !== undefined && { classes }), ...(soft && { soft }), ...(smoothing !== undefined && { smoothing }) }) as Criterion;
  const { value, grad } = loss.valueAndGrad([...logits], typeof target === "number" ? [target] : [...target]);
  near(value as number, want.value, 1e-12, 1e-30, `${entry.loss} value`);
  want.slopes.forEach((slope, j) => near(grad[j]!, slope, 1e-11, 1e-30 + 1e-13 * Math.abs(want.value), `${entry.loss} slope ${j}`));
}

const exponent = fc.oneof(fc.constantFrom(0, 0.5, 1, 2, 3, 5), double(0.05, 6));
/** Settings of a margin or score loss: every parameter it has, in its range. */
const settingsOf = (defaults: Readonly<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> => fc.record({
  ...Object.fromEntries(Object.keys(defaults).map((name) => [name,
    name === "threshold" ? double(0.05, 0.95) : name === "shift" ? double(0, 0.3) : name === "share" ? double(0, 1) : name === "base" ? double(0.5, 4) : exponent])),
  alpha: fc.option(fc.oneof(double(0, 1), fc.tuple(double(0.1, 3), double(0.1, 3))), { nil: undefined }),
}).map(({ alpha, ...settings }) => ({ ...settings, ...(alpha !== undefined && { alpha }) }));

const marginNames = Object.keys(marginLosses).filter((name) => name !== "classBalancedFocal");
const named = (names: readonly string[], defaultsOf: (name: string) => object): fc.Arbitrary<{ loss: string; settings: Record<string, unknown> }> =>
  fc.constantFrom(...names).chain((loss) => settingsOf(defaultsOf(loss) as Record<string, unknown>).map((settings) => ({ loss, settings })));
/** focal* divides by its γ; where there are many classes, weights come one per class. */
const legal = ({ loss, settings }: { loss: string; settings: Record<string, unknown> }): { loss: string; settings: Record<string, unknown> } =>
  ({ loss, settings: loss === "focalStar" ? { ...settings, gamma: 0.25 + (settings["gamma"] as number) } : settings });

export const losses = [
  model("losses: sigmoid head, hard and soft targets, smoothing", 3, fc.record({
    which: named(marginNames, (name) => marginLosses[name]!.defaults).map(legal), x: logit, t: fc.oneof(hard, double(0.01, 0.99)),
    soft: fc.constantFrom("interpolate" as const, "mixture" as const, "quality" as const), smoothing: fc.constantFrom(0, 0, 0.1),
  }), ({ which, x, t, soft, smoothing }) => {
    const rule = which.loss === "focalStar" ? "mixture" as const : soft;
    const entry: Entry = { ...which, head: "sigmoid", options: { soft: rule, smoothing }, logits: [x], targets: [t] }, of = sigmoidLoss(entry);
    agrees(entry, ([at]) => of(at!, t, 0), t);
  }),
  model("losses: sigmoid head, losses with a reading of their own", 2, fc.record({
    which: named(Object.keys(scoreLosses), (name) => scoreLosses[name]!.defaults), x: logit, t: fc.oneof(hard, double(0.01, 0.99)),
  }), ({ which, x, t }) => {
    const entry: Entry = { ...which, head: "sigmoid", logits: [x], targets: [t] }, of = scoreLoss(entry);
    agrees(entry, ([at]) => of(at!, t), t);
  }),
  model("losses: softmax head, labels and shares", 2, fc.record({
    which: named(marginNames, (name) => marginLosses[name]!.defaults).map(legal), row: fc.array(double(-15, 15), { minLength: 2, maxLength: 5 }), pick: fc.nat(), spread: fc.boolean(), smoothing: fc.constantFrom(0, 0.1),
  }), ({ which: { loss, settings: { alpha, ...settings } }, row, pick, spread, smoothing }) => {
    const classes = row.length, label = pick % classes;
    const target = spread ? row.map((_, k) => (k === label ? 0.75 : k === (label + 1) % classes ? 0.25 : 0)) : label;
    const entry: Entry = { loss, settings: alpha === undefined ? settings : { ...settings, alpha: row.map((_, k) => 0.5 + k) }, head: "softmax", classes, options: spread ? {} : { smoothing }, logits: row, targets: spread ? target as number[] : [label] };
    const of = softmaxLoss(entry);
    agrees(entry, (at) => of(at, target), target);
  }),
  model("losses: softmax head, losses of a whole row", 1, fc.record({
    loss: fc.constantFrom(...Object.keys(rowLosses)), gamma: exponent, other: exponent, row: fc.uniqueArray(double(-15, 15), { minLength: 2, maxLength: 5 }), pick: fc.nat(), between: double(0, 1),
  }), ({ loss, gamma, other, row, pick, between }) => {
    const classes = row.length, label = pick % classes;
    fc.pre(row.every((a, i) => row.every((b, j) => i === j || Math.abs(a - b) > 1e-3)));
    const target = loss === "distributionFocal" ? Math.min(classes - 1, label + between) : label;
    const settings = loss === "dualFocal" ? { gamma } : loss === "asymmetricSingleLabel" ? { gammaPos: gamma, gammaNeg: other } : {};
    const entry: Entry = { loss, settings, head: "softmax", classes, logits: row, targets: [target] }, of = rowLosses[loss]!(entry);
    agrees(entry, (at) => of(at, target), target);
  }),
];
