import { anchorGrid, assign, digitLevels, digitScenes, sliceDigits } from "focal-loss/detect";
import type { Digits, Scene } from "focal-loss/detect";
import table from "./digits.txt?raw";
import { HELD, SIZE } from "./settings.ts";

/** Pictures to train on. */
const TRAIN = 160;
/** Whose digits are trained on; the held-out pictures show the others'. */
const LEARNT = 220;

/** The digits that the page carries: a line each, 64 pixels from 0 to g (16), and the digit. */
export function readTable(text: string): Digits {
  const lines = text.trim().split("\n");
  return {
    pixels: Uint8Array.from(lines.flatMap((line) => Array.from({ length: 64 }, (_, k) => parseInt(line[k]!, 17)))),
    labels: Uint8Array.from(lines, (line) => Number(line[64])),
  };
}

export interface SceneSet {
  readonly train: readonly Scene[];
  readonly held: readonly Scene[];
}

/** Pictures of one to three digits, other ones for every seed. All digits are one class: ten would need ten times the training. */
export function makeScenes(seed: number): SceneSet {
  const digits = readTable(table), objects = [1, 3] as const;
  const anyDigit = (scene: Scene): Scene => ({ ...scene, labels: scene.labels.map(() => 0) });
  return {
    train: digitScenes(sliceDigits(digits, 0, LEARNT), { count: TRAIN, seed: 2 * seed, size: SIZE, objects }).map(anyDigit),
    held: digitScenes(sliceDigits(digits, LEARNT, digits.labels.length), { count: HELD, seed: 2 * seed + 1, size: SIZE, objects }).map(anyDigit),
  };
}

/** How many places a detector asks about on a picture, and how many of them belong to a digit or to the background. Those between are ignored. */
export interface Places {
  readonly anchors: number;
  readonly positives: number;
  readonly background: number;
}

/** Means over pictures. */
export function countPlaces(scenes: readonly Scene[]): Places {
  const anchors = anchorGrid(digitLevels, SIZE, SIZE), classes = scenes.map((scene) => assign(anchors, scene).classes);
  const mean = (counts: (label: number) => boolean): number => classes.reduce((sum, labels) => sum + labels.filter(counts).length, 0) / scenes.length;
  return { anchors: anchors.length / 4, positives: mean((label) => label >= 0), background: mean((label) => label === -1) };
}
