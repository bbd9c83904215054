import * as Plot from "@observablehq/plot";
import type { Curves, Results } from "../results.ts";
import type { Player } from "./cast.ts";
import { percent, shorten } from "./format.ts";
import type { Html } from "./html.ts";
import { figure, lossKey, panel } from "./panel.ts";

const MOST = 8;
/** The share of rows that the text tells about. */
const HARDEST = 0.1;
type Point = Curves["difficulty"][number]["points"][number];

/** Share of the gradient over training rows from easy to hard, as in the paper's figure 4: where each loss spends its effort. */
export function difficulty({ data }: Results, cast: readonly Player[]): Html | undefined {
  const drawn = cast.flatMap((player) => {
    const curves = player.result.runs[0]?.curves?.difficulty;
    return curves === undefined || player.role === "noise floor" ? [] : [{ player, curves }];
  });
  const sizes = new Map(data.classes.map(({ name, count }) => [name, count]));
  const groups = (drawn[0]?.curves ?? []).map(({ group }) => group).sort((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0));
  if (groups.length === 0) return undefined;
  const at = (curves: Curves["difficulty"], group: string) => curves.find((curve) => curve.group === group)?.points ?? [];
  const panels = groups.slice(0, MOST).map((group) => panel({
    height: 270,
    marginLeft: 48,
    marginRight: 28,
    x: { domain: [0, 1], ticks: 5, tickFormat: percent, label: "training rows, easiest first", labelAnchor: "center", labelArrow: "none" },
    y: { domain: [0, 1], ticks: 5, tickFormat: percent, label: "share of the gradient", labelArrow: "none", grid: true },
    marks: [
      Plot.line([[0, 0], [1, 1]], { stroke: "currentColor", strokeOpacity: 0.45, strokeDasharray: "1 3" }),
      ...[...drawn].reverse().map(({ player, curves }) => Plot.line(at(curves, group), {
        x: "examples", y: "gradient", stroke: player.color, strokeWidth: player.strokeWidth, strokeDasharray: player.dash,
      })),
    ],
  }, {
    heading: shorten(group, 60),
    title: `Cumulative share of the gradient, ${group}`,
    description: `Share of the gradient from the hardest ${percent(HARDEST)} of rows: ${drawn.map(({ player, curves }) => `${player.result.name} ${percent(shareAt(at(curves, group)))}`).join(", ")}.`,
  }));
  const steps = groups.flatMap((group) => {
    const [reference, ...others] = drawn.map(({ player, curves }) => ({ group, name: player.result.name, share: shareAt(at(curves, group)) }));
    return others.map((other) => ({ ...other, from: reference!.share, step: Math.abs(other.share - reference!.share) }));
  });
  const largest = steps.filter(({ step }) => Number.isFinite(step)).sort((a, b) => b.step - a.step)[0];
  const notice = `First split, at the chosen epoch. ${largest === undefined ? "" : `The largest shift: the hardest ${percent(HARDEST)} of the training rows of “${shorten(largest.group, 40)}” make ${percent(largest.from)} of their gradient under cross-entropy and ${percent(largest.share)} under ${largest.name}. `}`;
  return figure(`${notice}On the dotted line every row would count the same.`, panels, { key: lossKey(drawn.map(({ player }) => player)) });
}

/** What the hardest rows make up: all but the share of the others. */
function shareAt(points: readonly Point[]): number {
  const after = points.findIndex(({ examples }) => examples >= 1 - HARDEST);
  if (after < 0) return NaN;
  const b = points[after]!;
  const a = points[after - 1] ?? { examples: 0, gradient: 0 };
  const easier = b.examples === a.examples ? b.gradient : a.gradient + ((1 - HARDEST - a.examples) / (b.examples - a.examples)) * (b.gradient - a.gradient);
  return 1 - easier;
}
