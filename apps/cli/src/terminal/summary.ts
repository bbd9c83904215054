import stringWidth from "fast-string-width";
import { FEWEST } from "../experiment/intervals.ts";
import { fixed, signed } from "../report/format.ts";
import { METRICS } from "../report/metric.ts";
import { SIGN, verdict } from "../report/verdict.ts";
import type { LossResult, Metric, Results } from "../results.ts";
import { colorsFor } from "./colors.ts";
import type { Colors } from "./colors.ts";
import { cut, pad, plain, wrap } from "./text.ts";

const WIDEST = 100;
const NARROWEST = 40;
const GAP = "  ";
/** Letters of a loss's name that must stay readable. */
const NAME = 14;
const COLUMNS: readonly Metric[] = ["averagePrecision", "macroF1", "macroF1Tuned", "brier", "ece", "seconds"];
/** What a narrow terminal goes without, first first; the report has it. */
const EXPENDABLE: readonly Metric[] = ["seconds", "brier", "macroF1", "ece"];

/** The results for the terminal: a table of the losses, then headline, recommendation and notes. */
export function renderSummary(results: Results, stream: { readonly isTTY?: boolean; readonly columns?: number }): string {
  const colors = colorsFor(stream);
  const width = Math.min(Math.max(stream.columns ?? WIDEST, NARROWEST), WIDEST);
  const { headline, recommendation, notes } = results;
  const paragraphs = [
    table(results, width, colors),
    colors.bold(wrap(plain(headline), width)),
    wrap(`Recommended: ${plain(recommendation.loss)}. ${plain(recommendation.reason)}`, width),
    notes.map((note) => wrap(`· ${plain(note)}`, width, "  ")).join("\n"),
  ];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

function table({ losses, protocol }: Results, width: number, colors: Colors): string {
  const repeated = protocol.repeats > 1;
  const cells = new Map(COLUMNS.map((metric) => [metric, losses.map((loss) => values(loss, metric, repeated))]));
  const widthOf = (metric: Metric) => Math.max(stringWidth(METRICS[metric].short), ...cells.get(metric)!.flat().map((text) => stringWidth(text)));
  const shown = [...COLUMNS];
  const taken = () => shown.reduce((sum, metric) => sum + GAP.length + widthOf(metric), 0);
  for (const metric of EXPENDABLE) if (width - taken() < NAME) shown.splice(shown.indexOf(metric), 1);
  const names = losses.map(({ name }) => plain(name));
  const nameWidth = Math.min(Math.max(...names.map((name) => stringWidth(name))), Math.max(width - taken(), NAME));
  const line = (name: string, texts: readonly string[]) =>
    (pad(cut(name, nameWidth), nameWidth, "left") + texts.map((text, i) => GAP + pad(text, widthOf(shown[i]!), "right")).join("")).trimEnd();
  const rows = losses.flatMap((_, i) => [
    line(names[i]!, shown.map((metric) => cells.get(metric)![i]![0])),
    ...(i === 0 ? [] : [painted(line("", shown.map((metric) => cells.get(metric)![i]![1])), colors)]),
  ]);
  return [
    colors.bold(line("loss", shown.map((metric) => METRICS[metric].short))),
    ...rows,
    colors.dim(wrap(reading(repeated, protocol.repeats), width)),
  ].join("\n");
}

/** A loss in one column: its number, and below its difference to cross-entropy. */
function values({ summary }: LossResult, metric: Metric, repeated: boolean): [string, string] {
  const { digits } = METRICS[metric];
  const { mean, sd, difference } = summary[metric];
  const spread = repeated && metric !== "seconds" ? ` ±${bare(fixed(sd, digits))}` : "";
  const sign = SIGN[verdict(metric, difference)];
  return [
    bare(fixed(mean, digits)) + spread,
    difference === undefined || metric === "seconds" ? "" : `${sign}${sign === "" ? "" : " "}${bare(signed(difference.mean, digits))}`,
  ];
}

/** Without the zero before the point, as tables of rates are set. */
function bare(text: string): string {
  return text.replace(/(?<!\d)0\./, ".");
}

function painted(line: string, colors: Colors): string {
  return line.split(/([▲▼] \S+)/).map((part) => (part.startsWith("▲") ? colors.green(part) : part.startsWith("▼") ? colors.red(part) : colors.dim(part))).join("");
}

function reading(repeated: boolean, repeats: number): string {
  if (repeated && repeats < FEWEST) return `Mean ± sd over ${repeats} splits, too few for an interval: the differences to cross-entropy below may be chance. The restart's differences are noise.`;
  return repeated
    ? `Mean ± sd over ${repeats} splits; below, the difference to cross-entropy: ▲ better, ▼ worse where its 95 % interval excludes 0. The restart's differences are noise.`
    : "One split: differences to cross-entropy without an interval; they may be chance.";
}
