import * as Plot from "@observablehq/plot";
import type { Curves, Results } from "../results.ts";
import type { Player } from "./cast.ts";
import { count, fixed, shorten } from "./format.ts";
import type { Html } from "./html.ts";
import { figure, lossKey, panel, UNIT } from "./panel.ts";

/** More classes than this are not drawn; the rarest are what the losses differ on. */
const MOST = 8;
type Point = Curves["pr"][number]["points"][number];

/** Precision over recall, one panel per class, all losses in each. Nothing where no run kept its curves. */
export function precisionRecall({ data }: Results, cast: readonly Player[]): Html | undefined {
  const drawn = cast.flatMap((player) => {
    const curves = player.result.runs[0]?.curves?.pr;
    return curves === undefined ? [] : [{ player, curves }];
  });
  const rows = new Map(data.classes.map(({ name, count: n }) => [name, n]));
  const classes = (drawn[0]?.curves ?? []).map((curve) => curve.class).sort((a, b) => (rows.get(a) ?? 0) - (rows.get(b) ?? 0));
  if (classes.length === 0) return undefined;
  const panels = classes.slice(0, MOST).map((name) => {
    const lines = drawn.map(({ player, curves }) => ({ player, points: curves.find((curve) => curve.class === name)?.points ?? [] }));
    const n = rows.get(name) ?? 0;
    const share = n / data.rows;
    return panel({
      ...(classes.length === 1 ? { width: 440, height: 320 } : { width: 252, height: 230 }),
      marginLeft: 42,
      marginRight: 12,
      x: { ...UNIT, label: "recall", labelAnchor: "center", labelArrow: "none" },
      y: { ...UNIT, label: "precision", labelArrow: "none", grid: true },
      marks: [
        Plot.ruleY([share], { stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "1 3", title: () => `share of the class: ${fixed(share, 4)}` }),
        ...[...lines].reverse().map(({ player, points }) => Plot.line(points, {
          x: "recall", y: "precision", stroke: player.color, strokeWidth: player.strokeWidth, strokeDasharray: player.dash,
        })),
      ],
    }, {
      heading: `${shorten(name, 60)} (${count(n)} rows)`,
      title: `Precision over recall of class ${name}`,
      description: `Precision at recall 0.5: ${lines.map(({ player, points }) => `${player.result.name} ${fixed(precisionAt(points, 0.5), 2)}`).join(", ")}.`,
    });
  });
  const rarest = classes[0]!;
  const ranked = drawn
    .map(({ player, curves }) => ({ name: player.result.name, at: precisionAt(curves.find((c) => c.class === rarest)?.points ?? [], 0.5) }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  const [worst, best] = [ranked[0], ranked.at(-1)];
  const notice = `${classes.length > MOST ? `The ${MOST} rarest of ${classes.length} classes, first split. ` : "First split. "}` +
    (worst && best && best.at - worst.at >= 0.005
      ? `Where half of ${quoted(rarest)}${classes.length > 1 ? ", the rarest class," : ""} is found, precision runs from ${fixed(worst.at, 2)} (${worst.name}) to ${fixed(best.at, 2)} (${best.name}). `
      : `Where half of ${quoted(rarest)} is found, all losses have the same precision. `) +
    "The dotted line is what guessing gives.";
  return figure(notice, panels, { key: lossKey(cast) });
}

/** The best precision at this recall or beyond. */
function precisionAt(points: readonly Point[], recall: number): number {
  const reached = points.filter((point) => point.recall >= recall).map((point) => point.precision);
  return reached.length === 0 ? NaN : Math.max(...reached);
}

function quoted(name: string): string {
  return `“${shorten(name, 40)}”`;
}
