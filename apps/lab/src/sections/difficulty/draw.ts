import { areaY, dot, line, plot, ruleX, text } from "@observablehq/plot";
import type { Frame } from "../../ui/index.ts";
import { short } from "../../ui/index.ts";
import type { ClassCurve } from "./cumulative.ts";

export interface Line {
  readonly gamma: number;
  readonly own: ClassCurve;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Options {
  /** γs for comparison, and last the chosen one. */
  readonly lines: readonly Line[];
  readonly easiest: number;
  /** "whole": easiest first, as in the paper. "hard": the hardest, by powers of ten. */
  readonly view: "whole" | "hard";
  readonly color: string;
}

/** The cumulative loss of one class, for some γs. */
export function drawCumulative(frame: Frame, { lines, easiest, view, color }: Options): Element {
  const whole = view === "whole", share = (value: number): number => (whole ? value : 1 - value);
  const least = Math.max(1e-4, ...lines.slice(0, 1).map(({ own }) => hardest(own)));
  /** How far along the axis a value stands, 0 to 1. */
  const room = (x: number): number => (whole ? x : Math.log(x) / Math.log(least));
  const points = ({ own }: Line): Place[] => own.curve.map(({ examples, loss }) => ({ x: share(examples), y: share(loss) })).filter(({ x }) => whole || x >= least);
  const chosen = lines.at(-1), plain = lines[0], context = lines.slice(1, -1).filter(({ gamma }) => gamma !== chosen?.gamma);
  const marked = [plain, chosen].flatMap((one, i) => (one ? [{ x: share(easiest), y: share(one.own.easiest), name: i === 0 ? "CE" : `γ = ${short(one.gamma)}`, stroke: i === 0 ? "var(--ink)" : color }] : []));
  const axis = { domain: [0, 1], ticks: 5, tickFormat: (v: number) => `${Math.round(v * 100)}%` };
  return plot({
    ...frame, marginLeft: 48, marginRight: 16, marginTop: 22, marginBottom: 40,
    x: whole ? { ...axis, label: "of the examples, easiest first →" } : { type: "log", domain: [1, least], label: "of the examples, the hardest alone →", tickFormat: (v: number) => (Math.abs(Math.log10(v) % 1) < 1e-9 ? `${short(v * 100)}%` : "") },
    y: { ...axis, label: whole ? "↑ of the class’s loss" : "↑ of the class’s loss that they make", grid: true },
    marks: [
      whole && chosen ? areaY(points(chosen), { x: "x", y: "y", fill: color, fillOpacity: 0.08 }) : undefined,
      ruleX([share(easiest)], { stroke: "var(--edge)", strokeDasharray: "3 3" }),
      context.map((one) => line(points(one), { x: "x", y: "y", stroke: "var(--faint)", strokeWidth: 1, strokeOpacity: 0.75 })),
      text(names(context.map((one) => ({ gamma: one.gamma, points: points(one) })), room), { x: "x", y: "y", text: "name", fill: "var(--faint)", fontSize: 10.5, stroke: "var(--page)", strokeWidth: 4 }),
      plain && line(points(plain), { x: "x", y: "y", stroke: "var(--ink)", strokeWidth: 2 }),
      chosen && line(points(chosen), { x: "x", y: "y", stroke: color, strokeWidth: 3 }),
      dot(marked, { x: "x", y: "y", fill: "stroke", stroke: "var(--page)", strokeWidth: 1.5, r: 5 }),
    ],
  });
}

/** The share of the class that its hardest example is. */
const hardest = ({ curve }: ClassCurve): number => (curve.length > 2 ? 1 - curve.at(-2)!.examples : 0.1);

/** The curves' names where they are half way up, left out where they would touch each other or the edge. */
function names(lines: readonly { gamma: number; points: readonly Place[] }[], room: (x: number) => number): (Place & { name: string })[] {
  let last = Infinity;
  return [...lines].reverse().flatMap(({ gamma, points }) => {
    const near = points.reduce<Place | undefined>((best, point) => (!best || Math.abs(point.y - 0.5) < Math.abs(best.y - 0.5) ? point : best), undefined);
    if (!near || Math.min(last, 1) - room(near.x) < 0.05) return [];
    last = room(near.x);
    return [{ ...near, name: short(gamma) }];
  });
}
