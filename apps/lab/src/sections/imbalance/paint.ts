import { contour, joined } from "./contour.ts";
import type { Points } from "./data.ts";
import { EXTENT, GRID } from "./settings.ts";

export type Color = readonly [number, number, number];
export interface Colors {
  readonly card: Color;
  readonly ink: Color;
  readonly positive: Color;
  readonly negative: Color;
}

/** Negatives that are drawn, at most: more would hide what lies under them. */
const SHOWN = 700;
/** How deep the field is coloured where the score is 0 or 1. */
const DEPTH = 0.38;

const css = ([r, g, b]: Color): string => `rgb(${r} ${g} ${b})`;

/**
 * Draws scores as a field of colour, the 0.5 line (solid), the line of the tuned threshold (dashed), and the training points.
 *
 * @param side - of the canvas, in CSS pixels
 */
export function paint(canvas: HTMLCanvasElement, side: number, field: Float32Array, points: Points | undefined, threshold: number, colors: Colors): void {
  const density = Math.min(2, devicePixelRatio), size = Math.round(side * density), pen = canvas.getContext("2d")!;
  if (canvas.width !== size) canvas.width = canvas.height = size;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.imageSmoothingQuality = "high";
  // Values stand at the corners of the grid's squares, pixels in the middle of theirs: half a pixel lies outside on every side.
  const overhang = size / GRID / 2;
  pen.drawImage(picture(field, colors), -overhang, -overhang, size + 2 * overhang, size + 2 * overhang);
  pen.scale(size / side, size / side);
  if (points) dots(pen, side, points, colors);
  const unit = side / GRID;
  line(pen, contour(field, GRID, 0), unit, side, colors, []);
  line(pen, contour(field, GRID, Math.log(threshold / (1 - threshold))), unit, side, colors, [5, 4]);
}

function picture(field: Float32Array, { card, positive, negative }: Colors): HTMLCanvasElement {
  const canvas = document.createElement("canvas"), wide = GRID + 1;
  canvas.width = canvas.height = wide;
  const pen = canvas.getContext("2d")!, image = pen.createImageData(wide, wide);
  field.forEach((logit, i) => {
    const lean = Math.tanh(logit / 2), to = lean > 0 ? positive : negative, share = DEPTH * Math.abs(lean);
    const row = GRID - Math.floor(i / wide), at = 4 * (row * wide + (i % wide)); // pictures begin at the top
    for (let channel = 0; channel < 3; channel++) image.data[at + channel] = card[channel]! + share * (to[channel]! - card[channel]!);
    image.data[at + 3] = 255;
  });
  pen.putImageData(image, 0, 0);
  return canvas;
}

/** Negatives as discs, positives as larger diamonds: told apart without colour. */
function dots(pen: CanvasRenderingContext2D, side: number, { at, labels }: Points, { card, positive, negative }: Colors): void {
  const place = (value: number): number => ((value + EXTENT) / (2 * EXTENT)) * side, small = side < 200 ? 0.75 : 1;
  const draw = (label: number, most: number, color: Color, shape: (x: number, y: number) => void): void => {
    pen.fillStyle = css(color);
    pen.strokeStyle = css(card);
    pen.lineWidth = 0.8;
    for (let i = 0, drawn = 0; i < labels.length && drawn < most; i++) {
      if (labels[i] !== label) continue;
      drawn++;
      pen.beginPath();
      shape(place(at[2 * i]!), side - place(at[2 * i + 1]!));
      pen.fill();
      pen.stroke();
    }
  };
  draw(0, SHOWN, negative, (x, y) => pen.arc(x, y, 1.9 * small, 0, 2 * Math.PI));
  draw(1, SHOWN, positive, (x, y) => {
    const r = 4 * small;
    pen.moveTo(x, y - r);
    pen.lineTo(x + r, y);
    pen.lineTo(x, y + r);
    pen.lineTo(x - r, y);
    pen.closePath();
  });
}

/** With a rim of the page's colour, to be seen on any field. */
function line(pen: CanvasRenderingContext2D, segments: ReturnType<typeof contour>, unit: number, side: number, { card, ink }: Colors, dash: number[]): void {
  pen.beginPath();
  for (const path of joined(segments)) path.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x * unit, side - y * unit) : pen.lineTo(x * unit, side - y * unit)));
  pen.lineJoin = "round";
  pen.setLineDash([]);
  pen.strokeStyle = css(card);
  pen.lineWidth = dash.length > 0 ? 3 : 4;
  pen.globalAlpha = 0.75;
  pen.stroke();
  pen.globalAlpha = 1;
  pen.setLineDash(dash);
  pen.strokeStyle = css(ink);
  pen.lineWidth = dash.length > 0 ? 1.4 : 2;
  pen.stroke();
  pen.setLineDash([]);
}
