import * as Plot from "@observablehq/plot";
import type { Explanation } from "../explanation.ts";
import { count, percent, shorten } from "./format.ts";
import type { Html } from "./html.ts";
import type { LossLook } from "./lossLooks.ts";
import { dot, figure, keyOf, panel } from "./panel.ts";

/** Rows of the dot plots; rarer classes come first. */
const MOST = 30;
const ROWS = { color: "var(--faint)", dash: "none", strokeWidth: 1.5 };

/** A group of examples: its share of the rows, and of the gradient under each loss. */
interface Group {
  readonly label: string;
  readonly rows: number;
  readonly gradient: readonly number[];
}

/** Who the gradient comes from: each loss's share by class and by difficulty, beside the share of the rows. */
export function shares({ classes, diagnosis }: Explanation, looks: readonly LossLook[]): Html {
  const order = [...diagnosis.classes].sort((a, b) => a.examples - b.examples).slice(0, MOST);
  const byClass = order.map((group): Group => ({
    label: `${shorten(classes[group.class]!, 18)} (${count(group.examples)})`, rows: group.share,
    gradient: looks.map(({ profile }) => profile.classes.find((k) => k.class === group.class)!.gradient),
  }));
  const byDifficulty = looks[0]!.profile.difficulty.map((bin, b): Group => ({
    label: `${bin.from} to ${bin.to}`, rows: bin.examples, gradient: looks.map(({ profile }) => profile.difficulty[b]!.gradient),
  }));
  const explained = looks.findIndex((look) => look.explained), plain = looks.findIndex(({ name }) => name === "cross-entropy");
  const easy = (i: number) => looks[i]!.profile.difficulty.filter(({ from }) => from >= 0.9).reduce((sum, bin) => sum + bin.gradient, 0);
  const rarest = byClass[0]!;
  const notice = `Examples with pₜ ≥ 0.9 are ${percent(byDifficulty.slice(3).reduce((sum, bin) => sum + bin.rows, 0))} of the rows and make ${percent(easy(plain))} of the gradient under cross-entropy` +
    `${explained === plain ? "" : `, ${percent(easy(explained))} under ${looks[explained]!.name}`}. ` +
    `“${shorten(classes[order[0]!.class]!, 40)}”, the rarest class, is ${percent(rarest.rows)} of the rows and makes ${percent(rarest.gradient[plain]!)} of it${explained === plain ? "" : `, ${percent(rarest.gradient[explained]!)} under ${looks[explained]!.name}`}.`;
  const key = keyOf([ROWS, ...looks], ["share of the rows", ...looks.map(({ name }) => name)], (look) => dot(look, look === ROWS));
  const dodge = byClass.length > 12 ? 3 : 6, rowHeight = dodge * (looks.length + 1) + 1.7 * dodge;
  const place = { dodge, height: rowHeight * Math.max(byClass.length, byDifficulty.length) };
  return figure(notice, [dots(byClass, looks, place, "By class"), dots(byDifficulty, looks, place, "By difficulty pₜ")], { key, pairs: true });
}

function dots(groups: readonly Group[], looks: readonly LossLook[], { dodge, height }: { readonly dodge: number; readonly height: number }, heading: string): Html {
  const marks = (look: { color: string }, i: number, share: (group: Group) => number, name: string, hollow: boolean) => Plot.dot(groups, {
    x: share, y: "label", dy: dodge * (i - looks.length / 2), r: dodge / 3 + 1.5, stroke: look.color, strokeWidth: 1.5,
    fill: hollow ? "var(--page)" : look.color, title: (group: Group) => `${name}: ${percent(share(group))}`,
  });
  return panel({
    height: 62 + height,
    marginLeft: 12 + 6.2 * Math.max(...groups.map(({ label }) => label.length)),
    marginRight: 24,
    x: { domain: [0, 1], ticks: [0, 0.5, 1], tickFormat: percent, label: "share of the gradient", labelAnchor: "center", labelArrow: "none", grid: true },
    y: { type: "point", domain: groups.map(({ label }) => label), label: null, tickSize: 0, padding: 0.5 },
    marks: [
      Plot.ruleY(groups.slice(1), { y: "label", stroke: "currentColor", strokeOpacity: 0.12, dy: -height / groups.length / 2 }),
      marks(ROWS, 0, (group) => group.rows, "share of the rows", true),
      ...looks.map((look, i) => marks(look, i + 1, (group) => group.gradient[i]!, look.name, false)),
    ],
  }, {
    heading,
    title: `Share of the gradient: ${heading}`,
    description: groups.map((group) => `${group.label}: ${percent(group.rows)} of the rows, ${looks.map(({ name }, i) => `${name} ${percent(group.gradient[i]!)}`).join(", ")}`).join("; "),
  });
}
