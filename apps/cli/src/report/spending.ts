import type { Explanation } from "../explanation.ts";
import { count, fixed, percent } from "./format.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import type { LossLook } from "./lossLooks.ts";

/** Each loss in numbers: how many examples its gradient listens to, and where it curves downwards. */
export function lossTable({ diagnosis }: Explanation, looks: readonly LossLook[]): Html {
  const easy = ({ profile }: LossLook): number => profile.difficulty.filter(({ from }) => from >= 0.9).reduce((sum, bin) => sum + bin.gradient, 0);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Losses in numbers"><table>
<thead><tr><th scope="col">loss</th><th scope="col">mean</th><th scope="col">gradient from pₜ ≥ 0.9</th><th scope="col">effective examples</th><th scope="col">curved downwards</th></tr></thead>
<tbody>${looks.map((look) => html`<tr><th scope="row">${look.name}${look.explained && html` <span class="tag">explained</span>`}</th><td>${fixed(look.profile.mean, 4)}</td><td>${percent(easy(look))}</td><td>${count(look.profile.effectiveExamples)}</td><td>${percent(look.profile.nonConvex)}</td></tr>
`)}</tbody></table></div>
<p class="hint">Effective examples: the gradient of all ${count(diagnosis.examples)} is as noisy as that of so many equally loud ones, (Σ|g|)² ÷ Σg². Curved downwards: the share of rows at which the loss has negative curvature, where a Newton or boosting step needs a bound in its place.</p>`;
}

/** Each class in numbers, the largest first. */
export function classTable({ classes, diagnosis }: Explanation, looks: readonly LossLook[]): Html {
  const shown = looks.filter(({ name, explained }) => explained || name === "cross-entropy");
  const order = [...diagnosis.classes].sort((a, b) => b.examples - a.examples);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Classes in numbers"><table class="comparison">
<thead><tr><td></td><td></td><td></td><td></td>${shown.map(({ name }) => html`<th colspan="3" scope="colgroup">${name}</th>`)}</tr>
<tr><th scope="col">class</th><th scope="col">rows</th><th scope="col">share</th><th scope="col">median pₜ</th>${shown.map(() => html`<th scope="col">loss</th><th scope="col">gradient</th><th scope="col">effective examples</th>`)}</tr></thead>
<tbody>${order.map((group) => html`<tr><th scope="row">${classes[group.class]!}</th><td>${count(group.examples)}</td><td>${percent(group.share)}</td><td>${fixed(group.median, 4)}</td>${shown.map(({ profile }) => {
    const own = profile.classes.find((k) => k.class === group.class)!;
    return html`<td>${percent(own.loss)}</td><td>${percent(own.gradient)}</td><td>${count(own.effectiveExamples)}</td>`;
  })}</tr>
`)}</tbody></table></div>`;
}
