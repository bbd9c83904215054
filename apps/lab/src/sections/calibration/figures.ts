import { areaY, dot, line, link, plot, text } from "@observablehq/plot";
import type { Frame } from "../../ui/index.ts";
import { short } from "../../ui/index.ts";
import type { Report, Version } from "./report.ts";

/** The versions as they are told apart: by name, colour, dashes and the shape of their points. */
export const looks: Readonly<Record<Version, { readonly title: string; readonly color: string; readonly dash: string; readonly symbol: "circle" | "square" | "diamond" }>> = {
  raw: { title: "As trained", color: "var(--c2)", dash: "0", symbol: "diamond" },
  temperature: { title: "Temperature", color: "var(--c4)", dash: "5 3", symbol: "square" },
  recovered: { title: "Recovered", color: "var(--c1)", dash: "0", symbol: "circle" },
};

const axis = { domain: [0, 1], ticks: 5 };
const margins = { marginLeft: 44, marginRight: 14, marginTop: 34, marginBottom: 40 };
/** Where scores are probabilities. */
const honest = link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: "var(--faint)", strokeDasharray: "3 3" });

/** What every score means, and what the chosen one does. */
export function drawMeaning(frame: Frame, curve: readonly { readonly score: number; readonly probability: number }[], chosen: { readonly score: number; readonly probability: number }): Element {
  const { score, probability } = chosen, left = score > 0.55;
  return plot({
    ...frame, ...margins, x: { ...axis, label: "score →", grid: true }, y: { ...axis, label: "↑ probability that it means", grid: true },
    marks: [
      areaY(curve, { x: "score", y1: "score", y2: "probability", fill: "var(--c1)", fillOpacity: 0.1 }), honest,
      line([[score, 0], [score, probability], [0, probability]], { stroke: "var(--edge)", strokeDasharray: "2 3" }),
      line(curve, { x: "score", y: "probability", stroke: "var(--c1)", strokeWidth: 3 }),
      dot([chosen], { x: "score", y: "probability", r: 6, fill: "var(--c1)", stroke: "var(--page)", strokeWidth: 2 }),
      text([chosen], {
        x: "score", y: "probability", text: () => `${short(score)} means ${short(probability)}`, fontWeight: 600, fontSize: 13, dx: left ? -12 : 14, dy: left ? -14 : 14,
        textAnchor: left ? "end" : "start", fill: "var(--ink)", stroke: "var(--page)", strokeWidth: 5,
      }),
    ],
  });
}

/** How often scores came true, by score: on the diagonal they are probabilities. */
export function drawReliability(frame: Frame, { of, examples }: Report, shown: readonly Version[]): Element {
  return plot({
    ...frame, ...margins, x: { ...axis, label: "predicted →", grid: true }, y: { ...axis, label: "↑ came true", grid: true }, r: { range: [2.5, 9], domain: [0, examples / 3] },
    marks: [
      honest,
      shown.map((version) => {
        const { color, dash, symbol } = looks[version], { bins } = of[version];
        return [
          line(bins, { x: "predicted", y: "observed", stroke: color, strokeWidth: 1.5, strokeDasharray: dash }),
          dot(bins, { x: "predicted", y: "observed", r: "count", fill: color, symbol, stroke: "var(--page)", strokeWidth: 1 }),
        ];
      }),
    ],
  });
}
