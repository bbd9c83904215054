import { describe, expectKnown, FocalError } from "../errors.ts";
import { stream } from "../random.ts";
import type { RandomNumbers } from "../random.ts";
import { intersection } from "./boxes.ts";
import { addNoise, addStroke, between, lightAround, paint } from "./canvas.ts";
import type { Canvas } from "./canvas.ts";
import type { Digits } from "./digits.ts";
import { drawGlyph } from "./glyph.ts";
import type { Scene } from "./types.ts";

/** How many scenes, and of what. */
export interface DigitScenesOptions {
  readonly count: number;
  /** Another seed, other scenes; scene k of a seed is the same however many there are. */
  readonly seed: number;
  /** Pixels of each side, ≥ 32; default 128. */
  readonly size?: number;
  /** Fewest and most digits on a scene; default 1 to 4, so that 5 or 6 of 768 anchors are an object's. Without room there are fewer. */
  readonly objects?: readonly [fewest: number, most: number];
}

/** Heights of digits in pixels, each of them ± 8 %. */
const HEIGHTS = [15, 18.5, 23.5];
/** No more of a digit lies on another. */
const OVERLAP = 0.1;

type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/**
 * Grey pictures of digits on a rough ground, with exact boxes: a small detection task with ten classes and no labelling errors.
 *
 * Digits are brighter than what is around them, by much or by little. The ground has hills, grain and bright and dark strokes as
 * thick as those of digits, so that neither brightness nor edges alone tell an object. A box ends where the ink ends.
 * Integer random numbers and plain arithmetic only: the same pixels on every machine.
 *
 * @param digits - whose handwriting; give test scenes other digits than training scenes ({@link sliceDigits})
 * @throws FocalError `argument` for an impossible option, `shape` for no digits, or not 64 pixels of each
 *
 * @example
 * digitScenes(digits, { count: 800, seed: 1 })[0].boxes;   // x0 y0 x1 y1 of each digit on the first of 800 scenes
 */
export function digitScenes(digits: Digits, options: DigitScenesOptions): Scene[] {
  expectKnown("digitScenes", options, ["count", "seed", "size", "objects"]);
  const { count, seed, size = 128, objects = [1, 4] } = options;
  const { pixels, labels } = digits;
  if (labels.length === 0 || pixels.length !== 64 * labels.length) {
    throw new FocalError("shape", `there must be 64 pixels for each of ${labels.length} digits, and at least one, got ${pixels.length}`);
  }
  const [fewest, most] = objects;
  for (const [name, value, least] of [["count", count, 0], ["size", size, 32], ["the fewest objects", fewest, 0], ["the most objects", most, fewest]] as const) {
    if (!(Number.isInteger(value) && value >= least)) throw new FocalError("argument", `${name} must be a whole number ≥ ${least}, got ${describe(value)}`);
  }
  return Array.from({ length: count }, (_, k) => {
    const random = stream(seed, `digit scene ${k}`);
    const canvas = ground(size, random);
    const wanted = fewest + Math.floor(random() * (most - fewest + 1));
    const boxes: number[] = [], classes: number[] = [];
    for (let n = 0; n < wanted; n++) {
      const which = Math.floor(random() * labels.length);
      const box = place(canvas, digits, which, boxes, random);
      if (box === undefined) continue;
      boxes.push(...box);
      classes.push(labels[which]!);
    }
    addGrain(canvas, random);
    const data = Uint8Array.from(canvas.light, (light) => Math.round(Math.min(255, Math.max(0, light))));
    const picture = { width: size, height: size, channels: 1, data } as const;
    return { name: `digits-${seed}-${k}`, picture, boxes: Float32Array.from(boxes), labels: Int32Array.from(classes) };
  });
}

/** Hills and strokes. */
function ground(size: number, random: RandomNumbers): Canvas {
  const canvas: Canvas = { size, light: new Float64Array(size * size).fill(between(random, 70, 130)) };
  for (const [cell, height] of [[43, 35], [17, 18], [7, 10]] as const) addNoise(canvas, cell, height, random);
  const strokes = Math.round(between(random, 4, 10) * (size / 128) ** 2);
  for (let n = 0; n < strokes; n++) addStroke(canvas, contrast(random) * (random() < 0.5 ? -1 : 1), random);
  return canvas;
}

/** On ink as on the ground, or its absence would tell the digits. */
function addGrain({ light }: Canvas, random: RandomNumbers): void {
  for (let i = 0; i < light.length; i++) light[i]! += between(random, -8, 8);
}

/** How much ink differs from its surroundings. */
function contrast(random: RandomNumbers): number {
  return between(random, 45, 115);
}

/** Draws a digit where it hides no other, and says where; undefined if there is no room. */
function place(canvas: Canvas, digits: Digits, which: number, boxes: readonly number[], random: RandomNumbers): Box | undefined {
  const height = HEIGHTS[Math.floor(random() * HEIGHTS.length)]! * between(random, 0.92, 1.08);
  const glyph = drawGlyph(digits, which, height, between(random, 0.9, 1.1)), difference = contrast(random);
  if (glyph.width === 0) return undefined;
  for (let attempt = 0; attempt < 30; attempt++) {
    const x = Math.floor(random() * (canvas.size - glyph.width + 1)), y = Math.floor(random() * (canvas.size - glyph.height + 1));
    const box: Box = [x, y, x + glyph.width, y + glyph.height];
    const room = OVERLAP * glyph.width * glyph.height;
    if (boxes.some((_, k) => k % 4 === 0 && intersection(boxes, k / 4, box, 0) > room)) continue;
    const ink = lightAround(canvas, x + glyph.width / 2, y + glyph.height / 2, height / 2) + difference;
    glyph.cover.forEach((share, k) => paint(canvas, x + (k % glyph.width), y + Math.floor(k / glyph.width), ink, share));
    return box;
  }
  return undefined;
}
