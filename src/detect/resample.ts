import type { Picture } from "./types.ts";

/** Where a new picture's pixels come from: new x = (old x − left) · scale, then mirrored if so; y likewise. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
  readonly mirrored: boolean;
}

/** The mean of each channel. */
export function meanColour({ channels, data }: Picture): number[] {
  const sums = new Array<number>(channels).fill(0);
  for (let i = 0; i < data.length; i++) sums[i % channels]! += data[i]!;
  return sums.map((sum) => (sum * channels) / data.length);
}

/** Looks at a picture through a window, between its pixels (bilinear); beyond its edges it has one colour. `tint` changes each value. */
export function resample(picture: Picture, { left, top, scale, mirrored }: Window, beyond: readonly number[], tint: (value: number) => number): Picture {
  const { width, height, channels, data } = picture;
  const out = new Uint8Array(data.length);
  const put = (at: number, value: number): void => void (out[at] = Math.round(Math.min(255, Math.max(0, value))));
  for (let y = 0; y < height; y++) {
    const v = (y + 0.5) / scale + top - 0.5, row = Math.floor(v), dy = v - row;
    const above = Math.max(row, 0) * width, below = Math.min(row + 1, height - 1) * width;
    for (let x = 0; x < width; x++) {
      const u = ((mirrored ? width - 1 - x : x) + 0.5) / scale + left - 0.5, column = Math.floor(u), dx = u - column;
      const inside = u >= -0.5 && u < width - 0.5 && v >= -0.5 && v < height - 0.5;
      const before = Math.max(column, 0), after = Math.min(column + 1, width - 1);
      for (let c = 0; c < channels; c++) {
        const at = (y * width + x) * channels + c;
        if (!inside) {
          put(at, tint(beyond[c]!));
          continue;
        }
        const upper = data[(above + before) * channels + c]! * (1 - dx) + data[(above + after) * channels + c]! * dx;
        const lower = data[(below + before) * channels + c]! * (1 - dx) + data[(below + after) * channels + c]! * dx;
        put(at, tint(upper * (1 - dy) + lower * dy));
      }
    }
  }
  return { width, height, channels, data: out };
}
