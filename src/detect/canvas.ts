import type { RandomNumbers } from "../random.ts";

/** A square grey picture while it is drawn: brightness as it comes, 0 black … 255 white, not yet rounded or cut off. */
export interface Canvas {
  readonly size: number;
  readonly light: Float64Array;
}

/** A number between two, evenly. */
export function between(random: RandomNumbers, low: number, high: number): number {
  return low + random() * (high - low);
}

/** Adds hills of about `cell` pixels: random heights at the corners of a grid, smoothly joined. */
export function addNoise({ size, light }: Canvas, cell: number, height: number, random: RandomNumbers): void {
  const side = Math.ceil(size / cell) + 1;
  const corners = Float64Array.from({ length: side * side }, () => between(random, -height, height));
  for (let y = 0; y < size; y++) {
    const row = Math.floor(y / cell), v = smooth(y / cell - row);
    for (let x = 0; x < size; x++) {
      const column = Math.floor(x / cell), u = smooth(x / cell - column), at = row * side + column;
      const above = corners[at]! * (1 - u) + corners[at + 1]! * u, below = corners[at + side]! * (1 - u) + corners[at + side + 1]! * u;
      light[y * size + x]! += above * (1 - v) + below * v;
    }
  }
}

/** From 0 to 1 without a kink at either end. */
function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

/** Moves a pixel towards an ink's brightness by a share, 0 … 1; outside the canvas nothing happens. */
export function paint({ size, light }: Canvas, x: number, y: number, ink: number, share: number): void {
  if (x < 0 || y < 0 || x >= size || y >= size) return;
  const at = y * size + x;
  light[at] = light[at]! + share * (ink - light[at]!);
}

/** The canvas's mean brightness around a point, so that ink can stand out from it by a known amount. */
export function lightAround({ size, light }: Canvas, x: number, y: number, reach: number): number {
  let sum = 0, count = 0;
  for (let row = Math.max(0, Math.floor(y - reach)); row < Math.min(size, y + reach); row++) {
    for (let column = Math.max(0, Math.floor(x - reach)); column < Math.min(size, x + reach); column++, count++) sum += light[row * size + column]!;
  }
  return sum / count;
}

/** Draws a bent line with soft edges from one random point to another: as thick and as dark as a digit's strokes, but none. */
export function addStroke(canvas: Canvas, contrast: number, random: RandomNumbers): void {
  const { size } = canvas, reach = between(random, 0.8, 1.5), length = between(random, 8, 24);
  const x = random() * size, y = random() * size;
  const [bendX, bendY, endX, endY] = Array.from({ length: 4 }, () => between(random, -length, length)) as [number, number, number, number];
  const ink = lightAround(canvas, x, y, 8) + contrast;
  const cover = new Float64Array(size * size);
  const steps = Math.ceil(4 * length);
  for (let k = 0; k <= steps; k++) {
    const t = k / steps, px = x + 2 * t * (1 - t) * bendX + t * t * endX, py = y + 2 * t * (1 - t) * bendY + t * t * endY;
    for (let row = Math.floor(py - reach - 1); row <= py + reach + 1; row++) {
      for (let column = Math.floor(px - reach - 1); column <= px + reach + 1; column++) {
        if (row < 0 || column < 0 || row >= size || column >= size) continue;
        const share = Math.min(1, reach + 0.5 - Math.sqrt((column + 0.5 - px) ** 2 + (row + 0.5 - py) ** 2));
        if (share > cover[row * size + column]!) cover[row * size + column] = share;
      }
    }
  }
  for (let at = 0; at < cover.length; at++) if (cover[at]! > 0) paint(canvas, at % size, Math.floor(at / size), ink, cover[at]!);
}
