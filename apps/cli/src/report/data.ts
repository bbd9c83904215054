import type { DataSummary } from "../results.ts";
import { count, oneTo, percent, plural } from "./format.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";

/** Rows of the short list of columns; the full list folds out. */
const MOST = 40;
type Column = DataSummary["columns"][number];

/** What was trained on: classes and their imbalance, columns, what is missing, what was left out and why. */
export function dataSummary(data: DataSummary, divisions: number): Html {
  const remarkable = data.columns.filter(({ kind, missing, note }) => kind === "dropped" || missing > 0 || note !== undefined);
  const dropped = data.columns.filter(({ kind }) => kind === "dropped").length;
  const incomplete = data.columns.filter(({ missing }) => missing > 0).length;
  return html`<p>${plural(data.rows, "row")} from ${data.files.map((file, i) => html`${i > 0 && ", "}<code>${file}</code>`)}; target <code>${data.target}</code>;
${plural(data.columns.length, "column")}, ${dropped === 0 ? "none" : count(dropped)} dropped, ${incomplete === 0 ? "none" : count(incomplete)} with missing values, ${plural(data.features, "model input")} after encoding.
${data.duplicateRows > 0 && `${plural(Math.round(data.duplicateRows), "row")} of the test part also ${Math.round(data.duplicateRows) === 1 ? "stands" : "stand"} in the training part (mean over the splits).`}</p>
${classTable(data, divisions)}
${remarkable.length === 0
    ? html`<p>Every column was used and complete.</p>`
    : html`<h3>Columns with something to know</h3>${columnTable(remarkable.slice(0, MOST), data.rows)}`}
${remarkable.length > MOST && html`<p class="hint">${plural(remarkable.length - MOST, "further column")} of this kind stand in the list of all columns.</p>`}
<details><summary>All ${plural(data.columns.length, "column")}</summary>${columnTable(data.columns, data.rows)}</details>`;
}

/** How many rows and classes, and how unequal. */
export function imbalanceFacts({ rows, classes }: DataSummary): readonly (readonly [value: string, name: string])[] {
  const counts = classes.map((c) => c.count);
  const rarest = Math.min(...counts);
  return [
    [count(rows), "rows"],
    [String(classes.length), "classes"],
    [oneTo(Math.max(...counts) / rarest), "rarest to largest class"],
    [count(rarest), rarest === 1 ? "example of the rarest" : "examples of the rarest"],
  ];
}

function classTable({ classes, rows, splits }: DataSummary, divisions: number): Html {
  const largest = Math.max(...classes.map((c) => c.count));
  const first = splits[0];
  const order = classes.map((c, index) => ({ ...c, index })).sort((a, b) => b.count - a.count);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Classes"><table>
<thead><tr><th scope="col">class</th><th scope="col">rows</th><th scope="col">share</th><th scope="col">to the largest</th><th scope="col" class="wide"><span class="unseen">bar</span></th>${
    first && html`<th scope="col">training</th><th scope="col">validation</th><th scope="col">test</th>`}</tr></thead>
<tbody>${order.map(({ name, count: n, index }) => html`<tr><th scope="row">${name}</th><td>${count(n)}</td><td>${percent(n / rows)}</td><td>${oneTo(largest / n)}</td>
<td class="wide"><span class="bar" style="width:${((100 * n) / largest).toFixed(2)}%"></span></td>${
    first && [first.train, first.validation, first.test].map((part) => html`<td>${count(part[index] ?? 0)}</td>`)}</tr>`)}</tbody></table></div>
${first && divisions > 1 && html`<p class="hint">Rows per part are those of the first of ${divisions} splits.</p>`}`;
}

function columnTable(columns: readonly Column[], rows: number): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Columns"><table class="columns">
<thead><tr><th scope="col">column</th><th scope="col">used as</th><th scope="col">missing</th><th scope="col">note</th></tr></thead>
<tbody>${columns.map(({ name, kind, missing, levels, note }) => html`<tr><th scope="row">${name}</th><td>${kind}${levels !== undefined && `, ${plural(levels, "level")}`}</td><td>${missing === 0 ? "–" : `${count(missing)} (${percent(missing / rows)})`}</td><td>${note}</td></tr>
`)}</tbody></table></div>`;
}
