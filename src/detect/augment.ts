import { describe, expectKnown, FocalError } from "../errors.ts";
import { boxArea, countBoxes } from "./boxes.ts";
import { meanColour, resample } from "./resample.ts";
import type { Window } from "./resample.ts";
import type { Scene } from "./types.ts";

/** How much a scene may be changed. All 0, and `scale` [1, 1], leave it as it is. */
export interface AugmentOptions {
  /** How likely it is mirrored left to right, 0 … 1; default 0.5. Use 0 where left and right matter, as in writing. */
  readonly flip?: number;
  /** Objects become at least and at most so many times as large; default 0.8 to 1.25. */
  readonly scale?: readonly [least: number, most: number];
  /** The part of its width and height by which the picture is moved at most, beyond what `scale` asks for, 0 … 1; default 0.1. */
  readonly crop?: number;
  /** The part of the range of brightness that is added or taken away at most, 0 … 1; default 0.15. */
  readonly brightness?: number;
  /** The part by which differences to the mean colour grow or shrink at most, 0 … 1; default 0.2. */
  readonly contrast?: number;
}

/** An object cut down to less of its area than this is no longer one to find. */
const VISIBLE = 0.3;

/**
 * Another scene of the same things: mirrored, larger or smaller, cut off elsewhere, in another light.
 *
 * A detector that sees each picture anew each time learns what stays: where objects are. Boxes go with their objects and end at the picture's
 * edges; objects that keep less than 30 % of their area are dropped, as are boxes without area. The picture keeps its size; what lies
 * beyond its edges has its mean colour.
 *
 * @param scene - is not changed
 * @param options - see {@link AugmentOptions}
 * @param random - numbers from [0, 1), e.g. of a seeded generator: the same give the same scene. Six are drawn, whatever the options
 * @throws FocalError `argument` for an option out of its range
 *
 * @example
 * const picture = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 200) } as const;
 * const scene = { name: "two pixels", picture, boxes: Float32Array.of(1, 0, 2, 1), labels: Int32Array.of(0) };
 * augment(scene, { flip: 1, scale: [1, 1], crop: 0, brightness: 0, contrast: 0 }, () => 0.5).boxes;   // Float32Array [0, 0, 1, 1]
 */
export function augment(scene: Scene, options: AugmentOptions, random: () => number): Scene {
  expectKnown("augment", options, ["flip", "scale", "crop", "brightness", "contrast"]);
  const { flip = 0.5, scale: [least, most] = [0.8, 1.25], crop = 0.1, brightness = 0.15, contrast = 0.2 } = options;
  for (const [name, value] of Object.entries({ flip, crop, brightness, contrast })) {
    if (!(value >= 0 && value <= 1)) throw new FocalError("argument", `${name} must be in [0, 1], got ${describe(value)}`);
  }
  if (!(least > 0 && least <= most && most < Infinity)) throw new FocalError("argument", `scale must be two numbers above 0, the lower one first, got ${least} and ${most}`);
  const { picture } = scene;
  const mirrored = random() < flip, scale = least + random() * (most - least);
  const window = { mirrored, scale, left: edge(picture.width, scale, crop, random()), top: edge(picture.height, scale, crop, random()) };
  const mean = meanColour(picture), light = mean.reduce((a, b) => a + b, 0) / mean.length;
  const added = brightness * 255 * (2 * random() - 1), gain = 1 + contrast * (2 * random() - 1);
  return { ...scene, ...moveObjects(scene, window), picture: resample(picture, window, mean, { gain, offset: light * (1 - gain) + added }) };
}

/** Where a window's first row or column lies on the picture: anywhere that shows all it can, and a little further. */
function edge(size: number, scale: number, crop: number, where: number): number {
  const slack = size - size / scale, low = Math.min(0, slack) - crop * size, high = Math.max(0, slack) + crop * size;
  return low + where * (high - low);
}

function moveObjects(scene: Scene, { left, top, scale, mirrored }: Window): Pick<Scene, "boxes" | "labels" | "crowd"> {
  const { boxes, labels, crowd, picture: { width, height } } = scene;
  const kept: number[] = [], moved: number[] = [];
  for (let i = 0; i < countBoxes("boxes", boxes); i++) {
    const box = Array.from(boxes.subarray(4 * i, 4 * i + 4), (value, k) => (value - (k % 2 === 0 ? left : top)) * scale);
    const [x0, y0, x1, y1] = box as [number, number, number, number];
    const whole = mirrored ? [width - x1, y0, width - x0, y1] : [x0, y0, x1, y1];
    const seen = whole.map((value, k) => Math.min(Math.max(value, 0), k % 2 === 0 ? width : height));
    const area = boxArea(whole, 0);
    if (area === 0 || boxArea(seen, 0) < VISIBLE * area) continue;
    kept.push(i);
    moved.push(...seen);
  }
  return {
    boxes: Float32Array.from(moved),
    labels: Int32Array.from(kept, (i) => labels[i]!),
    ...(crowd && { crowd: Uint8Array.from(kept, (i) => crowd[i]!) }),
  };
}
