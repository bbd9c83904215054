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

/** How light changes: new value = gain · value + offset, kept between 0 and 255. */
export interface Tint {
  readonly gain: number;
  readonly offset: number;
}

/** Looks at a picture through a window, between its pixels (bilinear); beyond its edges it has one colour. */
export function resample(picture: Picture, { left, top, scale, mirrored }: Window, beyond: readonly number[], { gain, offset }: Tint): Picture {
  const { width, height, channels, data } = picture;
  const out = new Uint8ClampedArray(data.length);
  const columns = neighbours(width, left, scale), rows = neighbours(height, top, scale);
  for (let y = 0, to = 0; y < height; y++) {
    const above = rows.before[y]! * width, below = rows.after[y]! * width, dy = rows.share[y]!;
    for (let k = 0; k < width; k++) {
      const x = mirrored ? width - 1 - k : k, dx = columns.share[x]!;
      const inside = rows.inside[y] === 1 && columns.inside[x] === 1;
      const before = columns.before[x]!, after = columns.after[x]!;
      for (let c = 0; c < channels; c++) {
        const upper = data[(above + before) * channels + c]! * (1 - dx) + data[(above + after) * channels + c]! * dx;
        const lower = data[(below + before) * channels + c]! * (1 - dx) + data[(below + after) * channels + c]! * dx;
        out[to++] = gain * (inside ? upper * (1 - dy) + lower * dy : beyond[c]!) + offset;
      }
    }
  }
  return { width, height, channels, data: new Uint8Array(out.buffer) };
}

/** Between which two old rows or columns each new one lies, and how near to the second. */
function neighbours(size: number, start: number, scale: number): { before: Int32Array; after: Int32Array; share: Float64Array; inside: Uint8Array } {
  const at = Float64Array.from({ length: size }, (_, k) => (k + 0.5) / scale + start - 0.5);
  const within = (index: number): number => Math.min(Math.max(index, 0), size - 1);
  return {
    before: Int32Array.from(at, (v) => within(Math.floor(v))),
    after: Int32Array.from(at, (v) => within(Math.floor(v) + 1)),
    share: at.map((v) => v - Math.floor(v)),
    inside: Uint8Array.from(at, (v) => (v >= -0.5 && v < size - 0.5 ? 1 : 0)),
  };
}
