import type * as ObservablePlot from "@observablehq/plot" with { "resolution-mode": "import" };
import type { LossCurve, LossCurves } from "./curves.ts";
import { addHeading, addLabel, describe } from "./heading.ts";
import { placeLabels } from "./labels.ts";
import { seriesColor } from "./palette.ts";
import { valueRange } from "./range.ts";
import { curveName, description, wording } from "./words.ts";

/** Size and words of the figure. */
export interface LossFigureOptions {
  /** Pixels; default 720 × 460. */
  readonly width?: number;
  readonly height?: number;
  /** Any CSS colour, also a variable; default "white". */
  readonly background?: string;
  /** Colour of text, axes and cross-entropy; default "#1f2328". */
  readonly ink?: string;
  /** Heading and the line below it; default: those of focal loss. */
  readonly title?: string;
  readonly formula?: string;
}

const MARGIN = { top: 86, right: 24, bottom: 46, left: 52 };
/** The paper's figure calls examples above this p_t well classified. */
const WELL_CLASSIFIED = 0.6;
/** Keeps the caption clear of curves that stay high; the loss has fallen by then. */
const HEADROOM = 1.12;
/** Mean width of a letter of the labels, in pixels. */
const LETTER = 6.6;
const FONT = "system-ui, -apple-system, Segoe UI, Inter, DejaVu Sans, sans-serif";

/**
 * Draws the focal-loss figure: one curve per γ over the probability of the true class, each named on its line.
 *
 * Cross-entropy stands out as the thick line in the page's ink, the region of well-classified examples is shaded, and
 * a title, a description in numbers and role="img" make the element readable without eyes.
 *
 * @param plot The module `@observablehq/plot`, brought by the caller.
 * @param document `window.document`, or linkedom's where there is no browser.
 * @param figure What `lossCurves` returned.
 * @returns An SVG element with its size, a namespace and every colour set: stands alone when written to a file.
 * @example
 * const svg = lossFigure(Plot, document, lossCurves({ gammas: [0, 2] }));
 * document.body.append(svg);
 */
export function lossFigure(
  plot: typeof ObservablePlot,
  document: Document,
  figure: LossCurves,
  options: LossFigureOptions = {},
): SVGSVGElement {
  const { width = 720, height = 460, background = "white", ink = "#1f2328" } = options;
  const words = { ...wording(figure), ...options };
  const [low, top] = valueRange(figure);
  const high = figure.what === "loss" ? top : top * HEADROOM;
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const toPixel = (pt: number, value: number) => ({
    x: MARGIN.left + pt * inner.width,
    y: MARGIN.top + ((high - value) / (high - low)) * inner.height,
  });
  let colored = 0;
  const lines = figure.curves.map(({ gamma, name = curveName(gamma, figure.alpha), points }) => {
    const visible = below(points, high);
    const style = gamma === 0 ? { stroke: ink, strokeWidth: 3 } : { stroke: seriesColor(colored++), strokeWidth: 2 };
    const path = visible.map(({ pt, value }) => toPixel(pt, value));
    return { name, style, visible, path, width: name.length * LETTER + 8 };
  });
  const labels = placeLabels(lines);
  const caption = { x: (1 + WELL_CLASSIFIED) / 2, y: high };
  const svg = plot.plot({
    document,
    className: "focal-loss-figure",
    width,
    height,
    marginTop: MARGIN.top,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    marginLeft: MARGIN.left,
    style: { fontFamily: FONT, fontSize: "12px", color: ink, background },
    x: { domain: [0, 1], label: "probability of the true class, pₜ", labelAnchor: "center", labelArrow: "none" },
    y: { domain: [low, high], label: null, grid: true, ticks: 6 },
    marks: [
      plot.rect([0], { x1: WELL_CLASSIFIED, x2: 1, y1: low, y2: high, fill: ink, fillOpacity: 0.06 }),
      plot.text([caption], { x: "x", y: "y", text: () => "well-classified examples", dy: 18, fill: ink, fillOpacity: 0.75 }),
      plot.ruleY([0], { stroke: ink, strokeOpacity: 0.7 }),
      ...lines.map(({ name, style, visible }, i) => {
        const { from, to } = labels[i]!;
        const gapped = visible.map((point, k) => (k > from && k < to ? { ...point, value: NaN } : point));
        return plot.line(gapped, { x: "pt", y: "value", ...style, ariaLabel: () => name });
      }),
    ],
  }) as SVGSVGElement;
  lines.forEach(({ name, style }, i) => addLabel(svg, document, name, style.stroke, labels[i]!));
  addHeading(svg, document, words, MARGIN.top - 10);
  describe(svg, document, words.title, description(figure));
  return svg;
}

/** The part of a curve under the upper edge, its first point moved onto the edge. */
function below(points: LossCurve["points"], high: number): LossCurve["points"] {
  const first = points.findIndex(({ value }) => value <= high);
  const before = points[first - 1];
  const after = points[first];
  if (before === undefined || after === undefined) return points;
  const share = (high - after.value) / (before.value - after.value);
  return [{ pt: after.pt + share * (before.pt - after.pt), value: high }, ...points.slice(first)];
}
