import { count, fixed, oneTo } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import type { DetectResults } from "../results.ts";

/** Where a dense detector looks, and how rarely there is something. */
export function anchorSection({ anchors: { levels, count: all, positives, ignored, background }, data, training }: DetectResults): Html {
  const facts = [
    ["Anchors on a picture", count(all)], ["of an object", fixed(positives, 1)], ["ignored", fixed(ignored, 1)], ["background", fixed(background, 1)],
    ["Objects to background", oneTo(background / positives)],
    ["Yes-or-no questions", `${count(all * data.classes.length)} a picture, ${oneTo((all * data.classes.length) / positives)} answered “yes”`],
  ] as const;
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl><p>${data.about.anchors}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Anchor sizes"><table><thead><tr><th scope="col">stride</th><th scope="col">cells</th><th scope="col">width × height of anchors, in pixels</th></tr></thead>
<tbody>${levels.map(({ stride, sizes }) => html`<tr><th scope="row">${stride}</th><td>${Math.ceil(data.width / stride)} × ${Math.ceil(data.height / stride)}</td><td>${sizes.map(([w, h]) => `${w} × ${h}`).join(", ")}</td></tr>
`)}</tbody></table></div>
<p class="hint">Means over the training pictures. An anchor is an object's from an IoU of 0.5 on, background below 0.4, ignored between them; the best anchor of every box is its own. ${training.network}</p>`;
}
