import type { Explanation } from "../explanation.ts";
import { cumulative } from "./cumulative.ts";
import { count, fixed, oneTo, percent, plural } from "./format.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { lossLooks } from "./lossLooks.ts";
import { figure } from "./panel.ts";
import { renderPage } from "./page.ts";
import { reliabilityKey, reliabilityPanel } from "./reliability.ts";
import { shares } from "./shares.ts";
import { classTable, lossTable } from "./spending.ts";

/** The report of an explanation, as one self-contained HTML file. */
export function renderExplanation(explanation: Explanation): string {
  const { source, diagnosis, classes, headline, suggested, notes, losses } = explanation;
  const looks = lossLooks(explanation), sizes = diagnosis.classes.map((k) => k.examples);
  return renderPage({
    title: `${source.target}: where ${losses[0]!} spends itself`,
    kicker: html`Where ${losses[0]!} spends itself on given predictions · <code>${source.target}</code>`,
    headline,
    advice: suggested === undefined ? html`No γ and no class weights are suggested.` : html`<strong>Suggested: ${suggested}.</strong> The reasons and rules are below.`,
    facts: [
      [count(diagnosis.examples), source.part === undefined || source.part === "all" ? "rows" : `rows of the part ${source.part}`],
      [String(classes.length), "classes"],
      [oneTo(diagnosis.imbalance), "rarest to largest class"],
      [count(Math.min(...sizes)), Math.min(...sizes) === 1 ? "example of the rarest" : "examples of the rarest"],
      [count(diagnosis.losses[0]!.effectiveExamples), "effective examples"],
    ],
    notes,
    sections: [
      ["reasons", "Reasons", reasons(explanation)],
      ["cumulative", "Cumulative loss", cumulative(explanation, looks)],
      ["gradient", "Share of the gradient", html`${shares(explanation, looks)}${classTable(explanation, looks)}`],
      ["losses", "Losses in numbers", lossTable(explanation, looks)],
      ["saturation", "Saturation", saturation(explanation)],
      ["reliability", "Reliability", reliability(explanation)],
      ["reproduce", "Reproduce", reproduce(explanation)],
    ],
  });
}

function reasons({ diagnosis: { verdict } }: Explanation): Html {
  return html`<ul>${verdict.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
${verdict.easyBackground.length > 1 && html`<table><thead><tr><th scope="col">γ considered</th>${verdict.easyBackground.map(({ gamma }) => html`<th scope="col">${gamma}</th>`)}</tr></thead>
<tbody><tr><th scope="row">gradient from the easy background</th>${verdict.easyBackground.map(({ gradient }) => html`<td>${percent(gradient)}</td>`)}</tr></tbody></table>`}`;
}

function saturation({ diagnosis: { saturation: { right, wrong, clipped } } }: Explanation): Html {
  return html`<p>${percent(right)} of the rows are learned (pₜ > 0.999), ${percent(wrong)} are wrong with certainty (pₜ < 0.001).
${clipped > 0 && html`On ${percent(clipped)} pₜ is within 1e-7 of 0 or 1: a loss that clips probabilities there has no gradient left, right or wrong.`}</p>`;
}

function reliability({ reliability: { part, rows, curves } }: Explanation): Html {
  const ranked = curves.map(({ scores, ece, brier }) => `${scores === "raw" ? "the scores" : "the recovered probabilities"}: calibration error ${fixed(ece, 4)}, Brier score ${fixed(brier, 4)}`);
  const notice = `On ${plural(rows, "row")}${part === undefined || part === "all" ? "" : ` of the part ${part}`}, ${ranked.join("; ")}. On the diagonal a score is the frequency it promises. ` +
    "Focal loss by itself trains scores that are too timid; with its γ known, the probabilities behind them can be recovered.";
  return figure(notice, [reliabilityPanel(curves, { title: "Reliability", description: ranked.join("; ") })], { key: reliabilityKey(curves.map(({ scores }) => scores)) });
}

function reproduce({ source, reproduce: { command, versions, date } }: Explanation): Html {
  const facts: readonly (readonly [string, string])[] = [
    ["Files", source.files.join(", ")],
    ["Scores", `${source.scores.slice(0, 12).join(", ")}${source.scores.length > 12 ? ", …" : ""} (${source.from})`],
    ["Date", date.replace(/T(\d\d:\d\d).*Z$/, " $1 UTC")],
    ["Versions", Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")],
  ];
  return html`<pre><code>${command}</code></pre><dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
