import type { CurveLabel } from "./labels.ts";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 8;

/** Sets title, formula and the name of the value axis at the upper left; `^γ` becomes a superscript. */
export function addHeading(
  svg: SVGSVGElement,
  document: Document,
  { title, formula, axis }: { title: string; formula: string; axis: string },
  axisAt: number,
): void {
  const head = element(document, "text", { x: LEFT, y: 28, "text-anchor": "start", "font-size": 17, "font-weight": 600 });
  head.textContent = title;
  const line = element(document, "text", { x: LEFT, y: 50, "text-anchor": "start", "font-size": 13 });
  for (const [i, part] of formula.split("^γ").entries()) {
    if (i > 0) {
      const raised = element(document, "tspan", { dy: "-0.45em", "font-size": 10 });
      raised.textContent = "γ";
      line.append(raised);
    }
    const plain = element(document, "tspan", i > 0 ? { dy: "0.35em" } : {});
    plain.textContent = part;
    line.append(plain);
  }
  const name = element(document, "text", { x: LEFT, y: axisAt, "text-anchor": "start", "font-size": 12 });
  name.textContent = axis;
  svg.append(head, line, name);
}

/** Writes a name along its curve, in the curve's colour. */
export function addLabel(svg: SVGSVGElement, document: Document, text: string, fill: string, at: CurveLabel): void {
  const transform = `translate(${at.x.toFixed(1)},${at.y.toFixed(1)}) rotate(${at.angle.toFixed(1)})`;
  const label = element(document, "text", { transform, y: "0.34em", fill, "font-weight": 600 });
  label.textContent = text;
  svg.append(label);
}

/** Makes the figure one image with a name and a description, and leaves no style sheet that would reach other figures. */
export function describe(svg: SVGSVGElement, document: Document, title: string, description: string): void {
  for (const sheet of svg.querySelectorAll("style")) sheet.remove();
  svg.setAttribute("xmlns", SVG);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", title);
  const name = element(document, "title", {});
  name.textContent = title;
  const text = element(document, "desc", {});
  text.textContent = description;
  svg.prepend(name, text);
}

function element(document: Document, name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
