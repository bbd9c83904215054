import * as Plot from "@observablehq/plot";
import type { LossResult, Results } from "../results.ts";
import type { Player } from "./cast.ts";
import { referenceAndRecommended } from "./cast.ts";
import { count, percent, shorten } from "./format.ts";
import type { Html } from "./html.ts";
import { figure, panel } from "./panel.ts";

/** With more classes than this the cells are too small for numbers; the shade remains. */
const NUMBERED = 12;

/** What the rows of each class were taken for on the first split, for cross-entropy and the recommended loss. */
export function confusion({ data, recommendation }: Results, cast: readonly Player[]): Html | undefined {
  const pair = referenceAndRecommended(cast, recommendation.loss).filter(({ result }) => result.runs[0] !== undefined);
  if (pair.length === 0) return undefined;
  const names = data.classes.map(({ name }) => name);
  const panels = pair.map(({ result }) => {
    const matrix = result.runs[0]!.confusion;
    const mistakes = worstMistakes(matrix, names).slice(0, 3);
    return panel(matrixPlot(matrix, names), {
      heading: result.name,
      title: `Confusion matrix of ${result.name}`,
      description: mistakes.length === 0 ? "No row of the test part was mistaken." : `Most mistaken: ${mistakes.map(tell).join("; ")}.`,
    });
  });
  return figure(`First split, at argmax; the shade is the share of the true class. Mistakes: ${pair.map(({ result }) => summary(result, names)).join("; ")}.`, panels);
}

function matrixPlot(matrix: LossResult["runs"][number]["confusion"], names: readonly string[]): Plot.PlotOptions {
  const n = names.length;
  const cell = n <= 3 ? 92 : n <= NUMBERED ? Math.max(40, 300 / n) : Math.max(11, 440 / n);
  const label = (index: number) => shorten(names[index] ?? "", 14);
  const letters = Math.min(14, Math.max(...names.map((name) => name.length)));
  const left = 34 + 6.2 * letters;
  const turned = letters * 5.6 > 0.95 * cell;
  const below = turned ? left : 44;
  const cells = matrix.flatMap((row, truth) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value, predicted) => ({ truth, predicted, value, share: total === 0 ? 0 : value / total }));
  });
  const domain = names.map((_, index) => index);
  const axis = { type: "band", domain, tickFormat: label, tickSize: 0, padding: 0.06 } as const;
  return {
    width: left + n * cell + 20,
    height: 30 + n * cell + below,
    marginLeft: left,
    marginBottom: below,
    marginTop: 24,
    marginRight: 20,
    x: { ...axis, label: "predicted", labelAnchor: "center", labelArrow: "none", tickRotate: turned ? -50 : 0 },
    y: { ...axis, label: "true", labelAnchor: "top", labelArrow: "none" },
    marks: [
      Plot.cell(cells, {
        x: "predicted", y: "truth", fill: "var(--accent)", fillOpacity: (c: (typeof cells)[number]) => 0.05 + 0.95 * c.share,
        title: (c: (typeof cells)[number]) => `${names[c.truth]} taken for ${names[c.predicted]}: ${count(c.value)} (${percent(c.share)})`,
      }),
      Plot.text(n > NUMBERED ? [] : cells.filter(({ value }) => value > 0), {
        x: "predicted", y: "truth", text: (c: (typeof cells)[number]) => count(c.value), fontVariant: "tabular-nums",
        fill: (c: (typeof cells)[number]) => (c.share > 0.6 ? "var(--on-accent)" : "var(--ink)"),
        fontSize: n <= 3 ? 14 : 11,
      }),
    ],
    color: { type: "identity" },
    opacity: { type: "identity" },
  };
}

interface Mistake {
  readonly truth: string;
  readonly predicted: string;
  readonly value: number;
  readonly total: number;
}

/** Pairs of classes by the share of the true one that went to the other. */
function worstMistakes(matrix: readonly (readonly number[])[], names: readonly string[]): Mistake[] {
  const all = matrix.flatMap((row, i) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value, j) => ({ truth: names[i] ?? "", predicted: names[j] ?? "", value: i === j ? 0 : value, total }));
  });
  return all.filter(({ value }) => value > 0).sort((a, b) => b.value / b.total - a.value / a.total);
}

function tell({ truth, predicted, value, total }: Mistake): string {
  return `${count(value)} of ${count(total)} “${shorten(truth, 30)}” taken for “${shorten(predicted, 30)}”`;
}

function summary(result: LossResult, names: readonly string[]): string {
  const matrix = result.runs[0]!.confusion;
  const wrong = matrix.flatMap((row, i) => row.filter((_, j) => j !== i)).reduce((sum, value) => sum + value, 0);
  const worst = worstMistakes(matrix, names)[0];
  return `${count(wrong)} with ${result.name}${worst === undefined ? "" : ` (the largest share: ${tell(worst)})`}`;
}
