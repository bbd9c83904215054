import { boxArea, intersection } from "./boxes.ts";
import { byScore } from "./suppress.ts";
import type { Detections, Objects } from "./types.ts";

/** The objects and the detections of one class on one picture, with all that matching asks of them. */
export interface ClassOnPicture {
  readonly scores: Float64Array;
  /** Pixels of each detection. */
  readonly areas: Float64Array;
  readonly truths: number;
  readonly truthAreas: Float64Array;
  readonly crowd: Uint8Array;
  /** Detections × truths. */
  readonly overlaps: Float64Array;
}

/** COCO looks no further than at so many detections of a class on a picture. */
const LIMIT = 100;

/**
 * Picks one class out of a picture: its surest detections, surest first, and how far each covers each object.
 *
 * A crowd has no end of its own: with it an overlap is the share of the detection that is inside.
 */
export function classOnPicture(objects: Objects, detections: Detections, label: number): ClassOnPicture {
  const truths = indices(objects.labels, label).filter((i) => boxArea(objects.boxes, i) > 0), found = indices(detections.labels, label);
  const order = Array.from(byScore(found.map((i) => detections.scores[i]!)).subarray(0, LIMIT), (k) => found[k]!);
  const areas = Float64Array.from(order, (i) => boxArea(detections.boxes, i)), truthAreas = Float64Array.from(truths, (i) => boxArea(objects.boxes, i));
  const crowd = Uint8Array.from(truths, (i) => objects.crowd?.[i] ?? 0);
  const overlaps = new Float64Array(order.length * truths.length);
  order.forEach((i, d) => truths.forEach((j, t) => {
    if (areas[d] === 0) return;
    const shared = intersection(detections.boxes, i, objects.boxes, j);
    overlaps[d * truths.length + t] = shared / (crowd[t] ? areas[d]! : areas[d]! + truthAreas[t]! - shared);
  }));
  return { scores: Float64Array.from(order, (i) => detections.scores[i]!), areas, truths: truths.length, truthAreas, crowd, overlaps };
}

function indices(labels: Int32Array, label: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] === label) found.push(i);
  return found;
}

/** What a detection counts as. */
export const HIT = 1, MISS = 0, UNCOUNTED = -1;

/** The objects that a detector has to find, 1: no crowds, none outside the range of sizes. The others are there, but do not count. */
export function countedTruths({ truthAreas, crowd }: ClassOnPicture, [least, most]: readonly [number, number]): Uint8Array {
  return crowd.map((is, t) => (is === 0 && truthAreas[t]! >= least && truthAreas[t]! <= most ? 1 : 0));
}

/**
 * Gives each detection an object or none, surest first, and writes down what it counts as.
 *
 * It gets the object that it covers best of those nobody has yet, from the threshold on: of the objects that count first, and only where
 * none of these will do of the others, and then it counts as neither right nor wrong. A crowd takes any number of them. One without an
 * object is wrong, if its own size is in range. Of equal overlaps the last is taken.
 *
 * @param outcomes - HIT, MISS or UNCOUNTED of each detection
 */
export function match(picture: ClassOnPicture, counted: Uint8Array, threshold: number, [least, most]: readonly [number, number], outcomes: Int8Array): void {
  const { areas, truths, crowd, overlaps } = picture;
  const taken = new Uint8Array(truths);
  // A threshold of 1 still takes boxes that are the same but for rounding.
  const enough = Math.min(threshold, 1 - 1e-10);
  const bestOf = (d: number, which: number): number => {
    let best = -1, overlap = enough;
    for (let t = 0; t < truths; t++) {
      const here = overlaps[d * truths + t]!;
      if (here < overlap || counted[t] !== which || (taken[t] === 1 && crowd[t] === 0)) continue;
      overlap = here;
      best = t;
    }
    return best;
  };
  for (let d = 0; d < areas.length; d++) {
    const object = bestOf(d, 1), other = object < 0 ? bestOf(d, 0) : -1;
    if (object >= 0) taken[object] = 1;
    if (other >= 0) taken[other] = 1;
    const out = other >= 0 || areas[d]! < least || areas[d]! > most;
    outcomes[d] = object >= 0 ? HIT : out ? UNCOUNTED : MISS;
  }
}
