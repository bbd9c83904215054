import * as Plot from "@observablehq/plot";
import { FEWEST } from "../experiment/intervals.ts";
import type { Metric, Results } from "../results.ts";
import type { Player } from "./cast.ts";
import { differenceAndInterval, shorten, signed } from "./format.ts";
import type { Html } from "./html.ts";
import { METRICS } from "./metric.ts";
import { figure, panel } from "./panel.ts";
import { countVerdicts, verdict } from "./verdict.ts";

/** Letters of a loss's name beside its row. */
const LABEL = 24;
const SHOWN: readonly Metric[] = ["averagePrecision", "macroF1", "macroF1Tuned", "brier"];

/** Each loss's paired difference to cross-entropy with its interval, one panel per metric; zero is no difference. */
export function differences({ protocol, losses }: Results, cast: readonly Player[]): Html {
  const colors = new Map(cast.map(({ result, color }) => [result, color]));
  const panels = SHOWN.map((metric) => {
    const rows = losses.slice(1).flatMap((result) => {
      const { difference } = result.summary[metric];
      const color = colors.get(result) ?? "var(--soft)";
      if (difference === undefined || !Number.isFinite(difference.mean)) return [];
      const { mean, low = mean, high = mean } = difference;
      return [{ name: result.name, color, mean, low, high, text: differenceAndInterval(metric, difference), judged: verdict(metric, difference) }];
    });
    const { name, better } = METRICS[metric];
    const names = rows.map((row) => row.name);
    const labels = names.map((text) => shorten(text, LABEL));
    const far = 1.08 * Math.max(...rows.flatMap(({ low, high, mean }) => [low, high, mean].map(Math.abs)), 1e-6);
    const power = 10 ** Math.floor(Math.log10(far));
    const tick = ([8, 6, 5, 4, 3, 2, 1].find((m) => m * power <= far) ?? 1) * power;
    const decimals = Math.max(0, -Math.floor(Math.log10(tick)));
    return panel({
      height: 66 + 26 * rows.length,
      marginLeft: 14 + 6 * Math.max(...labels.map((label) => label.length), 0),
      marginRight: 14,
      marginBottom: 40,
      x: { domain: [-far, far], ticks: [-tick, 0, tick], tickFormat: (v: number) => signed(v, decimals), label: better === "higher" ? "better →" : "← better", labelAnchor: "center", labelArrow: "none", grid: true },
      y: { domain: names, label: null, tickFormat: (_: string, i: number) => labels[i]!, tickSize: 0 },
      marks: [
        Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.7 }),
        Plot.link(rows, { x1: "low", x2: "high", y: "name", stroke: "color", strokeWidth: 2.5 }),
        Plot.dot(rows, {
          x: "mean", y: "name", r: 4.5, stroke: "color", strokeWidth: 2,
          fill: (row: (typeof rows)[number]) => (row.judged === "none" ? "var(--page)" : row.color),
          title: (row: (typeof rows)[number]) => `${row.name}: ${row.text}`,
        }),
      ],
    }, {
      heading: name,
      title: `Difference to cross-entropy in ${name}`,
      description: rows.map((row) => `${row.name} ${row.text}`).join("; "),
    });
  });
  const { compared, better, worse } = countVerdicts(losses.slice(2), SHOWN);
  const notice = protocol.repeats < FEWEST
    ? `${protocol.repeats === 1 ? "One split gives" : `${protocol.repeats} splits give`} points without intervals: how far the restart lies from 0 is the only hint at the noise.`
    : better + worse === 0
      ? `None of the ${compared} intervals of the other losses excludes 0; the restart's shows how far chance alone goes.`
      : `Of ${compared} intervals of the other losses, ${better === 0 ? "none lies" : better === 1 ? "1 lies" : `${better} lie`} wholly on the better side of 0 and ${worse === 0 ? "none" : worse} on the worse side (filled dots); the restart's shows how far chance alone goes.`;
  const rest = cast.length === losses.length ? "" : ` The figures below draw ${cast.length} of the ${losses.length} losses: cross-entropy, its restart, the recommended one and those of highest average precision.`;
  return figure(notice + rest, panels, { pairs: true });
}
