import stringWidth from "fast-string-width";
import { fixed, percentOf, signed } from "../report/format.ts";
import { METRICS } from "../report/metric.ts";
import type { Cell, Tuning } from "../tuning.ts";
import { colorsFor } from "./colors.ts";
import type { Colors } from "./colors.ts";
import { cut, pad, plain, wrap } from "./text.ts";

const WIDEST = 100;
const NARROWEST = 40;
/** Rows before the rest is left to the report; cross-entropy and its restart are always shown. */
const MOST = 24;

/** The results for the terminal: the cells from the best mean on, then verdict, what the choice is worth, notes and the next command. */
export function renderTuningSummary(tuning: Tuning, stream: { readonly isTTY?: boolean; readonly columns?: number }): string {
  const colors = colorsFor(stream);
  const width = Math.min(Math.max(stream.columns ?? WIDEST, NARROWEST), WIDEST);
  const { headline, recommendation, selection, test, notes, next } = tuning;
  const paragraphs = [
    table(tuning, width, colors),
    colors.bold(wrap(plain(headline), width)),
    wrap(`Recommended: ${plain(recommendation.loss)}. ${plain(recommendation.reason)}`, width),
    wrap(plain(selection.sentence), width),
    test ? wrap(plain(test.sentence), width) : "",
    notes.map((note) => wrap(`· ${plain(note)}`, width, "  ")).join("\n"),
    `Next:   ${plain(next)}`, // not wrapped: it is to be copied
  ];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

function table(tuning: Tuning, width: number, colors: Colors): string {
  const { cells, metric, protocol } = tuning;
  const { short, better } = METRICS[metric];
  const sign = better === "higher" ? 1 : -1;
  const ranked = [...cells].sort((a, b) => sign * (b.summary[metric].mean - a.summary[metric].mean));
  const shown = ranked.filter((cell, i) => i < MOST || cell === cells[0] || cell === cells[1]);
  const rows = shown.map((cell) => ({ cell, mark: markOf(cell, tuning), name: plain(cell.name), texts: values(cell, tuning) }));
  const heads = [short, "to cross-entropy", `${percentOf(protocol.level)} % interval`];
  const widths = heads.map((head, k) => Math.max(stringWidth(head), ...rows.map(({ texts }) => stringWidth(texts[k]!))));
  const names = Math.max(...rows.map(({ name }) => stringWidth(name)));
  const columns = [0, 1, 2].filter((k) => 2 + Math.min(names, 16) + widths.slice(0, k + 1).reduce((sum, w) => sum + w + 2, 0) <= width);
  const room = Math.min(names, width - 2 - columns.reduce((sum, k) => sum + widths[k]! + 2, 0));
  const line = (mark: string, name: string, texts: readonly string[]): string =>
    `${mark} ${pad(cut(name, room), room, "left")}${columns.map((k) => `  ${pad(texts[k]!, widths[k]!, "right")}`).join("")}`.trimEnd();
  const left = cells.length - shown.length;
  return [
    colors.bold(line(" ", "loss", heads)),
    ...rows.map(({ cell, mark, name, texts }) => painted(line(mark, name, texts), cell, tuning, colors)),
    ...(left > 0 ? [colors.dim(`  … and ${left} more in the report`)] : []),
    colors.dim(wrap(`★ best mean  · within noise of it  ✓ recommended. ${better === "higher" ? "Higher" : "Lower"} is better. Mean ± sd over ${protocol.folds * protocol.repeats} folds; ${tuning.selection.gain.low === undefined ? "for intervals there are too few (--folds, --repeats)" : protocol.comparisons === 1 ? "intervals are of 95 %" : `intervals allow for ${protocol.comparisons} comparisons`}. The restart's difference is noise.`, width)),
  ].join("\n");
}

function markOf(cell: Cell, { cells, best, recommendation }: Tuning): string {
  if (cell.name === recommendation.loss) return "✓";
  if (cell.name === best) return "★";
  return cell.nearBest && cell !== cells[1] ? "·" : " ";
}

/** Mean ± sd, the difference to cross-entropy, and its interval. */
function values({ summary, toReference }: Cell, { metric }: Tuning): string[] {
  const { digits } = METRICS[metric];
  const bare = (text: string): string => text.replace(/(?<!\d)0\./, ".");
  const { mean, sd } = summary[metric];
  const average = `${bare(fixed(mean, digits))} ±${bare(fixed(sd, digits))}`;
  if (toReference === undefined) return [average, "", ""];
  const { mean: difference, low, high } = toReference;
  const beyond = low !== undefined && (low > 0 || high! < 0);
  const isBetter = difference > 0 === (METRICS[metric].better === "higher");
  return [average, `${beyond ? `${isBetter ? "▲" : "▼"} ` : ""}${bare(signed(difference, digits))}`, low === undefined ? "–" : `${bare(signed(low, digits))} to ${bare(signed(high!, digits))}`];
}

function painted(line: string, cell: Cell, { cells, best, recommendation }: Tuning, colors: Colors): string {
  if (cell.name === recommendation.loss || cell.name === best) return colors.bold(line);
  return cell === cells[1] ? colors.dim(line) : line;
}
