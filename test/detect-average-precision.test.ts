/** Average precision: by hand, as published, and as COCO's program computes it. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateDetections } from "focal-loss/detect";
import type { Detections, Objects } from "focal-loss/detect";
import { anyBox, properBox } from "./detect/arbitraries.ts";
import { fourPictures } from "./detect/fourPictures.ts";

type Rows = readonly (readonly number[])[];
const truth = (boxes: Rows, labels: readonly number[] = boxes.map(() => 0), crowd?: readonly number[]): Objects =>
  ({ boxes: Float32Array.from(boxes.flat()), labels: Int32Array.from(labels), ...(crowd && { crowd: Uint8Array.from(crowd) }) });
const seen = (boxes: Rows, scores: readonly number[], labels: readonly number[] = boxes.map(() => 0)): Detections =>
  ({ boxes: Float32Array.from(boxes.flat()), labels: Int32Array.from(labels), scores: Float32Array.from(scores) });
const ap = (objects: Objects, detections: Detections, classes = 1) => evaluateDetections([objects], [detections], classes);

const square = [0, 0, 10, 10], other = [50, 50, 60, 60], nowhere = [100, 100, 110, 110];

describe("by hand", () => {
  test("an IoU of 0.8 is enough at seven of ten thresholds: AP 0.7, within 1e-14, for a mean is a rounded sum", () => {
    const { ap: mean, ap50, ap75, small, medium, recall } = ap(truth([square]), seen([[0, 0, 10, 8]], [0.9]));
    expect(mean).toBeCloseTo(0.7, 14);
    expect(recall).toBeCloseTo(0.7, 14);
    expect({ ap50, ap75, small: small.toFixed(12), medium }).toEqual({ ap50: 1, ap75: 1, small: "0.700000000000", medium: NaN });
  });

  test("right, wrong, right: precision 1 up to recall ½, ⅔ from there: (51 + 50·⅔)/101, within 1e-14", () => {
    const { ap50, curve } = ap(truth([square, other]), seen([square, nowhere, other], [0.9, 0.8, 0.7]));
    expect(ap50).toBeCloseTo((51 + 50 * (2 / 3)) / 101, 14);
    const points = curve(0, 0.5);
    expect(points).toHaveLength(101);
    expect(points[50]).toEqual({ recall: 0.5, precision: 1, threshold: Math.fround(0.9) });
    expect(points[51]).toEqual({ recall: 0.51, precision: 2 / 3, threshold: Math.fround(0.7) });
  });

  test("precision at a recall is the highest from there on: wrong, right, right gives ⅔ throughout", () => {
    expect(ap(truth([square, other]), seen([nowhere, square, other], [0.9, 0.8, 0.7])).ap50).toBeCloseTo(2 / 3, 14);
  });

  test("half the objects found: recalls above ½ count 0, and no threshold reaches them", () => {
    const { ap50, recall, curve } = ap(truth([square, other]), seen([square], [0.9]));
    expect(ap50).toBe(51 / 101);
    expect(recall).toBe(0.5);
    expect(curve(0, 0.5)[51]).toEqual({ recall: 0.51, precision: 0, threshold: NaN });
  });

  test("an object is found once: a second detection of it is wrong, the surer one has it though the other fits better", () => {
    const { ap50, ap75 } = ap(truth([square, other]), seen([[0, 0, 10, 6], square, other], [0.9, 0.8, 0.7]));
    // At 0.5: right, wrong, right. At 0.75: wrong, right, right.
    expect(ap50).toBeCloseTo((51 + 50 * (2 / 3)) / 101, 14);
    expect(ap75).toBeCloseTo(2 / 3, 14);
  });

  test("a detection takes the object it covers best, and leaves the other to the next", () => {
    const near = [0, 3, 10, 13];
    expect(ap(truth([square, near]), seen([[0, 2, 10, 12], [0, 0, 10, 9]], [0.9, 0.8])).ap50).toBe(1);
  });

  test("detections in a crowd are neither right nor wrong, any number of them; a crowd is none to be found", () => {
    const crowd = [40, 0, 100, 60];
    const objects = truth([square, crowd], [0, 0], [0, 1]);
    expect(ap(objects, seen([[50, 10, 60, 20], [70, 10, 80, 20], square], [0.9, 0.8, 0.7])).ap).toBe(1);
    // 40 % inside: wrong.
    expect(ap(objects, seen([[34, 10, 44, 20], square], [0.9, 0.7])).ap50).toBe(0.5);
    expect(ap(truth([crowd], [0], [1]), seen([square], [0.9])).ap).toBeNaN();
  });

  test("of another size: an object is neither found nor missed, a detection of it or of no object neither right nor wrong", () => {
    const large = [100, 0, 200, 100];
    const found = ap(truth([square, large]), seen([large, [0, 200, 100, 300], square], [0.9, 0.8, 0.7]));
    expect(found.small).toBe(1);
    expect(found.large).toBe(1);
    expect(found.medium).toBeNaN();
    expect(ap(truth([square, large]), seen([square], [0.9]))).toMatchObject({ small: 1, large: 0 });
  });

  test("32² pixels are small and medium, 96² medium and large", () => {
    const of = (side: number) => ap(truth([[0, 0, side, side]]), seen([[0, 0, side, side]], [1]));
    expect(of(32)).toMatchObject({ small: 1, medium: 1, large: NaN });
    expect(of(96)).toMatchObject({ small: NaN, medium: 1, large: 1 });
  });

  test("the mean is over classes with objects; a class without has NaN, however many are seen", () => {
    const { ap: mean, perClass, curve } = ap(truth([square, other], [0, 2]), seen([square, other, nowhere], [0.9, 0.8, 0.7], [0, 1, 1]), 4);
    expect(mean).toBe(0.5);
    expect(perClass).toEqual([{ ap: 1, ap50: 1, truths: 1 }, { ap: NaN, ap50: NaN, truths: 0 }, { ap: 0, ap50: 0, truths: 1 }, { ap: NaN, ap50: NaN, truths: 0 }]);
    expect(curve(1, 0.5)).toEqual([]);
  });

  test("the 101st detection of a class on a picture is not looked at, on another picture it is", () => {
    const scores = Array.from({ length: 100 }, (_, i) => 1 - i / 200), crowdOut = scores.map(() => nowhere);
    expect(ap(truth([square]), seen([...crowdOut, square], [...scores, 0.1])).recall).toBe(0);
    expect(evaluateDetections([truth([]), truth([square])], [seen(crowdOut, scores), seen([square], [0.1])], 1).recall).toBe(1);
  });

  test("no pictures, no objects: NaN; nothing seen: 0", () => {
    expect(evaluateDetections([], [], 2)).toMatchObject({ ap: NaN, recall: NaN });
    expect(ap(truth([]), seen([square], [0.5])).ap).toBeNaN();
    expect(ap(truth([square]), seen([], []))).toMatchObject({ ap: 0, ap50: 0, recall: 0 });
  });
});

describe("published", () => {
  test("one box moved by an eighth, as in torchmetrics' documentation: 0.6, 1, 1, large 0.6, recall 0.6 (4 digits)", () => {
    const { ap: mean, ap50, ap75, small, medium, large, recall } = ap(truth([[214, 41, 562, 285]]), seen([[258, 41, 606, 285]], [0.536]));
    expect([mean, ap50, ap75, small, medium, large, recall].map((v) => v.toFixed(4))).toEqual(["0.6000", "1.0000", "1.0000", "NaN", "NaN", "0.6000", "0.6000"]);
  });

  test("four pictures with COCO's own made-up detections: what pycocotools prints (3 digits)", () => {
    const { pictures, classes, published } = fourPictures;
    const scores = evaluateDetections(pictures.map(({ truth: [boxes, labels] }) => truth(boxes, labels)), pictures.map(({ detections: [boxes, labels, sure] }) => seen(boxes, sure, labels)), classes);
    const { ap: mean, ap50, ap75, small, medium, large, recall, perClass } = scores;
    expect([mean, ap50, ap75, small, medium, large, recall].map((v) => v.toFixed(3))).toEqual(published.scores);
    expect(perClass.map((of) => of.ap.toFixed(3))).toEqual(published.perClass);
  });
});

interface Judged {
  readonly classes: number;
  readonly truth: readonly { readonly boxes: number[]; readonly labels: number[]; readonly crowd: number[] }[];
  readonly detections: readonly { readonly boxes: number[]; readonly labels: number[]; readonly scores: number[] }[];
  readonly expected: Record<"ap" | "ap50" | "ap75" | "small" | "medium" | "large" | "recall", number | null> & { readonly perClass: { readonly ap: number | null; readonly ap50: number | null }[] };
}
const judged = JSON.parse(readFileSync(new URL("detect/coco.json", import.meta.url), "utf8")) as Judged[];

test(`${judged.length} random tasks with crowds, ties and all sizes: COCO's evaluation to 1e-12, the rounding of means of up to 4040 terms`, () => {
  const near = (name: string, value: number, expected: number | null): void => {
    if (expected === null) expect(value, name).toBeNaN();
    else expect(Math.abs(value - expected), name).toBeLessThan(1e-12);
  };
  judged.forEach(({ classes, truth: objects, detections, expected: { perClass, ...means } }, k) => {
    const scores = evaluateDetections(
      objects.map(({ boxes, labels, crowd }) => ({ boxes: Float32Array.from(boxes), labels: Int32Array.from(labels), crowd: Uint8Array.from(crowd) })),
      detections.map(({ boxes, labels, scores: sure }) => ({ boxes: Float32Array.from(boxes), labels: Int32Array.from(labels), scores: Float32Array.from(sure) })),
      classes,
    );
    for (const [name, value] of Object.entries(means)) near(`${name} of task ${k}`, scores[name as keyof typeof means], value);
    perClass.forEach((of, label) => {
      near(`ap of class ${label}, task ${k}`, scores.perClass[label]!.ap, of.ap);
      near(`ap50 of class ${label}, task ${k}`, scores.perClass[label]!.ap50, of.ap50);
    });
  });
});

describe("whatever is seen", () => {
  const picture = fc.record({ objects: fc.array(properBox, { maxLength: 5 }), boxes: fc.array(anyBox, { maxLength: 8 }), seed: fc.array(fc.nat(999), { minLength: 8, maxLength: 8 }) });
  const taskOf = ({ objects, boxes, seed }: { objects: Float32Array[]; boxes: Float32Array[]; seed: number[] }, mark = 0): [Objects, Detections] => [
    truth(objects.map((b) => [...b]), objects.map((_, i) => i % 2)),
    // Different scores, so that no order is left to chance.
    seen(boxes.map((b) => [...b]), boxes.map((_, i) => (seed[i]! + (i + 10 * mark) / 100) / 1000), boxes.map((_, i) => i % 2)),
  ];

  test("scores lie in [0, 1] or are NaN, and more overlap asked for is never better", () => {
    fc.assert(fc.property(picture, (task) => {
      const [objects, detections] = taskOf(task);
      const { ap: mean, ap50, recall, curve } = ap(objects, detections, 2);
      for (const value of [mean, ap50, recall]) expect(Number.isNaN(value) || (value >= 0 && value <= 1)).toBe(true);
      if (objects.labels.length > 0) expect(ap50).toBeGreaterThanOrEqual(mean - 1e-12);
      const precisions = curve(0, 0.5).map((point) => point.precision);
      precisions.forEach((precision, i) => expect(precision).toBeLessThanOrEqual(precisions[i - 1] ?? 1));
    }));
  });

  test("what is seen as it stands, and nothing else, scores 1", () => {
    fc.assert(fc.property(fc.array(properBox, { minLength: 1, maxLength: 6 }), (boxes) => {
      const rows = boxes.map((b) => [...b]);
      expect(ap(truth(rows), seen(rows, rows.map(() => 0.5)))).toMatchObject({ ap: 1, ap50: 1, recall: 1 });
    }));
  });

  test("the order of pictures and of detections does not matter where scores differ", () => {
    fc.assert(fc.property(picture, picture, (one, two) => {
      const a = taskOf(one), b = taskOf(two, 1);
      const backwards = ({ boxes, labels, scores }: Detections): Detections => {
        const order = [...labels.keys()].reverse();
        return seen(order.map((i) => [...boxes.subarray(4 * i, 4 * i + 4)]), order.map((i) => scores[i]!), order.map((i) => labels[i]!));
      };
      const { curve: _one, ...forth } = evaluateDetections([a[0], b[0]], [a[1], b[1]], 2);
      const { curve: _two, ...back } = evaluateDetections([b[0], a[0]], [backwards(b[1]), backwards(a[1])], 2);
      expect(back).toEqual(forth);
    }));
  });

  test("objects without area are passed over", () => {
    expect(ap(truth([square, [5, 5, 5, 9], [NaN, 0, 1, 1]]), seen([square], [0.5]))).toMatchObject({ ap: 1, perClass: [{ truths: 1 }] });
  });
});

test("what cannot be judged is refused in a sentence", () => {
  expect(() => evaluateDetections([truth([square])], [], 1)).toThrow("there must be detections for each of 1 pictures, got 0");
  expect(() => ap(truth([square], [3]), seen([], []))).toThrow("truth[0].labels[0] must be a class from 0 to 0, got 3");
  expect(() => ap(truth([square]), seen([square], [0.5], [-1]))).toThrow("detections[0].labels[0] must be a class from 0 to 0, got -1");
  expect(() => ap(truth([square]), seen([square], [NaN]))).toThrow("detections[0].scores[0] must be a number, got NaN");
  expect(() => ap(truth([square]), seen([square], []))).toThrow("there must be a label and a score for each of 1 boxes, got 1 labels and 0 scores");
  expect(() => ap(truth([square]), seen([], []), 0)).toThrow("classes must be a whole number ≥ 1, got 0");
  expect(() => ap(truth([square]), seen([], [])).curve(0, 0)).toThrow("iou must be in (0, 1], got 0");
});
