/** Boxes, anchors, their coding and suppression, by hand and by chance. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FocalError } from "focal-loss";
import { anchorGrid, anchorSizes, boxArea, clipBoxes, craterLevels, decodeBoxes, digitLevels, encodeBoxes, iou, suppress } from "focal-loss/detect";
import type { Detections } from "focal-loss/detect";
import { randomNumbers } from "../src/random.ts";
import { anyBox, properBox } from "./detect/arbitraries.ts";

describe("overlap", () => {
  test("a third, the whole, nothing, a corner: counted in pixels", () => {
    expect(iou([0, 0, 2, 2], 0, [1, 0, 3, 2], 0)).toBe(2 / 6);
    expect(iou([9, 9, 9, 9, 1, 2, 4, 6], 1, [1, 2, 4, 6], 0)).toBe(1);
    expect(iou([0, 0, 2, 2], 0, [2, 0, 4, 2], 0)).toBe(0);
    expect(iou([0, 0, 4, 4], 0, [3, 3, 5, 7], 0)).toBe(1 / (16 + 8 - 1));
  });

  test("lies in [0, 1], is the same both ways, 1 with itself, and moves with nothing", () => {
    fc.assert(fc.property(properBox, properBox, fc.integer({ min: -64, max: 64 }), (a, b, by) => {
      const here = iou(a, 0, b, 0);
      expect(here).toBeGreaterThanOrEqual(0);
      expect(here).toBeLessThanOrEqual(1);
      expect(iou(b, 0, a, 0)).toBe(here);
      expect(iou(a, 0, a, 0)).toBe(1);
      expect(iou(a.map((v) => v + by), 0, b.map((v) => v + by), 0)).toBe(here);
    }));
  });

  test("of anything with a flat, inside-out, endless or NaN box it is 0 or a share, never NaN; such a box has no area", () => {
    fc.assert(fc.property(anyBox, anyBox, (a, b) => {
      const here = iou(a, 0, b, 0);
      expect(here >= 0 && here <= 1).toBe(true);
      if (boxArea(a, 0) === 0 || boxArea(b, 0) === 0) expect(here).toBe(0);
    }), { numRuns: 500 });
    for (const box of [[0, 0, 0, 5], [5, 0, 1, 5], [NaN, 0, 1, 1], [0, 0, Infinity, 1], [-Infinity, -Infinity, Infinity, Infinity]]) expect(boxArea(box, 0)).toBe(0);
    expect(iou([-Infinity, 0, Infinity, 9], 0, [0, 0, 4, 4], 0)).toBe(0);
  });

  test("boxes are cut off at the edges; what lies outside becomes flat", () => {
    expect(clipBoxes([-3, 2, 5, 40, 40, 40, 50, 50], 32, 30)).toEqual(Float32Array.of(0, 2, 5, 30, 32, 30, 32, 30));
    expect(() => clipBoxes([1, 2, 3], 8, 8)).toThrow("boxes must hold four numbers x0 y0 x1 y1 for each box, got 3 numbers");
  });
});

describe("anchors", () => {
  test("stand by level, row, column, size, around the cells' centres", () => {
    expect(anchorGrid([{ stride: 8, sizes: [[8, 4], [2, 2]] }, { stride: 16, sizes: [[16, 16]] }], 16, 9)).toEqual(Float32Array.of(
      0, 2, 8, 6, 3, 3, 5, 5, 8, 2, 16, 6, 11, 3, 13, 5,
      0, 10, 8, 14, 3, 11, 5, 13, 8, 10, 16, 14, 11, 11, 13, 13,
      0, 0, 16, 16,
    ));
  });

  test("768 for digits and 1280 for craters on 128 × 128; maps over odd sizes are rounded up", () => {
    expect(anchorGrid(digitLevels, 128, 128).length / 4).toBe(768);
    expect(anchorGrid(craterLevels, 128, 128).length / 4).toBe(1280);
    expect(anchorGrid(craterLevels, 121, 7).length / 4).toBe(16 * 4 + 8 * 4);
  });

  test("RetinaNet's nine sizes keep the area of their scale, 1e-12 of it for the roots' rounding", () => {
    const sizes = anchorSizes({ size: 32 });
    expect(sizes).toHaveLength(9);
    sizes.forEach(([w, h], k) => {
      const scale = 2 ** (Math.floor(k / 3) / 3);
      expect(Math.abs((w * h) / (32 * scale) ** 2 - 1)).toBeLessThan(1e-12);
      expect(h / w).toBeCloseTo([0.5, 1, 2][k % 3]!, 12);
    });
    expect(anchorSizes({ size: 32, scales: [1], ratios: [1, 4] })).toEqual([[32, 32], [16, 64]]);
  });

  test("impossible ones are refused in a sentence", () => {
    expect(() => anchorGrid([{ stride: 0, sizes: [[1, 1]] }], 8, 8)).toThrow("stride must be a whole number of pixels > 0, got 0");
    expect(() => anchorGrid([{ stride: 8, sizes: [] }], 8, 8)).toThrow("the level of stride 8 must have at least one anchor size, got none");
    expect(() => anchorGrid([{ stride: 8, sizes: [[4, NaN]] }], 8, 8)).toThrow("an anchor's width and height must be > 0, got 4 × NaN");
    expect(() => anchorGrid(digitLevels, 8.5, 8)).toThrow("width must be a whole number of pixels > 0, got 8.5");
    expect(() => anchorSizes({ size: 8, ratios: [-1] })).toThrow("ratios must be > 0, got -1");
    expect(() => anchorSizes({ size: 8, ratio: 1 } as never)).toThrow(FocalError);
  });
});

describe("coding", () => {
  test("a box twice as high, a quarter to the right: ¼, ½, 0, log 2", () => {
    const deltas = encodeBoxes(Float32Array.of(0, 0, 8, 8, 0, 0, 8, 8), Float32Array.of(2, 0, 10, 16), Int32Array.of(-1, 0));
    expect(deltas).toEqual(Float32Array.of(0, 0, 0, 0, 0.25, 0.5, 0, Math.log(2)));
  });

  test("there and back, any box from any anchor: within 4 float32 steps of the sizes involved, for each delta is rounded once", () => {
    const inside = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 55 }), fc.integer({ min: 1, max: 55 }))
      .map(([x, y, w, h]) => Float32Array.of(x / 2, y / 2, x / 2 + w / 2, y / 2 + h / 2));
    fc.assert(fc.property(inside, inside, (anchor, box) => {
      const back = decodeBoxes(anchor, encodeBoxes(anchor, box, Int32Array.of(0)), 128, 128);
      back.forEach((value, k) => expect(Math.abs(value - box[k]!)).toBeLessThanOrEqual(4 * 128 * 2 ** -24));
    }), { numRuns: 500 });
  });

  test("the wildest answers of a network are boxes on the picture", () => {
    const boxes = decodeBoxes(Float32Array.of(8, 8, 16, 16, 8, 8, 16, 16), Float32Array.of(1e30, -1e30, 1e30, 1e30, 0, 0, 500, -500), 64, 32);
    expect([...boxes].every((v, k) => v >= 0 && v <= (k % 2 === 0 ? 64 : 32))).toBe(true);
    expect(boxes.subarray(4)).toEqual(Float32Array.of(0, 12, 64, 12));
  });

  test("other numbers of anchors than of answers are refused", () => {
    expect(() => encodeBoxes(new Float32Array(8), new Float32Array(4), new Int32Array(1))).toThrow("matched must name a box for each of 2 anchors, got 1");
    expect(() => decodeBoxes(new Float32Array(8), new Float32Array(4), 8, 8)).toThrow("deltas must be four numbers for each of 2 anchors, got 4 numbers");
  });
});

describe("suppression", () => {
  const three = (labels: number[], scores: number[]): Detections => ({ boxes: Float32Array.of(0, 0, 8, 8, 1, 0, 9, 8, 20, 0, 28, 8), labels: Int32Array.from(labels), scores: Float32Array.from(scores) });

  test("of two boxes of a class on each other (IoU 7/9) the surer stays; of two classes both do", () => {
    expect(suppress(three([0, 0, 0], [0.5, 0.75, 0.25]))).toEqual({ boxes: Float32Array.of(1, 0, 9, 8, 20, 0, 28, 8), labels: Int32Array.of(0, 0), scores: Float32Array.of(0.75, 0.25) });
    expect(suppress(three([0, 1, 0], [0.5, 0.75, 0.25])).labels).toEqual(Int32Array.of(1, 0, 0));
    expect(suppress(three([0, 0, 0], [0.5, 0.75, 0.25]), { iou: 0.8 }).scores).toHaveLength(3);
    expect(suppress(three([0, 1, 0], [0.5, 0.75, 0.25]), { limit: 2 }).scores).toEqual(Float32Array.of(0.75, 0.5));
  });

  test("a box that was dropped drops no other", () => {
    const chain = { boxes: Float32Array.of(0, 0, 10, 10, 3, 0, 13, 10, 6, 0, 16, 10), labels: new Int32Array(3), scores: Float32Array.of(0.9, 0.8, 0.7) };
    expect(suppress(chain).scores).toEqual(Float32Array.of(0.9, 0.7));
  });

  test("equal scores: the first stays", () => {
    expect(suppress(three([0, 0, 0], [0.5, 0.5, 0.5])).boxes.subarray(0, 4)).toEqual(Float32Array.of(0, 0, 8, 8));
  });

  test("whatever comes: kept boxes have area and a score, overlap no other of their class, surest first; a second time changes nothing", () => {
    const boxes = fc.array(fc.record({ box: anyBox, label: fc.integer({ min: 0, max: 2 }), score: fc.oneof(fc.constant(NaN), fc.integer({ min: 0, max: 4 }).map((s) => s / 4)) }), { maxLength: 25 });
    fc.assert(fc.property(boxes, (rows) => {
      const given = { boxes: Float32Array.from(rows.flatMap(({ box }) => [...box])), labels: Int32Array.from(rows, ({ label }) => label), scores: Float32Array.from(rows, ({ score }) => score) };
      const kept = suppress(given);
      kept.scores.forEach((score, i) => {
        expect(boxArea(kept.boxes, i)).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(i === 0 ? 1 : kept.scores[i - 1]!);
        for (let j = 0; j < i; j++) if (kept.labels[i] === kept.labels[j]) expect(iou(kept.boxes, i, kept.boxes, j)).toBeLessThanOrEqual(0.5);
      });
      expect(suppress(kept)).toEqual(kept);
    }));
  });

  test("the order in which different scores come does not matter", () => {
    const random = randomNumbers(3), n = 40;
    const rows = Array.from({ length: n }, (_, i) => ({ box: [random() * 60, random() * 60].flatMap((v) => [v]).concat([80, 80]), label: i % 2, score: (i + 0.5) / n }));
    const of = (list: typeof rows): Detections => suppress({ boxes: Float32Array.from(list.flatMap(({ box }) => box)), labels: Int32Array.from(list, ({ label }) => label), scores: Float32Array.from(list, ({ score }) => score) });
    expect(of([...rows].sort((a, b) => a.box[0]! - b.box[0]!))).toEqual(of(rows));
  });

  test("refuses what it cannot do", () => {
    expect(() => suppress({ boxes: new Float32Array(8), labels: new Int32Array(2), scores: new Float32Array(1) })).toThrow("there must be a label and a score for each of 2 boxes, got 2 labels and 1 scores");
    expect(() => suppress(three([0, 0, 0], [1, 1, 1]), { iou: 2 })).toThrow("iou must be in [0, 1], got 2");
    expect(() => suppress(three([0, 0, 0], [1, 1, 1]), { limit: 0 })).toThrow("limit must be a whole number ≥ 1, got 0");
  });
});
