import * as Plot from "@observablehq/plot";
import { fixed, percent, shorten } from "../../report/format.ts";
import type { Html } from "../../report/html.ts";
import { figure, keyOf, panel, UNIT } from "../../report/panel.ts";
import type { DetectResults, Moment, Point } from "../results.ts";
import { looksOf, type LossLook } from "./looks.ts";

/** Classes whose curves are drawn. */
const MOST = 6;

const key = (looks: readonly LossLook[]): Html => keyOf(looks, looks.map(({ loss }) => loss.recipe.name));

/** Class and box loss by step: every repeat a thin line, the first a thick one. */
export function lossCurves(results: DetectResults): Html {
  const looks = looksOf(results), last = results.training.steps;
  const lines = looks.flatMap((look) => look.loss.runs.map((run, repeat) => ({ look, run, repeat }))).reverse();
  const drawn = (heading: string, value: (moment: Moment) => number): Html => panel({
    height: 280, marginLeft: 50,
    x: { domain: [0, last], label: "step", labelAnchor: "center", labelArrow: "none", ticks: 5 },
    y: { type: "log", label: "÷ its value at the beginning", labelArrow: "none", grid: true, ticks: [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001, 1e-4], tickFormat: (v: number) => String(v) },
    marks: lines.map(({ look, run, repeat }) => {
      const first = value(run.history[0]!);
      return Plot.line(run.history.filter((moment) => value(moment) > 0), {
        x: "step", y: (moment: Moment) => value(moment) / first, stroke: look.color, strokeDasharray: look.dash, strokeWidth: repeat === 0 ? look.strokeWidth : 1, strokeOpacity: repeat === 0 ? 1 : 0.3,
      });
    }),
  }, {
    heading, title: `${heading} by step`,
    description: looks.map(({ loss }) => `${loss.recipe.name}: from ${fixed(value(loss.runs[0]!.history[0]!), 2)} to ${fixed(value(loss.runs[0]!.history.at(-1)!), 3)}`).join("; "),
  });
  return figure("Losses differ in their unit, so each is drawn relative to its own beginning.", [drawn("Class loss", ({ classLoss }) => classLoss), drawn("Box loss", ({ boxLoss }) => boxLoss)], { key: key(looks), pairs: true });
}

/** How much of the class loss background makes that is told apart already. */
export function easyCurves(results: DetectResults): Html {
  const looks = looksOf(results);
  const at = looks.map(({ loss }) => ({ name: loss.recipe.name, easy: loss.runs.reduce((sum, run) => sum + run.easy, 0) / loss.runs.length }));
  return figure(`Easy background: anchors on nothing that are called an object with a probability below 0.1. Over the last tenth of training they make ${at.map(({ name, easy }) => `${percent(easy)} of the class loss of ${name}`).join(", ")}.`, [
    panel({
      width: 560, height: 300, marginLeft: 50,
      x: { domain: [0, results.training.steps], label: "step", labelAnchor: "center", labelArrow: "none", ticks: 6 },
      y: { domain: [0, 1], tickFormat: percent, ticks: [0, 0.25, 0.5, 0.75, 1], label: "share of the class loss", labelArrow: "none", grid: true },
      marks: [...looks].reverse().map(({ loss, color, dash, strokeWidth }) => Plot.line(loss.runs[0]!.history, { x: "step", y: "easy", stroke: color, strokeDasharray: dash, strokeWidth })),
    }, { title: "Share of the class loss from easy background, by step", description: at.map(({ name, easy }) => `${name}: ${percent(easy)} at the end`).join("; ") }),
  ], { key: key(looks) });
}

/** Precision over recall at an IoU of one half, on the first repeat's held-out pictures. */
export function curves(results: DetectResults): Html | undefined {
  const looks = looksOf(results), { classes } = results.data;
  if (looks[0]!.loss.runs[0]!.curves === undefined) return undefined;
  const order = classes.map(({ name, boxes }, c) => ({ name, boxes, c })).sort((a, b) => b.boxes - a.boxes).slice(0, MOST);
  const pointsOf = ({ loss }: LossLook, c: number): readonly Point[] => loss.runs[0]!.curves?.[c] ?? [];
  const panels = order.map(({ name, c }) => panel({
    ...(order.length === 1 ? { width: 440, height: 320 } : { width: 252, height: 230 }), marginLeft: 42, marginRight: 12,
    x: { ...UNIT, label: "recall", labelAnchor: "center", labelArrow: "none" }, y: { ...UNIT, label: "precision", labelArrow: "none", grid: true },
    marks: [...looks].reverse().map((look) => Plot.line(pointsOf(look, c), { x: "recall", y: "precision", stroke: look.color, strokeDasharray: look.dash, strokeWidth: look.strokeWidth })),
  }, {
    heading: shorten(name, 60), title: `Precision over recall of ${name}`,
    description: looks.map((look) => `${look.loss.recipe.name}: recall up to ${fixed(Math.max(0, ...pointsOf(look, c).map(({ recall }) => recall)), 2)}`).join("; "),
  }));
  return figure(`First repeat, at an IoU of 0.5${classes.length > MOST ? `; the ${MOST} classes with the most boxes of ${classes.length}` : ""}. Where a curve ends, the rest was not found.`, panels, { key: key(looks) });
}
