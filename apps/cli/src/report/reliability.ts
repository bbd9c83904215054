import * as Plot from "@observablehq/plot";
import type { Curves } from "../results.ts";
import type { Player } from "./cast.ts";
import { fixed } from "./format.ts";
import type { Html } from "./html.ts";
import { figure, keyOf, panel, UNIT } from "./panel.ts";
import type { PanelText } from "./panel.ts";

const LOOKS = {
  raw: { color: "var(--c2)", dash: "4 3", strokeWidth: 1.2 },
  recovered: { color: "var(--c1)", dash: "none", strokeWidth: 1.5 },
} as const;

/** Observed over predicted frequency, one panel per loss: what a score means before and after posterior recovery. */
export function reliability(cast: readonly Player[]): Html | undefined {
  const drawn = cast.filter(({ role }) => role !== "noise floor").flatMap((player) => {
    const curves = player.result.runs[0]?.curves?.reliability;
    return curves === undefined ? [] : [{ player, curves }];
  });
  if (drawn.length === 0) return undefined;
  const panels = drawn.map(({ player, curves }) => {
    const { eceRaw, ece } = player.result.summary;
    return reliabilityPanel(curves, {
      heading: player.result.name,
      title: `Reliability of ${player.result.name}`,
      description: `Calibration error ${fixed(eceRaw.mean, 4)} raw, ${fixed(ece.mean, 4)} recovered, mean over the splits.`,
    });
  });
  return figure(notice(drawn.map(({ player }) => player)), panels, { key: reliabilityKey(["raw", "recovered"]) });
}

/** Observed over predicted frequency of raw scores, of recovered probabilities, or of both. */
export function reliabilityPanel(curves: Curves["reliability"], text: PanelText): Html {
  return panel({
    width: 252,
    height: 250,
    marginLeft: 42,
    x: { ...UNIT, label: "predicted probability", labelAnchor: "center", labelArrow: "none" },
    y: { ...UNIT, label: "observed frequency", labelArrow: "none", grid: true },
    r: { range: [1.5, 6], type: "sqrt" },
    marks: [
      Plot.line([[0, 0], [1, 1]], { stroke: "currentColor", strokeOpacity: 0.45 }),
      ...curves.flatMap(({ scores, bins }) => marks(bins, LOOKS[scores])),
    ],
  }, text);
}

const NAMES = { raw: "raw scores", recovered: "recovered probabilities" } as const;

export function reliabilityKey(shown: readonly (keyof typeof LOOKS)[]): Html {
  return keyOf(shown.map((scores) => LOOKS[scores]), shown.map((scores, i) => (i === shown.length - 1 ? `${NAMES[scores]}; larger dots hold more rows` : NAMES[scores])));
}

function marks(bins: Curves["reliability"][number]["bins"], { color, dash, strokeWidth }: (typeof LOOKS)[keyof typeof LOOKS]) {
  const filled = bins.filter((bin) => bin.count > 0);
  return [
    Plot.line(filled, { x: "predicted", y: "observed", stroke: color, strokeOpacity: 0.7, strokeDasharray: dash, strokeWidth }),
    Plot.dot(filled, {
      x: "predicted", y: "observed", r: "count", fill: color, fillOpacity: 0.8,
      title: (bin: (typeof bins)[number]) => `predicted ${fixed(bin.predicted, 3)}, observed ${fixed(bin.observed, 3)}, ${bin.count} scores`,
    }),
  ];
}

function notice(players: readonly Player[]): string {
  const judged = players.filter(({ result }) => Number.isFinite(result.summary.eceRaw.mean));
  const worst = [...judged].sort((a, b) => b.result.summary.eceRaw.mean - a.result.summary.eceRaw.mean)[0];
  if (worst === undefined) return "First split. On the diagonal a score is the frequency it promises.";
  const { eceRaw, ece } = worst.result.summary;
  return `First split. On the diagonal a score is the frequency it promises. Farthest from it before recovery: ${worst.result.name}, calibration error ${fixed(eceRaw.mean, 3)}, after recovery ${fixed(ece.mean, 3)}.`;
}
