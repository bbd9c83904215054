import { Html } from "./html.ts";

const LIGHT = `color-scheme: light; --page: #fff; --ink: #1c2024; --soft: #5a636d; --faint: #8a939c; --line: #dfe3e7; --tint: #f5f6f8;
  --accent: #0072b2; --on-accent: #fff; --better: #00734f; --worse: #b34700;
  --c1: #0072b2; --c2: #d55e00; --c3: #009e73; --c4: #b8579a; --c5: #b97f00; --c6: #2f93cc;`;
const DARK = `color-scheme: dark; --page: #14171a; --ink: #e7eaed; --soft: #a3adb6; --faint: #7d8791; --line: #2d3339; --tint: #1c2125;
  --accent: #4aa8e0; --on-accent: #0c1013; --better: #35c795; --worse: #ff9350;
  --c1: #4aa8e0; --c2: #ff8a42; --c3: #2cc492; --c4: #e29ac6; --c5: #eab544; --c6: #8fd0f7;`;

/** The look of the report: one column of text, figures as wide as they need, numbers that line up. */
export const THEME = new Html(`
:root { ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2.5rem clamp(1rem, 3vw, 2rem) 4rem; max-width: 78rem; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { margin: .3rem 0 1rem; max-width: 34em; font: 600 clamp(1.45rem, 3.2vw, 2.1rem)/1.25 Charter, "Iowan Old Style", Georgia, "DejaVu Serif", serif; }
h2 { margin: 0 0 .6rem; font-size: 1.3rem; }
h3 { margin: 1.4rem 0 .5rem; font-size: 1rem; }
section { margin-top: 2.2rem; padding-top: 1.6rem; border-top: 1px solid var(--line); }
p, figcaption, .notes, dl { max-width: 46rem; }
p { margin: .6rem 0; }
a { color: var(--accent); }
code, pre { font: .92em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 0 0 1rem; padding: .8rem 1rem; background: var(--tint); border-radius: 6px; white-space: pre-wrap; }
small { display: block; color: var(--soft); font-size: .8125rem; font-weight: 400; }
.kicker { margin: 0; color: var(--soft); }
.advice { font-size: 1.1rem; }
.hint { color: var(--soft); font-size: .9rem; }
.notes { margin: 1rem 0; padding: .8rem 1rem .8rem 2rem; background: var(--tint); border-left: 3px solid var(--c5); border-radius: 0 6px 6px 0; }
.notes li + li { margin-top: .35rem; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .9rem; }
.facts { display: flex; flex-wrap: wrap; gap: .8rem 2.4rem; max-width: none; margin: 1.4rem 0; }
.facts div { display: flex; flex-direction: column; }
.facts dd { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums; }
.facts dt { color: var(--soft); font-size: .9rem; }
dl:not(.facts) { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem 1.2rem; margin: 0; }
dl:not(.facts) dt { color: var(--soft); }
dl:not(.facts) dd { margin: 0; }
.scroll { position: relative; overflow-x: auto; margin: .6rem 0; overflow-wrap: normal; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9375rem; }
th, td { padding: .4rem .8rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 500; max-width: 22rem; white-space: normal; overflow-wrap: anywhere; min-width: 9rem; }
.comparison { font-size: .8125rem; }
.comparison th, .comparison td { padding: .4rem .45rem; }
.comparison th:first-child { padding-left: 0; }
.comparison thead td { border-bottom: 0; }
.comparison th[scope=col] { white-space: normal; min-width: 5.4rem; }
.comparison th[scope=colgroup] { color: var(--ink); text-align: center; padding-bottom: .2rem; }
.comparison tbody th { position: sticky; left: 0; background: var(--page); min-width: 8rem; max-width: 15rem; }
.comparison small { font-size: .71875rem; }
.comparison .formula { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .6875rem; }
.comparison tr.floor td { color: var(--soft); }
.comparison tr.recommended > * { background: var(--tint); }
.comparison .better b { color: var(--better); }
.comparison .worse b { color: var(--worse); }
.tag { display: inline-block; padding: 0 .4em; border: 1px solid var(--line); border-radius: 4px; color: var(--soft); font-size: .6875rem; font-weight: 500; white-space: nowrap; }
tr.recommended .tag:last-of-type { border-color: var(--accent); color: var(--accent); }
.columns th, .columns td { text-align: left; }
.columns td:last-child { white-space: normal; min-width: 14rem; }
.wide { width: 12rem; min-width: 6rem; }
.bar { display: block; height: .6rem; margin-top: .45rem; min-width: 1px; background: var(--accent); }
details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--accent); }
figure { margin: 0; }
.panels { display: flex; flex-wrap: wrap; gap: 1.4rem 2rem; margin-top: 1rem; }
.pairs { max-width: 46rem; }
.panel { display: flex; flex-direction: column; justify-content: flex-end; max-width: 100%; }
.panel h3 { margin: 0 0 .4rem; font-size: .9375rem; font-weight: 600; }
.plot { display: block; max-width: 100%; height: auto; color: var(--ink); font-size: 11px; --plot-background: var(--page); overflow: visible; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; margin: .9rem 0 0; padding: 0; list-style: none; color: var(--soft); font-size: .9rem; }
.key svg { margin-right: .45rem; vertical-align: middle; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@page { margin: 14mm; }
@media print {
  :root { ${LIGHT} }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, details { display: none; }
  .panel, tr, h2, h3, figcaption { break-inside: avoid; }
  h2, h3, figcaption { break-after: avoid; }
  .scroll { overflow: visible; }
  .comparison { font-size: 7.5pt; }
  .comparison th, .comparison td { padding: .2rem .3rem; }
  .comparison small { font-size: 6pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`);
