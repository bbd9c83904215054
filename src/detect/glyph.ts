import type { Digits } from "./digits.ts";

/** A digit drawn at a size: how much ink covers each pixel, with ink in its first and last row and column. */
export interface Glyph {
  readonly width: number;
  readonly height: number;
  /** 0 none … 1 all, row by row. */
  readonly cover: Float64Array;
}

/** Ink fainter than the first is paper, from the second on it covers all: edges of an enlarged digit are kept narrow. */
const FAINT = 0.35, FULL = 0.85;

/** Draws a digit `height` pixels high, as wide as goes with it times `stretch`, and cuts off all rows and columns without ink. */
export function drawGlyph({ pixels }: Digits, which: number, height: number, stretch: number): Glyph {
  const at = (column: number, row: number): number => (column < 0 || row < 0 || column > 7 || row > 7 ? 0 : pixels[64 * which + 8 * row + column]! / 16);
  const scaleY = height / 8, scaleX = scaleY * stretch;
  // A margin of half a pixel of the digit's on each side, in which the ink at its edges fades away.
  const columns = Math.ceil(9 * scaleX), rows = Math.ceil(9 * scaleY);
  const cover = new Float64Array(columns * rows);
  let left = columns, right = -1, top = rows, bottom = -1;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const u = (x + 0.5) / scaleX - 1, v = (y + 0.5) / scaleY - 1;
      const column = Math.floor(u), row = Math.floor(v), du = u - column, dv = v - row;
      const ink = (at(column, row) * (1 - du) + at(column + 1, row) * du) * (1 - dv) + (at(column, row + 1) * (1 - du) + at(column + 1, row + 1) * du) * dv;
      if (ink <= FAINT) continue;
      cover[y * columns + x] = Math.min(1, (ink - FAINT) / (FULL - FAINT));
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  const width = Math.max(0, right - left + 1), tall = Math.max(0, bottom - top + 1), cut = new Float64Array(width * tall);
  for (let y = 0; y < tall; y++) cut.set(cover.subarray((top + y) * columns + left, (top + y) * columns + left + width), y * width);
  return { width, height: tall, cover: cut };
}
