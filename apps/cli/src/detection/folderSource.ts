import { createHash } from "node:crypto";
import { FocalError } from "focal-loss";
import { randomNumbers } from "focal-loss/train";
import type { Scene } from "focal-loss/detect";
import { quote } from "../data/near.ts";
import { count, fixed, percent, plural } from "../report/format.ts";
import { chooseAnchors, type Anchors } from "./anchors.ts";
import { loadBoxes, type BoxData, type Sample } from "./data/dataset.ts";
import { chooseLongSide, frameOf, scaledObjects, scenesOf } from "./fit.ts";
import type { Division, Source } from "./source.ts";

export interface FolderOptions {
  /** The long side of pictures in training; chosen from the data where undefined. */
  readonly size?: number | undefined;
  onReading?(done: number, total: number): void;
}

/** The share of pictures that are held out where the data do not say which. */
const HELD_OUT = 0.25;

/** A folder or annotation file of one's own: size and anchors are chosen from its boxes. */
export async function folderSource(path: string, { size, onReading }: FolderOptions): Promise<Source> {
  const data = await loadBoxes(path);
  const { samples, classes, channels, format, problems } = data;
  if (samples.length < 4) throw new FocalError("data", `${quote(path)} must hold at least 4 pictures, so that some can be held out, got ${samples.length}`);
  const parts = officialParts(samples);
  const longSide = size ?? chooseLongSide(parts?.train ?? samples), scaling = { longSide };
  const [width, height] = frameOf(samples, scaling);
  const used = parts ? [...parts.train, ...parts.test] : samples;
  const partsOf = (index: number): Parts => parts ?? randomParts(samples, index);
  // Held-out boxes must not shape the anchors: every repeat has its own.
  const anchorsOf = ({ train }: Parts): Anchors => chooseAnchors(train.map((sample) => scaledObjects(sample, scaling)));
  const anchors = anchorsOf(partsOf(0));
  const scenes = new Map<Sample, Scene>();
  const read = await scenesOf(data, used, scaling, (done) => onReading?.(done, used.length));
  const byName = new Map(read.map((scene) => [scene.name, scene]));
  for (const sample of used) if (byName.has(sample.name)) scenes.set(sample, byName.get(sample.name)!);
  const here = (part: readonly Sample[]): Scene[] => part.flatMap((sample) => scenes.get(sample) ?? []);
  const boxes = used.reduce((sum, { labels }) => sum + labels.length, 0);
  return {
    name: path, classes, channels, width, height, levels: anchors.levels, scaling, augmentation: {}, identity: identityOf(data, longSide),
    about: {
      split: parts ? `As the data say: ${plural(parts.train.length, "picture")} to learn from, ${plural(parts.test.length, "picture")} to judge by.` : `At random: ${percent(HELD_OUT)} of ${plural(used.length, "picture")} are held out, others in each repeat.`,
      size: `${format}, ${plural(used.length, "picture")} with ${count(boxes)} boxes of ${plural(classes.length, "class")}. Pictures are scaled to a long side of ${longSide} pixels${size === undefined ? ", chosen so that most boxes have 14 pixels a side, between 128 and 320" : ""}, and stand in a frame of ${width} × ${height}.`,
      anchors: `Chosen from the training boxes by k-means over width and height${parts ? "" : ", in each repeat from its own"}: ${anchors.levels.map(({ stride, sizes }) => `stride ${stride}: ${sizes.map(([w, h]) => `${w} × ${h}`).join(", ")}`).join("; ")}. ${percent(anchors.met)} of these boxes have an anchor of their size and shape (IoU of at least 0.5 if centred), ${fixed(anchors.fit, 2)} on average.`,
    },
    problems: problems.lines(),
    divide(index): Division {
      const { train, test } = partsOf(index);
      return { train: here(train), test: here(test), levels: (index === 0 ? anchors : anchorsOf({ train, test })).levels };
    },
  };
}

interface Parts {
  readonly train: readonly Sample[];
  readonly test: readonly Sample[];
}

function randomParts(samples: readonly Sample[], index: number): Parts {
  const order = shuffled(samples, index), held = Math.max(1, Math.round(HELD_OUT * samples.length));
  return { train: order.slice(held), test: order.slice(0, held) };
}

/** The parts that the data name: test pictures, else those for validation, are to judge by. Undefined where they name none. */
function officialParts(samples: readonly Sample[]): Parts | undefined {
  const of = (wanted: Sample["part"]): Sample[] => samples.filter(({ part }) => part === wanted);
  const hasBoxes = (part: readonly Sample[]): boolean => part.some(({ labels }) => labels.length > 0);
  const [train, validation, test] = [of("train"), of("validation"), of("test")];
  const judged = hasBoxes(test) ? test : validation;
  return hasBoxes(train) && hasBoxes(judged) ? { train, test: judged } : undefined;
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randomNumbers(seed + 7919), order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function identityOf({ samples, classes }: BoxData, longSide: number): string {
  const hash = createHash("sha256").update(JSON.stringify([classes, longSide]));
  for (const { name, part, boxes, labels } of samples) hash.update(`${name} ${part} ${count(labels.length)}`).update(boxes).update(labels);
  return hash.digest("hex");
}
