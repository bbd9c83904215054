import { areaY, dot, line, plot, ruleX, ruleY, text } from "@observablehq/plot";
import type { CumulativePoint, CurvePoint, ReliabilityBin } from "focal-loss/evaluate";
import { percent } from "../../ui/index.ts";
import type { Frame } from "../../ui/index.ts";

const MARGINS = { marginTop: 26, marginRight: 16, marginBottom: 40, marginLeft: 46 };
const share = (label: string): object => ({ domain: [0, 1], label, labelArrow: "none" as const, ticks: 5, tickFormat: (v: number) => percent(v) });
const across = (label: string): object => ({ ...share(label), labelAnchor: "center" as const });

export interface Ranked {
  readonly name: string;
  readonly color: string;
  readonly dash?: string;
  readonly curve: readonly CurvePoint[];
}

/** Precision over recall; a ring marks the threshold chosen, a cross 0.5. */
export function drawRanking(frame: Frame, curves: readonly Ranked[], base: number, marks: readonly { recall: number; precision: number; chosen: boolean; color: string }[]): Element {
  return plot({
    ...frame, ...MARGINS, x: across("recall: positives found"), y: { ...share("precision: finds that are right"), grid: true },
    marks: [
      ruleY([base], { stroke: "var(--edge)", strokeDasharray: "2 4" }),
      text([base], { x: 0, y: (d: number) => d, text: () => `at random, ${percent(base)}`, textAnchor: "start", dx: 6, dy: base > 0.85 ? 10 : -9, fill: "var(--soft)" }),
      ...curves.map(({ curve, color, dash }) => line(curve, { x: "recall", y: "precision", stroke: color, strokeWidth: 2.25, ...(dash !== undefined && { strokeDasharray: dash }) })),
      dot(marks, { x: "recall", y: "precision", r: 6.5, symbol: (d: { chosen: boolean }) => (d.chosen ? "circle" : "times"), fill: (d: { chosen: boolean; color: string }) => (d.chosen ? d.color : "none"), stroke: (d: { chosen: boolean }) => (d.chosen ? "var(--card)" : "var(--ink)"), strokeWidth: 2.25 }),
    ],
  });
}

/** What came true over what was promised; the size of a dot is the share of rows. */
export function drawTrust(frame: Frame, bins: readonly ReliabilityBin[]): Element {
  const rows = bins.reduce((n, { count }) => n + count, 0);
  return plot({
    ...frame, ...MARGINS, x: across("score: what is promised"), y: { ...share("what came true"), grid: true }, r: { type: "identity" },
    marks: [
      line([[0, 0], [1, 1]], { stroke: "var(--edge)", strokeDasharray: "4 4" }),
      ruleX(bins, { x: "predicted", y1: "predicted", y2: "observed", stroke: "var(--c1)", strokeOpacity: 0.45, strokeWidth: 2 }),
      line(bins, { x: "predicted", y: "observed", stroke: "var(--c1)", strokeWidth: 2 }),
      dot(bins, { x: "predicted", y: "observed", r: ({ count }: ReliabilityBin) => 3 + 9 * Math.sqrt(count / rows), fill: "var(--c1)", stroke: "var(--card)", strokeWidth: 1.5 }),
    ],
  });
}

/** The paper's figure 4: how much of a class's loss its easiest examples make, as γ grows. */
export function drawCumulative(frame: Frame, curves: readonly { readonly name: string; readonly color: string; readonly width: number; readonly points: readonly CumulativePoint[] }[]): Element {
  return plot({
    ...frame, ...MARGINS, x: across("examples, the easiest first"), y: { ...share("share of their loss"), grid: true },
    marks: [
      areaY(curves[0]?.points ?? [], { x: "examples", y: "loss", fill: "var(--ink)", fillOpacity: 0.06 }),
      ...curves.map(({ points, color, width }) => line(points, { x: "examples", y: "loss", stroke: color, strokeWidth: width })),
    ],
  });
}

/** The validation score by epoch, of each run. */
export function drawHistory(frame: Frame, runs: readonly { readonly color: string; readonly dash?: string; readonly history: readonly { readonly epoch: number; readonly validation: number }[] }[], epochs: number): Element {
  return plot({
    ...frame, ...MARGINS, x: { domain: [1, Math.max(epochs, 2)], label: "epoch", labelAnchor: "center", labelArrow: "none", ticks: 5 },
    y: { ...share("average precision, validation"), domain: [0, Math.min(1, 1.2 * Math.max(0.1, ...runs.flatMap(({ history }) => history.map(({ validation }) => validation))))], grid: true },
    marks: runs.map(({ history, color, dash }) => line(history, { x: "epoch", y: "validation", stroke: color, strokeWidth: 2, ...(dash !== undefined && { strokeDasharray: dash }) })),
  });
}
