import * as Plot from "@observablehq/plot";
import type { Results, Run } from "../results.ts";
import type { Player } from "./cast.ts";
import { count, fixed, shorten, signed } from "./format.ts";
import type { Html } from "./html.ts";
import { figure, lossKey, panel, UNIT } from "./panel.ts";

/** Rows of the dot plots; rarer classes come first. */
const MOST = 30;
type Rate = keyof Run["perClass"][number];
const PANELS: readonly { readonly rate: Rate; readonly heading: string }[] = [
  { rate: "recall", heading: "Recall at argmax" },
  { rate: "precision", heading: "Precision at argmax" },
  { rate: "recallTuned", heading: "Recall, tuned thresholds" },
  { rate: "precisionTuned", heading: "Precision, tuned thresholds" },
];

/** Recall and precision of each class, one dot per loss: who is found, and at whose cost. */
export function perClass({ data, protocol }: Results, cast: readonly Player[]): Html {
  const order = data.classes.map((c, index) => ({ ...c, index })).sort((a, b) => a.count - b.count);
  const classes = order.slice(0, MOST).map((c) => ({ ...c, label: `${shorten(c.name, 18)} (${count(c.count)})` }));
  const dodge = classes.length > 12 ? 3 : 6;
  const rowHeight = dodge * cast.length + 1.7 * dodge;
  const panels = PANELS.map(({ rate, heading }) => {
    const dots = classes.flatMap((c) => cast.map(({ result }, i) => ({ ...c, i, name: result.name, value: meanRate(result.runs, c.index, rate) })));
    return panel({
      height: 60 + rowHeight * classes.length,
      marginLeft: 12 + 6.2 * Math.max(...classes.map(({ label }) => label.length)),
      marginRight: 16,
      marginBottom: 40,
      x: { ...UNIT, label: rate.startsWith("recall") ? "recall" : "precision", labelAnchor: "center", labelArrow: "none", grid: true },
      y: { type: "point", domain: classes.map(({ index }) => index), tickFormat: (index: number) => classes.find((c) => c.index === index)!.label, label: null, tickSize: 0, padding: 0.5 },
      marks: [
        Plot.ruleY(classes.slice(1), { y: "index", stroke: "currentColor", strokeOpacity: 0.12, dy: -rowHeight / 2 }),
        ...cast.map(({ color, role }, i) => Plot.dot(dots.filter((dot) => dot.i === i), {
          x: "value", y: "index", dy: dodge * (i - (cast.length - 1) / 2), r: role === "reference" ? dodge / 3 + 2 : dodge / 3 + 1.5,
          fill: role === "noise floor" ? "var(--page)" : color, stroke: color, strokeWidth: 1.5,
          title: (dot: (typeof dots)[number]) => `${dot.name}: ${fixed(dot.value, 3)}`,
        })),
      ],
    }, {
      heading,
      title: `${heading} by class and loss`,
      description: classes.map((c) => `${c.name}: ${cast.map(({ result }) => `${result.name} ${fixed(meanRate(result.runs, c.index, rate), 2)}`).join(", ")}`).join("; "),
    });
  });
  return figure(notice(classes, cast, protocol.repeats, order.length), panels, { key: lossKey(cast, "dot"), pairs: true });
}

function notice(classes: readonly { name: string; index: number }[], cast: readonly Player[], repeats: number, all: number): string {
  const [reference, ...others] = cast;
  const moves = others.filter(({ role }) => role === "candidate").flatMap(({ result }) => classes.map(({ name, index }) => {
    const change = (rate: Rate) => meanRate(result.runs, index, rate) - meanRate(reference!.result.runs, index, rate);
    return { name, loss: result.name, recall: change("recall"), precision: change("precision") };
  }));
  const largest = moves.filter((m) => Number.isFinite(m.recall)).sort((a, b) => Math.abs(b.recall) - Math.abs(a.recall))[0];
  const scope = `${all > MOST ? `The ${MOST} rarest of ${all} classes, r` : "R"}arest first${repeats > 1 ? `, means over ${repeats} splits` : ""}. `;
  if (largest === undefined) return scope;
  return `${scope}The largest change of recall against cross-entropy at argmax: ${signed(largest.recall, 2)} for “${shorten(largest.name, 40)}” with ${largest.loss}, where precision changes by ${signed(largest.precision, 2)}.`;
}

function meanRate(runs: readonly Run[], index: number, rate: Rate): number {
  const values = runs.map((run) => run.perClass[index]?.[rate] ?? NaN).filter(Number.isFinite);
  return values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
