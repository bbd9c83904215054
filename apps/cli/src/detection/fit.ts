import type { Objects, Scene } from "focal-loss/detect";
import { eachAtOnce, type BoxData, type Sample } from "./data/dataset.ts";
import { readPicture } from "./data/pictures.ts";
import { FocalError } from "focal-loss";

/** How pictures of any size become those that a detector is trained on and looks at. */
export interface Scaling {
  /** The long side in pixels to which a picture is shrunk or enlarged; null: as it is. */
  readonly longSide: number | null;
}

/** Sides that are multiples of this fit every level. */
const GRAIN = 32;
const LEAST = 128, MOST = 320;
/** The smaller boxes should have this many pixels a side: two anchors of the finest level beside each other. */
const WANTED = 14;

/** The long side at which nine boxes of ten are 14 pixels or more: between 128 and 320, since time grows with its square. */
export function chooseLongSide(samples: readonly Sample[]): number {
  const sides = samples.flatMap(({ width, height, boxes, crowd }) => Array.from({ length: boxes.length / 4 }, (_, b) => Math.sqrt((boxes[4 * b + 2]! - boxes[4 * b]!) * (boxes[4 * b + 3]! - boxes[4 * b + 1]!)) / Math.max(width, height))
    .filter((_, b) => !crowd[b])).sort((a, b) => a - b);
  const wanted = WANTED / (sides[Math.floor(0.1 * sides.length)] ?? 1);
  return Math.min(Math.max(Math.ceil(wanted / GRAIN) * GRAIN, LEAST), MOST);
}

/** The size of a picture in training. */
export function scaledSize(width: number, height: number, { longSide }: Scaling): readonly [width: number, height: number] {
  if (longSide === null) return [width, height];
  const factor = longSide / Math.max(width, height);
  return [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
}

/** The one size that all pictures of a data set fit into: a multiple of 32 each way. */
export function frameOf(samples: readonly { readonly width: number; readonly height: number }[], scaling: Scaling): readonly [width: number, height: number] {
  const sizes = samples.map(({ width, height }) => scaledSize(width, height, scaling));
  const upward = (side: number): number => Math.ceil(side / GRAIN) * GRAIN;
  return [upward(Math.max(...sizes.map(([width]) => width))), upward(Math.max(...sizes.map(([, height]) => height)))];
}

/** Boxes of a sample in pixels of its scaled picture. */
export function scaledObjects({ width, height, boxes, labels, crowd }: Sample, scaling: Scaling): Objects {
  const [w, h] = scaledSize(width, height, scaling);
  return { boxes: boxes.map((edge, i) => edge * (i % 2 === 0 ? w / width : h / height)), labels, crowd };
}

/**
 * Decodes the pictures of a data set at the size of training.
 *
 * A picture that cannot be decoded is counted among the problems and left out.
 */
export async function scenesOf({ channels, problems }: BoxData, samples: readonly Sample[], scaling: Scaling, onProgress: (done: number) => void = () => {}): Promise<Scene[]> {
  let done = 0;
  const scenes = await eachAtOnce(samples, async (sample) => {
    try {
      const size = scaledSize(sample.width, sample.height, scaling);
      const picture = await readPicture(sample.file, { channels, size, upright: sample.upright });
      return { name: sample.name, picture, ...scaledObjects(sample, scaling) };
    } catch (error) {
      if (!(error instanceof FocalError)) throw error;
      problems.add("unreadable", sample.name);
      return undefined;
    } finally {
      onProgress(++done);
    }
  });
  return scenes.filter((scene) => scene !== undefined);
}
