import * as Plot from "@observablehq/plot";
import type { CumulativePoint, LossProfile } from "focal-loss/evaluate";
import type { Explanation } from "../explanation.ts";
import { count, percent, shorten } from "./format.ts";
import type { Html } from "./html.ts";
import type { LossLook } from "./lossLooks.ts";
import { figure, keyOf, panel } from "./panel.ts";

/** Classes drawn; the rarest come first. */
const MOST = 8;
/** The share of examples that the text tells about. */
const HARDEST = 0.1;

/** The paper's figure 4: cumulative share of each class's loss over its examples, from easy to hard, at several γ. */
export function cumulative({ classes, diagnosis }: Explanation, looks: readonly LossLook[]): Html {
  // Class weights change no curve: of losses that differ in nothing else, one is drawn.
  const drawn = looks.filter(({ profile }, i) => looks.findIndex((other) => sameCurve(other.profile, profile)) === i);
  const order = [...diagnosis.classes].sort((a, b) => a.examples - b.examples);
  const panels = order.slice(0, MOST).map((group) => {
    const curveOf = ({ profile }: LossLook) => profile.classes.find((k) => k.class === group.class)!.curve;
    return panel({
      height: 290,
      marginLeft: 48,
      marginRight: 28,
      x: { domain: [0, 1], ticks: 5, tickFormat: percent, label: "rows of the class, easiest first", labelAnchor: "center", labelArrow: "none" },
      y: { domain: [0, 1], ticks: 5, tickFormat: percent, label: "cumulative share of its loss", labelArrow: "none", grid: true },
      marks: [
        Plot.line([[0, 0], [1, 1]], { stroke: "currentColor", strokeOpacity: 0.45, strokeDasharray: "1 3" }),
        ...drawn.map((look) => Plot.line(curveOf(look), { x: "examples", y: "loss", stroke: look.color, strokeWidth: look.strokeWidth, strokeDasharray: look.dash })),
      ],
    }, {
      heading: `${shorten(classes[group.class]!, 40)} (${count(group.examples)} rows)`,
      title: `Cumulative loss of class ${classes[group.class]!}`,
      description: `Share of the loss in the hardest ${percent(HARDEST)} of rows: ${drawn.map((look) => `${look.name} ${percent(inHardest(curveOf(look)))}`).join(", ")}.`,
    });
  });
  const largest = order.at(-1)!, [first, last] = [drawn[0]!, drawn.at(-1)!];
  const shareIn = ({ profile }: LossLook) => percent(inHardest(profile.classes.find((k) => k.class === largest.class)!.curve));
  const notice = `Of “${shorten(classes[largest.class]!, 40)}”, the largest class, the hardest ${percent(HARDEST)} of the rows make ${shareIn(first)} of its loss under ${first.name} and ${shareIn(last)} under ${last.name}. ` +
    `On the dotted line every row would count the same.${order.length > MOST ? ` Drawn are the ${MOST} rarest of ${order.length} classes.` : ""}`;
  return figure(notice, panels, { key: keyOf(drawn, drawn.map(({ name }) => name)) });
}

const sameCurve = (a: LossProfile, b: LossProfile): boolean => a.name === b.name && JSON.stringify(a.parameters) === JSON.stringify(b.parameters);

function inHardest(curve: readonly CumulativePoint[]): number {
  const after = curve.findIndex(({ examples }) => examples >= 1 - HARDEST), b = curve[after]!, a = curve[after - 1] ?? b;
  const within = b.examples > a.examples ? (1 - HARDEST - a.examples) / (b.examples - a.examples) : 1;
  return 1 - (a.loss + within * (b.loss - a.loss));
}
