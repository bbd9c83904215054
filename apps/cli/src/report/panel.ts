import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html, html } from "./html.ts";
import type { Part } from "./html.ts";
import type { Player } from "./cast.ts";
import { serialize } from "./serialize.ts";

const SVG = "http://www.w3.org/2000/svg";

export interface PanelText {
  /** Over the drawing, where a figure has several; may be long. */
  readonly heading?: string;
  /** The name of the drawing for readers who cannot see it. */
  readonly title: string;
  /** Its gist in numbers. */
  readonly description: string;
}

/**
 * One drawing by Observable Plot as inline SVG, narrow enough for a telephone.
 *
 * Plot's style sheet and ids stay out, so that drawings in one page do not meddle with each other; colours are
 * variables of the page, so that light, dark and print follow by themselves.
 */
export function panel(options: Plot.PlotOptions, { heading, title, description }: PanelText): Html {
  const { document } = parseHTML("<html></html>");
  const svg = Plot.plot({ document, className: "plot", width: 340, marginBottom: 40, ...options });
  for (const sheet of svg.querySelectorAll("style")) sheet.remove();
  svg.setAttribute("role", "img");
  for (const [name, text] of [["desc", description], ["title", title]] as const) {
    const element = document.createElementNS(SVG, name);
    element.textContent = text;
    svg.prepend(element);
  }
  svg.setAttribute("aria-label", `${title}. ${description}`);
  return html`<div class="panel" style="width:${svg.getAttribute("width") ?? ""}px">${heading !== undefined && html`<h3>${heading}</h3>`}${new Html(serialize(svg))}</div>`;
}

/** A figure: what to notice, its panels, at most two beside each other if they are pairs, and the key to its lines. */
export function figure(notice: string, panels: readonly Part[], { key, pairs = false }: { key?: Html; pairs?: boolean } = {}): Html {
  return html`<figure><figcaption>${notice}</figcaption><div class="${pairs ? "panels pairs" : "panels"}">${panels}</div>${key}</figure>`;
}

export type Look = Pick<Player, "color" | "dash" | "strokeWidth">;

/** The key to colours and dashes, as text beside samples of the lines. */
export function keyOf(looks: readonly Look[], names: readonly string[], sample: (look: Look) => Html = line): Html {
  return html`<ul class="key">${looks.map((look, i) => html`<li><svg width="26" height="10" aria-hidden="true">${sample(look)}</svg>${names[i]}</li>`)}</ul>`;
}

/** The key to the losses of a figure that draws them as lines, or as dots. */
export function lossKey(cast: readonly Player[], mark: "line" | "dot" = "line"): Html {
  const names = cast.map(({ result, role }) => (role === "noise floor" ? `${result.name}: noise floor` : result.name));
  return keyOf(cast, names, mark === "line" ? line : (look) => dot(look, look.dash !== "none"));
}

function line({ color, dash, strokeWidth }: Look): Html {
  return html`<line x1="1" x2="25" y1="5" y2="5" stroke="${color}" stroke-width="${strokeWidth}" stroke-dasharray="${dash}"/>`;
}

export function dot({ color }: Pick<Look, "color">, hollow: boolean): Html {
  return html`<circle cx="18" cy="5" r="4" fill="${hollow ? "var(--page)" : color}" stroke="${color}" stroke-width="1.5"/>`;
}

/** Axis from 0 to 1 for shares, rates and probabilities. */
export const UNIT = { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], tickFormat: (v: number) => String(v) };
