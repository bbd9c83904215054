import { expectKnown, FocalError } from "../errors.ts";
import { boxArea, countBoxes, iou } from "./boxes.ts";
import type { Detections } from "./types.ts";

/** How alike two boxes of a class may be, and how many a picture keeps. */
export interface SuppressionOptions {
  /** A box is dropped whose IoU with a surer one of its class is above this; default 0.5. */
  readonly iou?: number;
  /** At most so many detections, of all classes together; default 100. */
  readonly limit?: number;
}

/** Where the scores stand, highest first; of equals the first comes first. NaN has no place. */
export function byScore(scores: ArrayLike<number>): Int32Array {
  const order: number[] = [];
  for (let i = 0; i < scores.length; i++) if (!Number.isNaN(scores[i]!)) order.push(i);
  return Int32Array.from(order.sort((i, j) => scores[j]! - scores[i]! || i - j));
}

/** Detections must be as many boxes as labels and scores. */
export function expectDetections({ boxes, labels, scores }: Detections): void {
  const count = countBoxes("boxes", boxes);
  if (labels.length !== count || scores.length !== count) {
    throw new FocalError("shape", `there must be a label and a score for each of ${count} boxes, got ${labels.length} labels and ${scores.length} scores`);
  }
}

/**
 * One detection per object: of boxes of a class that overlap, the surest stays (non-maximum suppression).
 *
 * A dense detector sees every object from several anchors. Classes do not hide each other. Boxes without area and scores
 * that are NaN are dropped.
 *
 * @param detections - in any order
 * @returns the ones kept, surest first; equal scores in the order they came
 * @throws FocalError `shape` for arrays of different lengths, `argument` for an IoU outside [0, 1] or a limit below 1
 *
 * @example
 * suppress({ boxes: Float32Array.of(0, 0, 8, 8, 1, 0, 9, 8, 20, 0, 28, 8), labels: Int32Array.of(0, 0, 0), scores: Float32Array.of(0.5, 0.75, 0.25) });
 * // boxes 1 0 9 8 and 20 0 28 8, scores 0.75 and 0.25
 */
export function suppress(detections: Detections, options: SuppressionOptions = {}): Detections {
  expectKnown("suppress", options, ["iou", "limit"]);
  const { iou: most = 0.5, limit = 100 } = options;
  expectDetections(detections);
  if (!(most >= 0 && most <= 1)) throw new FocalError("argument", `iou must be in [0, 1], got ${most}`);
  if (!(Number.isInteger(limit) && limit >= 1)) throw new FocalError("argument", `limit must be a whole number ≥ 1, got ${limit}`);
  const { boxes, labels, scores } = detections;
  const kept: number[] = [], ofClass = new Map<number, number[]>();
  for (const i of byScore(scores)) {
    if (kept.length === limit) break;
    if (boxArea(boxes, i) === 0) continue;
    const surer = ofClass.get(labels[i]!) ?? [];
    if (surer.some((j) => iou(boxes, i, boxes, j) > most)) continue;
    surer.push(i);
    ofClass.set(labels[i]!, surer);
    kept.push(i);
  }
  return {
    boxes: Float32Array.from(kept.flatMap((i) => [...boxes.subarray(4 * i, 4 * i + 4)])),
    labels: Int32Array.from(kept, (i) => labels[i]!),
    scores: Float32Array.from(kept, (i) => scores[i]!),
  };
}
