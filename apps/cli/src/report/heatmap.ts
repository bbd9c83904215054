import * as Plot from "@observablehq/plot";
import type { Cell, Tuning } from "../tuning.ts";
import { fixed, signed } from "./format.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { METRICS } from "./metric.ts";
import { figure, panel } from "./panel.ts";

/** The darkest a cell gets: its numbers must stay readable. */
const DARKEST = 0.5;
/** As many as 400 pixels hold. */
const MOST_COLUMNS = 5;

interface Square {
  readonly cell: Cell;
  /** γ, or the loss where it has none. */
  readonly setting: string;
  /** Class weights. */
  readonly weighting: string;
  readonly gain: number;
  readonly isBest: boolean;
  readonly isRecommended: boolean;
}

/** γ × α, one map per loss: each cell's mean and its difference to cross-entropy, which gives the colour. */
export function heatmaps(tuning: Tuning): Html {
  const { cells, metric, protocol } = tuning;
  const grid = cells.filter((_, c) => c !== 1);
  const others = grid.slice(1).map((cell) => cell.toReference!);
  // Differences that are noise shall look like it: full shade is no less than half a usual interval.
  const halves = others.map(({ low = 0, high = 0 }) => (high - low) / 2).sort((a, b) => a - b);
  const far = Math.max(...others.map(({ mean }) => Math.abs(mean)), halves[halves.length >> 1]!, 1e-9);
  const near = grid.filter(({ nearBest, name }) => nearBest && name !== tuning.best).length;
  const notice = `Mean ${METRICS[metric].name} over ${protocol.folds * protocol.repeats} folds, and below it the difference to cross-entropy without weights. The frame marks the best mean, ${tuning.best}; ` +
    `${near === 0 ? "no other cell is" : near === 1 ? "one other cell is" : `${near} other cells are`} within noise of it (dots)${protocol.comparisons === 1 ? "" : `, allowing for ${protocol.comparisons} comparisons`}. Full shade is a difference of ${fixed(far, METRICS[metric].digits)}.`;
  return figure(notice, mapsOf(grid).map(([heading, shown]) => drawMap(heading, shown, tuning, far)), { key: key() });
}

/** What is drawn together: a loss with γ = 0 from cross-entropy, if that is what it becomes; all losses without γ. */
function mapsOf(grid: readonly Cell[]): (readonly [heading: string, cells: readonly Cell[]])[] {
  const cross = grid.filter(({ family }) => family === "crossEntropy");
  const named = [...new Set(grid.map(({ family }) => family))].filter((family) => family !== "crossEntropy");
  const focused = named.filter((name) => grid.some(({ family, gamma }) => family === name && gamma !== undefined));
  const maps = focused.map((name) => {
    const own = grid.filter(({ family }) => family === name);
    return [name, own[0]!.zeroIsCrossEntropy ? [...cross, ...own] : own] as const;
  });
  const plain = grid.filter(({ family }) => family !== "crossEntropy" && !focused.includes(family));
  if (plain.length > 0) return [...maps, ["without γ", plain] as const];
  return maps.length > 0 ? maps : [["cross-entropy", cross]];
}

