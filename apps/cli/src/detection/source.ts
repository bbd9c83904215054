import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { FocalError } from "focal-loss";
import { craterLevels, digitLevels, digitScenes, readDigits, sliceDigits, type AugmentOptions, type Level, type Scene } from "focal-loss/detect";
import { quote } from "../data/near.ts";
import { bundledFile } from "./bundled.ts";
import { divideMoon, readMoon } from "./craters.ts";
import type { Scaling } from "./fit.ts";
import { folderSource, type FolderOptions } from "./folderSource.ts";

/** Scenes to learn from and scenes to judge by, and the anchors that the former ask for. */
export interface Division {
  readonly train: readonly Scene[];
  readonly test: readonly Scene[];
  /** What is learnt from in the place of `train`, where the same ground can be cut into pictures in more ways. */
  readonly windows?: readonly Scene[];
  readonly levels: readonly Level[];
}

/** A data set as training sees it: pictures of one size, their division, and the anchors for them. */
export interface Source {
  readonly name: string;
  readonly classes: readonly string[];
  readonly channels: 1 | 3;
  readonly width: number;
  readonly height: number;
  /** Of the first repeat. */
  readonly levels: readonly Level[];
  readonly scaling: Scaling;
  /** How a picture is divided, how sizes and anchors were chosen: sentences for the reader. */
  readonly about: { readonly split: string; readonly size: string; readonly anchors: string };
  /** What was wrong with the data, a line for each kind. */
  readonly problems: readonly string[];
  /** How pictures are changed at random in training, so that they are not learnt by heart; undefined: not at all. */
  readonly augmentation: AugmentOptions | undefined;
  /** The scenes of one repeat; the same for the same index. */
  divide(index: number): Division;
  /** What a checkpoint must agree on. */
  readonly identity: unknown;
}

/** Scenes of digits to learn from and to judge by, and where the handwriting is divided. */
const LEARNT = 4000, JUDGED = 200, HANDS = 1200;

/** Whether a word names data that come with the program. */
export const isBundled = (name: string): boolean => name === "craters" || name === "digits";

/**
 * The data that a word names: `craters`, `digits`, or a folder or annotation file of one's own.
 *
 * @throws FocalError `data` where it cannot be used
 */
export async function openSource(name: string, options: FolderOptions): Promise<Source> {
  if (!isBundled(name)) return folderSource(name, options);
  if (options.size !== undefined) throw new FocalError("argument", `size is for data of your own: ${quote(name)} has pictures of 128 pixels`);
  return name === "craters" ? craters() : digits();
}

const bundled = { channels: 1, width: 128, height: 128, scaling: { longSide: null }, problems: [] } as const;

async function craters(): Promise<Source> {
  const moon = await readMoon();
  return {
    ...bundled, name: "craters", classes: ["crater"], levels: craterLevels, identity: "craters 3",
    // Found on the first repeat with γ = 2. Mirrored only, windows are learnt by heart: AP50 .76 of tiles learnt from, .25 of others. By augment's
    // defaults, which also move what is cut anew already: .36 and .32. So: .53 and .36.
    augmentation: { scale: [0.9, 1.1], crop: 0, brightness: 0.05, contrast: 0.1 },
    about: {
      split: "By longitude: two bands of 45° of eight are held out, others in each repeat.",
      size: "320 tiles of 128 × 128 pixels from a map of the Moon; what is learnt from is cut anew every 32 pixels.", anchors: "Four sizes on each of two levels, made for craters of 8 to 41 pixels.",
    },
    divide: (index) => ({ ...divideMoon(moon, index), levels: craterLevels }),
  };
}

async function digits(): Promise<Source> {
  const all = readDigits(gunzipSync(await readFile(bundledFile("digits.csv.gz"))).toString("utf8"));
  const learnt = sliceDigits(all, 0, HANDS), held = sliceDigits(all, HANDS, all.labels.length);
  return {
    ...bundled, name: "digits", classes: Array.from({ length: 10 }, (_, digit) => String(digit)), levels: digitLevels, augmentation: undefined, identity: "digits 2",
    about: {
      split: `${LEARNT} scenes to learn from and ${JUDGED} of other handwriting to judge by, new ones in each repeat.`,
      size: "Synthetic scenes of 128 × 128 pixels: digits on a rough ground.", anchors: "Three sizes on one level, made for digits of three heights.",
    },
    divide: (index) => ({ train: digitScenes(learnt, { count: LEARNT, seed: 2 * index }), test: digitScenes(held, { count: JUDGED, seed: 2 * index + 1 }), levels: digitLevels }),
  };
}
