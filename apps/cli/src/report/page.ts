import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { THEME } from "./theme.ts";

export interface Page {
  /** Of the window. */
  readonly title: string;
  /** Over the headline: what this is about. */
  readonly kicker: Html;
  readonly headline: string;
  readonly advice: Html;
  /** A few numbers to begin with. */
  readonly facts: readonly (readonly [value: string, name: string])[];
  readonly notes: readonly string[];
  /** Whether it shows pictures, which then are inside it: no others may be shown. */
  readonly pictures?: boolean;
  /** Sections without a body are left out. */
  readonly sections: readonly (readonly [id: string, title: string, body: Html | undefined])[];
}

/**
 * A report as one self-contained HTML file.
 *
 * It opens from anywhere, asks nothing of the network, runs no script, follows the reader's light or dark setting
 * and prints. Everything that came from data is escaped, and a content security policy forbids what slips through.
 */
export function renderPage({ title, kicker, headline, advice, facts, notes, pictures = false, sections }: Page): string {
  const shown = sections.filter(([, , body]) => body !== undefined);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'${pictures && "; img-src data:"}">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${THEME}</style>
</head>
<body>
<header>
<p class="kicker">${kicker}</p>
<h1>${headline}</h1>
<p class="advice">${advice}</p>
<dl class="facts">${facts.map(([value, name]) => html`<div><dd>${value}</dd><dt>${name}</dt></div>`)}</dl>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<nav aria-label="Contents">${shown.map(([id, name]) => html`<a href="#${id}">${name}</a> `)}</nav>
</header>
<main>
${shown.map(([id, name, body]) => html`<section id="${id}"><h2>${name}</h2>
${body}
</section>
`)}</main>
</body>
</html>
`.markup;
}
