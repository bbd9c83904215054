import { describe, FocalError } from "../errors.ts";
import type { CurvePoint } from "../metrics/curve.ts";
import { expectLabels, expectWhole } from "../metrics/inputs.ts";
import { countBoxes } from "./boxes.ts";
import { classOnPicture, countedTruths, match } from "./matching.ts";
import type { ClassOnPicture } from "./matching.ts";
import { OVERLAPS, reached, recallCurve } from "./recalls.ts";
import type { Matched } from "./recalls.ts";
import { byScore, expectDetections } from "./suppress.ts";
import type { Detections, Objects } from "./types.ts";

/** How well one class is detected. */
export interface ClassDetection {
  /** Its mean over ten IoUs; NaN without objects of the class. */
  readonly ap: number;
  /** At IoU 0.5. */
  readonly ap50: number;
  /** Objects of the class, crowds not counted. */
  readonly truths: number;
}

/** How well a detector detects, in COCO's numbers. All are means over the classes that have objects, NaN where none has. */
export interface DetectionScores {
  /** Average precision, its mean over the IoUs 0.5, 0.55 … 0.95. */
  readonly ap: number;
  /** Average precision where a box needs an IoU of 0.5 … */
  readonly ap50: number;
  /** … or of 0.75 with an object's. */
  readonly ap75: number;
  /** `ap` of objects of at most 32² pixels, */
  readonly small: number;
  /** of 32² to 96², */
  readonly medium: number;
  /** and from 96² on. */
  readonly large: number;
  /** The share of objects found by at most 100 detections a picture and class, its mean over the ten IoUs. */
  readonly recall: number;
  readonly perClass: readonly ClassDetection[];
  /** Precision of a class at 101 recalls; its mean is the average precision at this IoU. Empty without objects of the class. */
  readonly curve: (label: number, iou: number) => CurvePoint[];
}

type Range = readonly [least: number, most: number];
const ALL: Range = [0, Infinity], SMALL: Range = [0, 32 ** 2], MEDIUM: Range = [32 ** 2, 96 ** 2], LARGE: Range = [96 ** 2, Infinity];

/**
 * Average precision of a detector by the rules of COCO.
 *
 * Detections of a class, at most 100 a picture, are taken surest first; each gets the object of its class with which its IoU is highest, if
 * that is enough and the object is not taken. Precision is read at 101 recalls, each the highest at this recall or above, and averaged.
 * Detections on a crowd, and on objects outside the range of sizes, count as neither right nor wrong.
 *
 * @param truth - what stands on each picture; boxes without area are passed over
 * @param detections - what was seen on each, in the same order of pictures
 * @param classes - how many there are
 * @throws FocalError `shape` for different numbers of pictures, boxes, labels, `label` for a label outside 0 … classes − 1, `argument` for a score
 *   that is NaN
 *
 * @example
 * const truth = [{ boxes: Float32Array.of(0, 0, 10, 10), labels: Int32Array.of(0) }];
 * const seen = [{ boxes: Float32Array.of(0, 0, 10, 8), labels: Int32Array.of(0), scores: Float32Array.of(0.9) }];
 * evaluateDetections(truth, seen, 1).ap;   // 0.7: an IoU of 0.8 is enough at 0.5, 0.55 … 0.8
 *
 * @see Lin and others: Microsoft COCO: Common Objects in Context, 2014; https://cocodataset.org/#detection-eval
 */
export function evaluateDetections(truth: readonly Objects[], detections: readonly Detections[], classes: number): DetectionScores {
  expectWhole("classes", classes, 1);
  if (truth.length !== detections.length) throw new FocalError("shape", `there must be detections for each of ${truth.length} pictures, got ${detections.length}`);
  truth.forEach((objects, k) => expectPicture(objects, detections[k]!, classes, k));
  const byClass = Array.from({ length: classes }, (_, label) => gather(truth.map((objects, k) => classOnPicture(objects, detections[k]!, label))));
  const atAll = (range: Range): Matched[][] => byClass.map((seen) => matchAll(seen, OVERLAPS, range));
  const all = atAll(ALL), precisions = all.map((matched) => matched.map(averagePrecision));
  const meanOf = (range: Range): number => mean(atAll(range).flat().map(averagePrecision));
  return {
    ap: mean(precisions.flat()),
    ap50: mean(precisions.map((row) => row[0]!)),
    ap75: mean(precisions.map((row) => row[5]!)),
    small: meanOf(SMALL),
    medium: meanOf(MEDIUM),
    large: meanOf(LARGE),
    recall: mean(all.flat().map((matched) => (matched.truths === 0 ? NaN : reached(matched)))),
    perClass: precisions.map((row, label) => ({ ap: mean(row), ap50: row[0]!, truths: all[label]![0]!.truths })),
    curve: (label, iou) => {
      expectLabels("label", [label], classes);
      if (!(iou > 0 && iou <= 1)) throw new FocalError("argument", `iou must be in (0, 1], got ${describe(iou)}`);
      const [matched] = matchAll(byClass[label]!, [iou], ALL) as [Matched];
      return matched.truths === 0 ? [] : recallCurve(matched);
    },
  };
}

function expectPicture(objects: Objects, seen: Detections, classes: number, k: number): void {
  expectDetections(seen);
  const count = countBoxes("boxes", objects.boxes);
  if (objects.labels.length !== count) throw new FocalError("shape", `there must be a label for each of ${count} boxes on picture ${k}, got ${objects.labels.length}`);
  expectLabels(`truth[${k}].labels`, objects.labels, classes);
  expectLabels(`detections[${k}].labels`, seen.labels, classes);
  const wrong = seen.scores.findIndex(Number.isNaN);
  if (wrong >= 0) throw new FocalError("argument", `detections[${k}].scores[${wrong}] must be a number, got NaN`);
}

/** A class on all pictures, with all its detections in one row. */
interface ClassEverywhere {
  readonly pictures: readonly ClassOnPicture[];
  readonly scores: Float64Array;
  readonly order: Int32Array;
}

function gather(all: readonly ClassOnPicture[]): ClassEverywhere {
  const pictures = all.filter(({ truths, areas }) => truths + areas.length > 0);
  const scores = Float64Array.from(pictures.flatMap((picture) => [...picture.scores]));
  return { pictures, scores, order: byScore(scores) };
}

/** The same at several IoUs. */
function matchAll({ pictures, scores, order }: ClassEverywhere, ious: ArrayLike<number>, range: Range): Matched[] {
  const counted = pictures.map((picture) => countedTruths(picture, range));
  const truths = counted.reduce((sum, flags) => sum + flags.reduce((a, b) => a + b, 0), 0);
  return Array.from(ious, (iou) => {
    const outcomes = new Int8Array(scores.length);
    let at = 0;
    pictures.forEach((picture, k) => {
      const next = at + picture.areas.length;
      match(picture, counted[k]!, iou, range, outcomes.subarray(at, next));
      at = next;
    });
    return { scores, order, outcomes, truths };
  });
}

function averagePrecision(matched: Matched): number {
  return matched.truths === 0 ? NaN : mean(recallCurve(matched).map(({ precision }) => precision));
}

/** Of the numbers that there are: NaN stands for a class without objects. */
function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}
