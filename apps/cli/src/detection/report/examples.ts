import { Html, html } from "../../report/html.ts";
import { fixed } from "../../report/format.ts";
import { colorOfClass, overlay, type Mark } from "../draw/overlay.ts";
import { judge } from "../judge.ts";
import type { DetectResults, Example, LossResult, PlainBoxes } from "../results.ts";

/** Losses side by side: more would be too small to look at. */
const MOST = 3;
/** Width of a picture on the page, in pixels. */
const WIDTH = 300;

/** Held-out pictures: what stands on them, and what was found. */
export function examples({ examples: pictures, losses, data }: DetectResults): Html | undefined {
  if (pictures.length === 0) return undefined;
  // The reference, the best, and the worst of the others.
  const ranked = losses.slice(1).toSorted((a, b) => b.summary.ap50.mean - a.summary.ap50.mean);
  const shown = [losses[0]!, ...(ranked.length > 0 ? [ranked[0]!] : []), ...(ranked.length > 1 ? [ranked.at(-1)!] : [])].slice(0, MOST);
  const names = data.classes.map(({ name }) => name);
  return html`<p>Solid: found and right (IoU of at least 0.5 with a box of the same class). Dashed red: found, but nothing of that class stands there. Dashed white: there, but not found. Shown are detections with a score of at least the number in brackets, at which F1 over these pictures is best.</p>
${shown.length === 1
    ? html`<div class="panels">${pictures.map((picture, i) => one(picture, losses[0]!.runs[0]?.found?.[i], picture.name, thresholdOf(losses[0]!, pictures), names))}</div>`
    : pictures.map((picture, i) => html`<h3>${picture.name}</h3><div class="panels">${shown.map((loss) => one(picture, loss.runs[0]?.found?.[i], loss.recipe.name, thresholdOf(loss, pictures), names))}</div>`)}`;
}

function one(picture: Example, found: PlainBoxes | undefined, heading: string, threshold: number, names: readonly string[]): Html | undefined {
  if (found === undefined) return undefined;
  const { width, height } = picture, scale = Math.max(0.4, width / WIDTH) * 0.85;
  const { right, wrong, missed } = judge(picture, found, threshold);
  const box = (boxes: readonly number[], i: number): Mark["box"] => [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!];
  const few = names.length > 1;
  const marks: Mark[] = [
    ...missed.map((i): Mark => ({ box: box(picture.boxes, i), color: "#ffffff", dashed: true, text: few ? names[picture.labels[i]!] : undefined })),
    ...wrong.map((i): Mark => ({ box: box(found.boxes, i), color: "#ff4d4d", dashed: true, text: few ? names[found.labels[i]!] : undefined })),
    ...right.map((i): Mark => ({ box: box(found.boxes, i), color: colorOfClass(found.labels[i]!), text: few ? names[found.labels[i]!] : undefined })),
  ];
  const words = `${right.length} found, ${wrong.length} wrong, ${missed.length} missed`;
  return html`<div class="panel" style="width:${WIDTH}px;align-self:start"><h3>${heading} (≥ ${fixed(threshold, 2)})</h3><svg class="plot" role="img" aria-label="${picture.name}: ${words}" width="${WIDTH}" height="${Math.round((WIDTH * height) / width)}" viewBox="0 0 ${width} ${height}" style="image-rendering:auto"><title>${words}</title><image href="${new Html(picture.picture)}" width="${width}" height="${height}"/>${overlay(width, height, marks, scale)}</svg><small>${words}</small></div>`;
}

/** The score at which F1 over the pictures shown is best. */
function thresholdOf(loss: LossResult, pictures: readonly Example[]): number {
  let best = 0.5, most = -1;
  for (let step = 1; step < 20; step++) {
    const counts = pictures.map((picture, i) => judge(picture, loss.runs[0]?.found?.[i] ?? { boxes: [], labels: [], scores: [] }, step / 20));
    const [right, wrong, missed] = (["right", "wrong", "missed"] as const).map((kind) => counts.reduce((sum, count) => sum + count[kind].length, 0)) as [number, number, number];
    const f1 = (2 * right) / Math.max(1, 2 * right + wrong + missed);
    if (f1 > most) [best, most] = [step / 20, f1];
  }
  return best;
}
