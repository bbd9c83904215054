import type { Results } from "../results.ts";
import { castOf } from "./cast.ts";
import { comparison } from "./comparison.ts";
import { confusion } from "./confusion.ts";
import { dataSummary, oneTo } from "./data.ts";
import { differences } from "./differences.ts";
import { difficulty } from "./difficulty.ts";
import { count } from "./format.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { perClass } from "./perClass.ts";
import { precisionRecall } from "./precisionRecall.ts";
import { reliability } from "./reliability.ts";
import { reproduce } from "./reproduce.ts";
import { THEME } from "./theme.ts";
import { training } from "./training.ts";

/**
 * The report of a training run as one self-contained HTML file.
 *
 * It opens from anywhere, asks nothing of the network, runs no script, follows the reader's light or dark setting
 * and prints. Everything that came from data is escaped, and a content security policy forbids what slips through.
 */
export function renderReport(results: Results): string {
  const cast = castOf(results);
  const { data, headline, recommendation, notes } = results;
  const sections: readonly (readonly [id: string, title: string, body: Html | undefined])[] = [
    ["comparison", "Comparison", comparison(results)],
    ["differences", "Differences", differences(results, cast)],
    ["precision-recall", "Precision and recall", precisionRecall(results, cast)],
    ["classes", "Each class", perClass(results, cast)],
    ["confusion", "Confusion", confusion(results, cast)],
    ["reliability", "Reliability", reliability(cast)],
    ["difficulty", "Gradient by difficulty", difficulty(results, cast)],
    ["training", "Training", training(results, cast)],
    ["data", "Data", dataSummary(results)],
    ["reproduce", "Reproduce", reproduce(results)],
  ];
  const shown = sections.filter(([, , body]) => body !== undefined);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${data.target}: focal loss against cross-entropy</title>
<style>${THEME}</style>
</head>
<body>
<header>
<p class="kicker">Focal loss against cross-entropy · <code>${data.target}</code></p>
<h1>${headline}</h1>
<p class="advice"><strong>Recommended: ${recommendation.loss}.</strong> ${recommendation.reason}</p>
${facts(results)}
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<nav aria-label="Contents">${shown.map(([id, title]) => html`<a href="#${id}">${title}</a> `)}</nav>
</header>
<main>
${shown.map(([id, title, body]) => html`<section id="${id}"><h2>${title}</h2>
${body}
</section>
`)}</main>
</body>
</html>
`;
  return page.markup;
}

function facts({ data, protocol, losses }: Results): Html {
  const counts = data.classes.map((c) => c.count);
  const rarest = Math.min(...counts);
  const entries: readonly (readonly [string, string])[] = [
    [count(data.rows), "rows"],
    [String(data.classes.length), "classes"],
    [oneTo(Math.max(...counts) / rarest), "rarest to largest class"],
    [count(rarest), rarest === 1 ? "example of the rarest" : "examples of the rarest"],
    [String(protocol.repeats), protocol.repeats === 1 ? "split" : "splits"],
    [String(losses.length), "losses compared"],
  ];
  return html`<dl class="facts">${entries.map(([value, name]) => html`<div><dd>${value}</dd><dt>${name}</dt></div>`)}</dl>`;
}
