import type { Detections, Picture } from "focal-loss/detect";
import sharp from "sharp";
import { renderPng } from "../../report/png.ts";
import { html } from "../../report/html.ts";
import { colorOfClass, overlay, type Mark } from "./overlay.ts";

/** Smaller pictures are enlarged, so that names fit beside what they name. */
const LEAST = 640;

/** What was found on a picture: class and score of each box. */
export function marksOf({ boxes, labels, scores }: Detections, classes: readonly string[]): Mark[] {
  return Array.from(labels, (label, i): Mark => ({
    box: [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!], color: colorOfClass(label),
    text: `${classes[label]!} ${scores[i]!.toFixed(2)}`,
  })).reverse(); // the surest on top
}

/** The picture with boxes drawn on it, as a PNG file. */
export async function drawPng({ width, height, channels, data }: Picture, marks: readonly Mark[]): Promise<Uint8Array> {
  const enlarged = Math.max(1, Math.ceil(LEAST / Math.max(width, height)));
  const size = { width: width * enlarged, height: height * enlarged };
  const scale = Math.max(1, Math.max(size.width, size.height) / 1000) / enlarged;
  const drawing = html`<svg xmlns="http://www.w3.org/2000/svg" width="${width * enlarged / 2}" height="${height * enlarged / 2}" viewBox="0 0 ${width} ${height}">${overlay(width, height, marks, scale)}</svg>`;
  // renderPng draws at twice the size that the SVG states.
  const over = await sharp(renderPng(drawing.markup)).resize({ ...size, fit: "fill" }).png().toBuffer();
  return sharp(data, { raw: { width, height, channels } }).toColourspace("srgb").resize({ ...size, kernel: "nearest", fit: "fill" }).composite([{ input: over }]).png().toBuffer();
}

/** The picture alone as the address of a small JPEG, to stand inside a page. */
export async function dataUri({ width, height, channels, data }: Picture): Promise<string> {
  const jpeg = await sharp(data, { raw: { width, height, channels } }).jpeg({ quality: 82 }).toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString("base64")}`;
}
