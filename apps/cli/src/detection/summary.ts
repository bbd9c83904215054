import stringWidth from "fast-string-width";
import { count, fixed, oneTo, percent, signed } from "../report/format.ts";
import { colorsFor } from "../terminal/colors.ts";
import { pad, plain, wrap } from "../terminal/text.ts";
import { METRICS, type DetectResults, type LossResult, type Metric } from "./results.ts";

const WIDEST = 100;

/** The results for the terminal: what was learnt from, a line for each loss, and what that supports. */
export function renderDetectSummary(results: DetectResults, stream: { readonly isTTY?: boolean; readonly columns?: number }): string {
  const colors = colorsFor(stream), width = Math.min(Math.max(stream.columns ?? WIDEST, 40), WIDEST);
  const { data, anchors, losses, training, headline, advice, notes } = results;
  const about = [
    data.about.size, data.about.split,
    `Anchors: ${data.about.anchors} ${count(anchors.count)} on a picture, of which ${fixed(anchors.positives, 1)} are of an object: ${oneTo(anchors.background / anchors.positives)}.`,
  ];
  const paragraphs = [
    about.map((line) => wrap(plain(line), width)).join("\n"),
    table(losses, training.repeats).map((line, i) => (i === 0 ? colors.bold(line) : line)).join("\n"),
    colors.dim(wrap(`${training.repeats > 1 ? `Mean ± sd over ${training.repeats} repeats. ` : ""}Easy: share of the class loss from background anchors with p < 0.1, over the last tenth of training.`, width)),
    colors.bold(wrap(plain(headline), width)), wrap(plain(advice), width),
    notes.map((note) => wrap(`· ${plain(note)}`, width, "  ")).join("\n"),
  ];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

function table(losses: readonly LossResult[], repeats: number): string[] {
  const bare = (text: string): string => text.replace(/(?<!\d)0\./, ".");
  const value = ({ summary }: LossResult, metric: Metric): string => {
    const { mean, sd } = summary[metric];
    return `${bare(fixed(mean, 3))}${repeats > 1 && Number.isFinite(sd) ? ` ±${bare(fixed(sd, 3))}` : ""}`;
  };
  const shown: readonly Metric[] = ["ap50", "ap", "recall"];
  const rows = [
    ["loss", ...shown.map((metric) => METRICS[metric].name), ...(losses.length > 1 ? ["AP50 to first"] : []), "easy", "seconds"],
    ...losses.map((loss) => [
      plain(loss.recipe.name), ...shown.map((metric) => value(loss, metric)),
      ...(losses.length > 1 ? [loss.summary.ap50.difference ? bare(signed(loss.summary.ap50.difference.mean, 3)) : ""] : []),
      percent(loss.runs.reduce((sum, { easy }) => sum + easy, 0) / loss.runs.length), fixed(loss.summary.seconds.mean, 0),
    ]),
  ];
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => stringWidth(row[c]!))));
  return rows.map((row) => row.map((text, c) => pad(text, widths[c]!, c === 0 ? "left" : "right")).join("  ").trimEnd());
}
