import type { FinalTest, Tuning } from "../tuning.ts";
import { cellTable } from "./cells.ts";
import { dataSummary, imbalanceFacts } from "./data.ts";
import { fixed, percentOf } from "./format.ts";
import { gains } from "./gains.ts";
import { heatmaps } from "./heatmap.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { METRICS } from "./metric.ts";
import { renderPage } from "./page.ts";
import { reproduce } from "./reproduce.ts";

/** The report of a tuning, as one self-contained HTML file. */
export function renderTuning(tuning: Tuning): string {
  const { data, headline, recommendation, notes, protocol, cells, selection, test } = tuning;
  const { folds, repeats, comparisons } = protocol;
  const level = percentOf(protocol.level);
  const metric = METRICS[tuning.metric].name;
  return renderPage({
    title: `${data.target}: γ, class weights and loss`,
    kicker: html`γ, class weights and loss by cross-validation · <code>${data.target}</code>`,
    headline,
    advice: html`<strong>Recommended: ${recommendation.loss}.</strong> ${recommendation.reason}`,
    facts: [
      ...imbalanceFacts(data),
      [repeats > 1 ? `${repeats} × ${folds}` : String(folds), "folds"],
      [String(cells.length), "cells, with the restart"],
    ],
    notes,
    sections: [
      ["map", "Map", heatmaps(tuning)],
      ["gains", "Gains", gains(tuning, level)],
      ["choice", "What the choice is worth", html`<p>${selection.sentence}</p>${test && finalTest(test)}
<h3>Next</h3><pre><code>${tuning.next}</code></pre>`],
      ["cells", "All cells", cellTable(tuning, level)],
      ["data", "Data", dataSummary(data, folds * repeats)],
      ["reproduce", "Reproduce", reproduce(tuning.reproduce, protocol, [["Chosen by", metric], ["Intervals", `${level} %: 95 % for ${comparisons} comparisons at once (Bonferroni), corrected for overlapping training rows`]])],
    ],
  });
}

function finalTest({ rows, losses, sentence }: FinalTest): Html {
  const shown = ["averagePrecision", "rocAuc", "macroF1", "macroF1Tuned", "brier", "logLoss"] as const;
  return html`<h3>On the official test part</h3><p>${sentence}</p>
<div class="scroll" tabindex="0" role="region" aria-label="On the test part"><table>
<thead><tr><th scope="col">${rows} rows</th>${shown.map((metric) => html`<th scope="col">${METRICS[metric].name}</th>`)}</tr></thead>
<tbody>${losses.map(({ name, metrics }) => html`<tr><th scope="row">${name}</th>${shown.map((metric) => html`<td>${fixed(metrics[metric], METRICS[metric].digits)}</td>`)}</tr>`)}</tbody></table></div>`;
}
