import { areaY, dot, line, plot, rect, ruleX, ruleY, text } from "@observablehq/plot";
import type { CurveKind } from "focal-loss/plot";
import { placeLabels } from "../../../../../src/plot/labels.ts";
import { short } from "../../ui/index.ts";
import type { Frame } from "../../ui/index.ts";
import type { Point } from "./evaluate.ts";
import { LOGITS } from "./evaluate.ts";

export interface Series {
  readonly name: string;
  readonly color: string;
  readonly width: number;
  readonly dash?: string;
  readonly points: readonly Point[];
  /** Its value at the cursor. */
  readonly here: number;
}

export interface Picture {
  readonly what: CurveKind;
  readonly axis: "probability" | "logit";
  readonly log: boolean;
  readonly label: string;
  readonly series: readonly Series[];
  readonly cursor: Point;
}

const MARGIN = { marginTop: 30, marginRight: 14, marginBottom: 44, marginLeft: 46 };
/** Mean width of a letter of the names, in pixels. */
const LETTER = 6.6;
/** A name's place is looked for among every third point: among all it takes most of the time of a slider's move. */
const EVERY = 3;
/** The loss goes to infinity at p_t = 0; its curves are cut here. */
const CUT = 5;
/** The lower end of a logarithmic axis. */
const FLOOR = 1e-6;
/** Examples above this p_t are well classified, as the paper's figure has it. */
const WELL = 0.6;

/** The figure; a move of the pointer over it is told as a p_t. */
export function draw(frame: Frame, { what, axis, log, label, series, cursor }: Picture, point: (pt: number) => void): Element {
  const [low, high] = range(what, log, series), x = axis === "logit" ? "logit" : "pt";
  const visible = series.map((one) => ({ ...one, points: one.points.filter(({ value }) => value <= high && value >= low) }));
  const domain = axis === "logit" ? [-LOGITS, LOGITS] : [0, 1], well = axis === "logit" ? Math.log(WELL / (1 - WELL)) : WELL;
  const inner = { width: frame.width - MARGIN.marginLeft - MARGIN.marginRight, height: frame.height - MARGIN.marginTop - MARGIN.marginBottom };
  const across = (value: number): number => ((value - domain[0]!) / (domain[1]! - domain[0]!)) * inner.width;
  const down = (value: number): number => (1 - (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low))) * inner.height;
  const paths = visible.map(({ name, points }) => ({
    width: name.length * LETTER + 8, path: points.filter((_, k) => k % EVERY === 0).map((p) => ({ x: across(p[x]), y: down(p.value) })),
  }));
  const names = placeLabels(paths).map(({ from, to, ...label }, i) => ({ ...label, from: EVERY * from, to: EVERY * to, text: visible[i]!.name, color: visible[i]!.color }));
  const dots = visible.filter(({ here }) => here <= high && here >= low);
  const drawn = plot({
    ...frame, ...MARGIN,
    x: { domain, label: axis === "logit" ? "margin u = log(pₜ / (1 − pₜ))" : "probability of the true class, pₜ", labelAnchor: "center", labelArrow: "none", ticks: Math.max(4, Math.round(inner.width / 80)) },
    y: { domain: [low, high], label, labelArrow: "none", grid: true, type: log ? "log" : "linear", ticks: 5, tickFormat: (value: number) => (log ? power(value) : short(value)) },
    marks: [
      rect([0], { x1: well, x2: domain[1]!, y1: low, y2: high, fill: "var(--ink)", fillOpacity: 0.045 }),
      text([0], { x: well, y: high, dx: 8, dy: 14, textAnchor: "start", text: () => (inner.width < 420 ? "well classified" : "well-classified examples"), fill: "var(--soft)" }),
      ...(log ? [] : [ruleY([0], { stroke: "var(--edge)" })]),
      ruleX([cursor], { x, stroke: "var(--accent)", strokeDasharray: "3 3" }),
      ...visible.slice(-1).filter(() => what === "loss" && !log).map(({ points, color }) => areaY(points, { x, y: "value", fill: color, fillOpacity: 0.07 })),
      ...visible.map(({ points, color, width, dash }, i) => line(points.map((p, k) => (k > names[i]!.from && k < names[i]!.to ? { ...p, value: NaN } : p)), { x, y: "value", stroke: color, strokeWidth: width, ...(dash && { strokeDasharray: dash }) })),
      text(names, {
        x: (d) => domain[0]! + (d.x / inner.width) * (domain[1]! - domain[0]!), y: (d) => (log ? low * (high / low) ** (1 - d.y / inner.height) : low + (1 - d.y / inner.height) * (high - low)),
        text: "text", rotate: "angle", fill: "color", fontWeight: 650,
      }),
      dot(dots, { x: () => cursor[x], y: "here", r: 4.5, fill: "color", stroke: "var(--card)", strokeWidth: 1.5 }),
    ],
  });
  drawn.addEventListener("pointermove", (event) => {
    if ((event as PointerEvent).pointerType !== "mouse") return; // a finger scrolls; it has the slider
    const box = drawn.getBoundingClientRect(), share = ((event as PointerEvent).clientX - box.left - MARGIN.marginLeft) / inner.width;
    const at = domain[0]! + share * (domain[1]! - domain[0]!);
    const pt = axis === "logit" ? 1 / (1 + Math.exp(-at)) : at;
    if (share >= 0 && share <= 1) point(Math.round(Math.min(0.999, Math.max(0.001, pt)) * 1000) / 1000);
  });
  return drawn;
}

/** What is drawn from where to where; linear axes keep 0 in sight. */
function range(what: CurveKind, log: boolean, series: readonly Series[]): [number, number] {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const top = Math.max(...values, 0), high = what === "loss" ? Math.min(top, CUT) : top * 1.1;
  return [log ? FLOOR : Math.min(0, ...values) * 1.1, high > 0 ? high : 1];
}

const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** 10⁻³, and nothing between the powers. */
function power(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(Math.log10(value) - exponent) > 1e-9) return "";
  return exponent === 0 ? "1" : `10${exponent < 0 ? "⁻" : ""}${raised[Math.abs(exponent)] ?? ""}`;
}
