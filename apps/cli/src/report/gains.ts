import * as Plot from "@observablehq/plot";
import type { Tuning } from "../tuning.ts";
import { shorten, signed } from "./format.ts";
import type { Html } from "./html.ts";
import { METRICS } from "./metric.ts";
import { figure, panel } from "./panel.ts";

/** Letters of a cell's name beside its row. */
const LABEL = 31;
/** Rows that can still be read at a glance; the table shows all. */
const MOST = 24;

/** Each cell's difference to cross-entropy with its interval, the best mean on top, the restart below. */
export function gains({ cells, metric, best, recommendation, selection }: Tuning, level: string): Html {
  const { name, better, digits } = METRICS[metric];
  const sign = better === "higher" ? 1 : -1;
  const ranked = cells.slice(2).sort((a, b) => sign * (b.toReference!.mean - a.toReference!.mean)).slice(0, MOST);
  const rows = [...ranked, cells[1]!].map((cell, i) => {
    const { mean, low = mean, high = mean } = cell.toReference!;
    const known = cell.toReference!.low !== undefined;
    const isFloor = i === ranked.length;
    return {
      name: cell.name, mean, low, high, beyond: known && (low > 0 || high < 0),
      color: isFloor ? "var(--faint)" : cell.name === recommendation.loss ? "var(--accent)" : "var(--ink)",
      text: `${cell.name} ${signed(mean, digits)}${known ? ` [${signed(low, digits)}, ${signed(high, digits)}]` : ""}`,
    };
  });
  const far = 1.08 * Math.max(...rows.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]), 1e-6);
  const power = 10 ** Math.floor(Math.log10(far));
  const tick = ([8, 6, 5, 4, 3, 2, 1].find((m) => m * power <= far) ?? 1) * power;
  const decimals = Math.max(0, -Math.floor(Math.log10(tick)));
  const labels = rows.map((row) => shorten(row.name, LABEL));
  const drawing = panel({
    width: 440, height: 66 + 24 * rows.length, marginLeft: 14 + 6 * Math.max(...labels.map((label) => label.length)), marginRight: 14,
    x: { domain: [-far, far], ticks: [-tick, 0, tick], tickFormat: (v: number) => signed(v, decimals), label: better === "higher" ? "better →" : "← better", labelAnchor: "center", labelArrow: "none", grid: true },
    y: { domain: rows.map((row) => row.name), label: null, tickFormat: (_: string, i: number) => labels[i]!, tickSize: 0 },
    marks: [
      Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.7 }),
      Plot.link(rows, { x1: "low", x2: "high", y: "name", stroke: "color", strokeWidth: 2.2 }),
      Plot.dot(rows, { x: "mean", y: "name", r: 4, stroke: "color", strokeWidth: 2, fill: (row: (typeof rows)[number]) => (row.beyond ? row.color : "var(--page)"), title: "text" }),
    ],
  }, { title: `Difference to cross-entropy in ${name}`, description: rows.map(({ text }) => text).join("; ") });
  const few = selection.gain.low === undefined;
  const beyond = rows.slice(0, -1).filter((row) => row.beyond);
  const up = beyond.filter(({ mean }) => sign * mean > 0).length;
  const notice = few ? `Difference to cross-entropy in ${name}; there are too few folds for intervals (--folds, --repeats), so it may be chance. The last row is cross-entropy again from other first weights: noise.`
    : `Difference to cross-entropy in ${name}, ${level} % intervals, which all hold at once with 95 %. ` +
    `${up === 0 ? "No interval lies" : up === 1 ? "One interval lies" : `${up} intervals lie`} wholly on the better side of 0 and ${beyond.length - up === 0 ? "none" : beyond.length - up} on the worse (filled dots). ` +
    `The last row is cross-entropy again from other first weights: noise.${cells.length - 2 > MOST ? ` The ${MOST} best of ${cells.length - 2} cells.` : ""}${best === cells[0]!.name ? " Cross-entropy itself has the best mean." : ""}`;
  return figure(notice, [drawing]);
}
