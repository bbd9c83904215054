import { curveName, valueRange, wording } from "focal-loss/plot";
import type { LossCurves, LossFigureOptions } from "focal-loss/plot";
import { drawChart } from "./chart.ts";
import { SERIES } from "./colors.ts";
import type { Colors } from "./colors.ts";

const NARROWEST = 40;
const WIDEST = 120;

/** The focal-loss figure in braille characters, as wide as the terminal within limits. */
export function drawCurves(figure: LossCurves, heading: LossFigureOptions, columns: number, colors: Colors): string {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST);
  const words = { ...wording(figure), ...heading };
  let colored = 0;
  const series = figure.curves.map(({ gamma, name, points }) => ({
    name: name !== undefined ? name : gamma === 0 ? "cross-entropy" : curveName(gamma, figure.alpha),
    paint: gamma === 0 ? colors.bold : colors[SERIES[colored++ % SERIES.length]!],
    points: points.map(({ pt, value }) => ({ x: pt, y: value })),
  }));
  const chart = drawChart({
    series,
    x: { domain: [0, 1], label: "probability of the true class, pₜ" },
    y: { domain: valueRange(figure), label: words.axis },
    width,
    height: Math.min(Math.max(Math.round(width / 3.6), 14), 28),
  });
  return `${colors.bold(words.title)}\n${words.formula}\n\n${chart}`;
}