function drawMap(heading: string, cells: readonly Cell[], tuning: Tuning, far: number): Html {
  const { metric } = tuning;
  const { digits, better, name: measure } = METRICS[metric];
  const byGamma = cells.some(({ gamma }) => gamma !== undefined);
  const squares = cells.map((cell): Square => ({
    cell, setting: byGamma ? String(cell.gamma ?? 0) : cell.family === "crossEntropy" ? "γ = 0" : cell.family, weighting: alphaName(cell),
    gain: (better === "higher" ? 1 : -1) * (cell.toReference?.mean ?? 0),
    isBest: cell.name === tuning.best, isRecommended: cell.name === tuning.recommendation.loss,
  }));
  const settings = [...new Set(squares.map(({ setting }) => setting))].sort((a, b) => (byGamma ? Number(a) - Number(b) : 0));
  const weightings = [...new Set(squares.map(({ weighting }) => weighting))];
  // Many γ run downwards, so that the map fits a telephone.
  const turned = settings.length > MOST_COLUMNS;
  const [columns, rows] = turned ? [weightings, settings] : [settings, weightings];
  const [below, beside] = turned ? ["class weights", byGamma ? "γ" : null] : [byGamma ? "γ" : null, "class weights"];
  const longest = (names: readonly string[]): number => 6.4 * Math.max(...names.map((name) => name.length));
  const left = 16 + Math.max(longest(rows), beside === "γ" ? 16 : 0);
  const wide = Math.max(60, 8 + longest(columns));
  const bare = (text: string): string => text.replace(/(?<!\d)0\./, ".");
  const at = turned ? { x: "weighting", y: "setting" } as const : { x: "setting", y: "weighting" } as const;
  const corner = (dx: number) => ({ ...at, dx, dy: -17 });
  return panel({
    width: left + wide * columns.length + 12, height: 56 * rows.length + 62, marginLeft: left, marginRight: 12, marginTop: 20, marginBottom: 40,
    x: { type: "band", domain: columns, label: below, labelAnchor: "center", labelArrow: "none", tickSize: 0, padding: 0.05 },
    y: { type: "band", domain: rows, label: beside, labelAnchor: "top", labelArrow: "none", tickSize: 0, padding: 0.05 },
    color: { type: "identity" },
    opacity: { type: "identity" },
    marks: [
      Plot.cell(squares, {
        ...at, stroke: "var(--line)",
        fill: (d: Square) => (d.gain < 0 ? "var(--worse)" : "var(--better)"), fillOpacity: (d: Square) => DARKEST * Math.min(1, Math.abs(d.gain) / far),
        title: (d: Square) => `${d.cell.name}: ${measure} ${fixed(d.cell.summary[metric].mean, digits)}`,
      }),
      Plot.cell(squares.filter(({ isBest }) => isBest), { ...at, fill: "none", stroke: "var(--ink)", strokeWidth: 2.5 }),
      Plot.dot(squares.filter(({ cell, isBest }) => cell.nearBest && !isBest), { ...corner(wide / 2 - 10), r: 2.8, fill: "var(--ink)" }),
      Plot.text(squares.filter(({ isRecommended }) => isRecommended), { ...corner(-(wide / 2 - 11)), text: () => "✓", fill: "var(--ink)", fontWeight: 700, fontSize: 13 }),
      Plot.text(squares, { ...at, dy: -2, text: (d: Square) => bare(fixed(d.cell.summary[metric].mean, digits)), fill: "var(--ink)", fontSize: 13, fontWeight: 600, fontVariant: "tabular-nums" }),
      Plot.text(squares, { ...at, dy: 13, text: (d: Square) => (d.cell.toReference ? bare(signed(d.cell.toReference.mean, digits)) : "reference"), fill: "var(--ink)", fontSize: 10, fontVariant: "tabular-nums" }),
    ],
  }, {
    heading,
    title: `Mean ${measure} by γ and class weights: ${heading}`,
    description: squares.map(({ cell, isBest }) => `${cell.name} ${fixed(cell.summary[metric].mean, digits)}${isBest ? ", the best" : cell.nearBest ? ", within noise of the best" : ""}`).join("; "),
  });
}

function alphaName({ alpha }: Cell): string {
  return typeof alpha === "number" ? `α = ${alpha}` : alpha;
}

function key(): Html {
  const sample = (drawing: Html, name: string) => html`<li><svg width="26" height="16" aria-hidden="true">${drawing}</svg>${name}</li>`;
  return html`<ul class="key">
${sample(html`<rect x="4" y="2" width="18" height="12" fill="var(--better)" fill-opacity="${DARKEST}"/>`, "better than cross-entropy")}
${sample(html`<rect x="4" y="2" width="18" height="12" fill="var(--worse)" fill-opacity="${DARKEST}"/>`, "worse")}
${sample(html`<rect x="4" y="2" width="18" height="12" fill="none" stroke="var(--ink)" stroke-width="2.5"/>`, "best mean")}
${sample(html`<circle cx="13" cy="8" r="3" fill="var(--ink)"/>`, "within noise of the best")}
${sample(html`<text x="7" y="13" font-size="14" font-weight="700" fill="var(--ink)">✓</text>`, "recommended")}</ul>`;
}
