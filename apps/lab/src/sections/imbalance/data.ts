import { randomNumbers } from "focal-loss/train";
import type { DataSettings, Shape } from "./settings.ts";

/** Labelled points: x and y of each, one after the other. */
export interface Points {
  readonly at: Float32Array;
  readonly labels: Uint8Array;
  readonly positives: number;
}

/** At the least so many positives are there to train on, and so many to be judged by. */
const FEWEST = { train: 2, held: 30 };
/** Points that only judge are drawn as often as makes a rate of one in a hundred readable. */
const HELD = 8000;

export interface Data {
  readonly train: Points;
  /** From the same source, never trained on, and with the right labels. */
  readonly held: Points;
}

/** The same settings give the same points everywhere: coordinates are rounded to float32, where no two sines differ. */
export function makeData(settings: DataSettings): Data {
  const { imbalance, count, seed } = settings, random = randomNumbers(seed * 2 + 1), rate = 1 / (1 + imbalance);
  const points = (n: number, fewest: number): Points => draw(settings, n, Math.max(fewest, Math.round(n * rate)), random);
  const train = points(count, FEWEST.train), held = points(Math.max(HELD, Math.ceil(FEWEST.held / rate)), FEWEST.held);
  return { train: mislabel(train, settings.noise, random), held };
}

function draw({ shape, overlap }: DataSettings, count: number, positives: number, random: () => number): Points {
  const at = new Float32Array(2 * count), labels = new Uint8Array(count), normal = normalNumbers(random), place = places[shape];
  for (let i = 0; i < count; i++) {
    labels[i] = i < positives ? 1 : 0;
    const [x, y] = place(labels[i] === 1, overlap, random, normal);
    at[2 * i] = x;
    at[2 * i + 1] = y;
  }
  return { at, labels, positives };
}

type Place = (positive: boolean, overlap: number, random: () => number, normal: () => number) => readonly [number, number];

/** Where a point of either class lies. Most negatives are far from every positive, as background mostly is. */
const places: Readonly<Record<Shape, Place>> = {
  blobs: (positive, overlap, _, normal) => {
    const apart = 2.1 * (1 - overlap), spread = positive ? 0.45 : 0.85;
    return positive ? [apart * 0.8 + spread * normal(), apart * 0.6 + spread * normal()] : [-apart * 0.4 + spread * normal(), -apart * 0.3 + spread * normal()];
  },
  moons: (positive, overlap, random, normal) => {
    const angle = Math.PI * random(), spread = 0.08 + 0.5 * overlap, side = positive ? 1 : -1;
    return [side * (1.4 * Math.cos(angle) - 0.7) + spread * normal(), side * (0.45 - 1.4 * Math.sin(angle)) + spread * normal()];
  },
  rings: (positive, overlap, random, normal) => {
    const angle = 2 * Math.PI * random(), spread = 0.1 + 0.45 * overlap, radius = positive ? 0.5 * Math.sqrt(random()) : 1.8;
    return [radius * Math.cos(angle) + spread * normal(), radius * Math.sin(angle) + spread * normal()];
  },
};

/** Exchanges the labels of a share of the positives for those of as many negatives. */
function mislabel({ at, labels, positives }: Points, share: number, random: () => number): Points {
  const wrong = labels.slice(), chosen = Math.round(share * positives), negatives = labels.length - positives;
  wrong.fill(0, 0, chosen); // points of a class come in no order, so the first are as good as any
  for (let left = chosen; left > 0;) {
    const i = positives + Math.floor(random() * negatives);
    if (wrong[i] === 1) continue;
    wrong[i] = 1;
    left--;
  }
  return { at, labels: wrong, positives };
}

/** Box and Muller's normal numbers, two at a time. */
function normalNumbers(random: () => number): () => number {
  let kept: number | undefined;
  return () => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    const size = Math.sqrt(-2 * Math.log(1 - random())), angle = 2 * Math.PI * random();
    kept = size * Math.sin(angle);
    return size * Math.cos(angle);
  };
}
