import type { Metric } from "../results.ts";
import type { Cell, Interval, Tuning } from "../tuning.ts";
import { fixed, signed } from "./format.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { METRICS } from "./metric.ts";

const COLUMNS: readonly Metric[] = ["averagePrecision", "rocAuc", "macroF1", "macroF1Tuned", "brier", "ece", "logLoss", "seconds"];

/** All cells, the best mean first: the chosen metric with its differences, and the other metrics beside it. */
export function cellTable(tuning: Tuning, level: string): Html {
  const { cells, metric, protocol } = tuning;
  const { name, better } = METRICS[metric];
  const sign = better === "higher" ? 1 : -1;
  const ranked = [...cells].sort((a, b) => sign * (b.summary[metric].mean - a.summary[metric].mean));
  const others = COLUMNS.filter((column) => column !== metric);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="All cells"><table class="comparison">
<thead><tr><th scope="col">loss</th><th scope="col">${name}<small>${better} is better</small></th><th scope="col">to cross-entropy</th><th scope="col">to the best</th>${
    others.map((column) => html`<th scope="col">${METRICS[column].name}<small>${METRICS[column].better} is better</small></th>`)}</tr></thead>
<tbody>${ranked.map((cell) => row(cell, tuning, others))}</tbody></table></div>
<p class="hint">Mean ± standard deviation over ${protocol.folds * protocol.repeats} folds; differences on the same folds${tuning.selection.gain.low === undefined ? ", too few for intervals" : ` with ${level} % intervals: ${protocol.comparisons === 1 ? "" : `${protocol.comparisons} comparisons at once, and `}folds whose training rows overlap${protocol.comparisons === 1 ? "" : ","} are allowed for. ▲ better, ▼ worse: the interval excludes 0`}. “Within noise” is meant of the best mean. The other columns are not corrected and were not used for the choice. Brier score, calibration error and log loss are those of recovered probabilities.</p>`;
}

function row(cell: Cell, { cells, metric, best, recommendation }: Tuning, others: readonly Metric[]): Html {
  const { mean, sd } = cell.summary[metric];
  const { digits } = METRICS[metric];
  const isRecommended = cell.name === recommendation.loss, isFloor = cell === cells[1];
  const tags = [
    ...(cell === cells[0] ? ["reference"] : []), ...(isFloor ? ["noise floor"] : []),
    ...(cell.name === best ? ["best mean"] : cell.nearBest && !isFloor ? ["within noise"] : []), ...(isRecommended ? ["recommended"] : []),
  ];
  return html`<tr class="${[isFloor ? "floor" : "", isRecommended ? "recommended" : ""].join(" ").trim()}">
<th scope="row">${cell.name}${tags.map((tag) => html` <span class="tag">${tag}</span>`)}<small class="formula">${cell.formula}</small></th>
<td>${fixed(mean, digits)} ± ${fixed(sd, digits)}</td>${difference(cell.toReference, metric)}${difference(cell.toBest, metric)}
${others.map((column) => html`<td>${fixed(cell.summary[column].mean, METRICS[column].digits)}</td>`)}</tr>
`;
}

function difference(interval: Interval | undefined, metric: Metric): Html {
  if (interval === undefined) return html`<td>–</td>`;
  const { digits, better } = METRICS[metric];
  const { mean, low, high } = interval;
  if (low === undefined || high === undefined) return html`<td class="none">${signed(mean, digits)}</td>`;
  const judged = low <= 0 && high >= 0 ? "none" : low > 0 === (better === "higher") ? "better" : "worse";
  return html`<td class="${judged}">${judged !== "none" && html`<b>${judged === "better" ? "▲" : "▼"}<span class="unseen">${judged}</span></b> `}${signed(mean, digits)}<small>[${signed(low, digits)}, ${signed(high, digits)}]</small></td>`;
}
