import { fixed, signed } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import { METRICS, type DetectResults, type LossResult, type Metric } from "../results.ts";

const COLUMNS: readonly Metric[] = ["ap50", "ap", "ap75", "small", "medium", "large", "recall", "seconds"];

/** All losses with their spread, and the difference to the reference on the same pictures and seeds. */
export function lossTable({ losses, training: { repeats } }: DetectResults): Html {
  // What no picture shows cannot be judged.
  const shown = COLUMNS.filter((metric) => losses.some(({ summary }) => Number.isFinite(summary[metric].mean)));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Average precision of every loss"><table class="comparison">
<thead><tr><th scope="col">loss</th>${shown.map((metric) => html`<th scope="col"><abbr title="${METRICS[metric].title}">${METRICS[metric].name}</abbr></th>`)}</tr></thead>
<tbody>${losses.map((loss, i) => html`<tr><th scope="row">${loss.recipe.name}${i === 0 && losses.length > 1 && html` <span class="tag">reference</span>`}<small class="formula">${loss.recipe.formula}</small></th>
${shown.map((metric) => cell(loss, metric, repeats))}</tr>
`)}</tbody></table></div>
<p class="hint">${shown.filter((metric) => metric !== "ap50").map((metric) => `${METRICS[metric].name}: ${METRICS[metric].title}`).join("; ")}; AP50: ${METRICS.ap50.title}. ${repeats > 1 ? `Mean ± standard deviation over ${repeats} repeats${losses.length > 1 ? ", then the difference to the reference and its 95 % interval, where there are repeats enough; ▲ above, ▼ below: the interval excludes 0, which chance alone does once in twenty comparisons" : ""}.` : "One repeat: no spread is known."}</p>`;
}

function cell({ summary }: LossResult, metric: Metric, repeats: number): Html {
  const { mean, sd, difference } = summary[metric], { digits } = METRICS[metric];
  if (!Number.isFinite(mean)) return html`<td>–</td>`;
  const { low, high } = difference ?? {};
  const judged = low === undefined || metric === "seconds" ? "none" : low > 0 ? "better" : high! < 0 ? "worse" : "none";
  return html`<td class="${judged}">${fixed(mean, digits)}${repeats > 1 && metric !== "seconds" && html` ± ${fixed(sd, digits)}`}${difference && metric !== "seconds" && html`<small>${judged !== "none" && html`<b>${judged === "better" ? "▲" : "▼"}<span class="unseen">${judged}</span></b> `}${signed(difference.mean, digits)}</small>${low !== undefined && html`<small>[${signed(low, digits)}, ${signed(high!, digits)}]</small>`}`}</td>`;
}

/** Average precision of each class, by loss. */
export function classTable({ data, losses }: DetectResults): Html | undefined {
  if (data.classes.length < 2) return undefined;
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Average precision of each class"><table class="comparison">
<thead><tr><th scope="col">class</th><th scope="col">boxes</th>${losses.map(({ recipe }) => html`<th scope="col">${recipe.name}</th>`)}</tr></thead>
<tbody>${data.classes.map(({ name, boxes }, c) => html`<tr><th scope="row">${name}</th><td>${boxes}</td>${losses.map(({ runs }) => html`<td>${fixed(mean(runs.map(({ perClass }) => perClass[c]?.ap50 ?? NaN)), 3)}</td>`)}</tr>
`)}</tbody></table></div><p class="hint">AP50, mean over the repeats.</p>`;
}
