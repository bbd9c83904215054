/** Which anchor has to find what. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { anchorGrid, assign, boxArea, digitLevels, iou } from "focal-loss/detect";
import { anyBox } from "./detect/arbitraries.ts";

const objects = (boxes: readonly number[], labels: readonly number[], crowd?: readonly number[]) =>
  ({ boxes: Float32Array.from(boxes), labels: Int32Array.from(labels), ...(crowd && { crowd: Uint8Array.from(crowd) }) });

// Five anchors of 10 × 10 in a row, each three pixels further right than the one before.
const row = Float32Array.from([0, 3, 6, 9, 12].flatMap((x) => [x, 0, x + 10, 10]));

test("from ½ on an object's, below 0.4 background, ignored between: overlaps 1, 70/130, 40/160 … by hand", () => {
  // The box is the first anchor; the second shares 7 of 13 columns, the third 4 of 16.
  expect(assign(row, objects([0, 0, 10, 10], [4]))).toEqual({ classes: Int32Array.of(4, 4, -1, -1, -1), matched: Int32Array.of(0, 0, -1, -1, -1) });
  expect(assign(row, objects([0, 0, 10, 10], [4]), { positive: 0.6, negative: 0.5 }).classes).toEqual(Int32Array.of(4, -2, -1, -1, -1));
  expect(assign(row, objects([0, 0, 10, 10], [4]), { positive: 7 / 13, negative: 0.25 }).classes).toEqual(Int32Array.of(4, 4, -2, -1, -1));
});

test("a box's best anchor is its own from ¼ on, however little that is otherwise; below it is not", () => {
  // 10 × 4 of 10 × 10: 0.4 at best; 10 × 2: 0.2.
  expect(assign(row, objects([6, 0, 16, 4], [1])).classes).toEqual(Int32Array.of(-1, -1, 1, -1, -1));
  expect(assign(row, objects([6, 0, 16, 2], [1])).classes).toEqual(new Int32Array(5).fill(-1));
  expect(assign(row, objects([6, 0, 16, 2], [1]), { force: 0.2 }).matched).toEqual(Int32Array.of(-1, -1, 0, -1, -1));
});

test("of equals the first anchor and the first box are taken", () => {
  // Half-way between two anchors; twice the same box.
  const between = objects([1.5, 0, 11.5, 4], [1]);
  expect(assign(row, between).matched).toEqual(Int32Array.of(0, -1, -1, -1, -1));
  expect(assign(row, objects([0, 0, 10, 10, 0, 0, 10, 10], [1, 2])).matched).toEqual(Int32Array.of(0, 0, -1, -1, -1));
});

test("an anchor goes to the box it overlaps most", () => {
  expect(assign(row, objects([0, 0, 10, 10, 4, 0, 14, 10], [5, 6])).matched).toEqual(Int32Array.of(0, 1, 1, -1, -1));
});

test("a box has its best anchor even if that would be another's, unless it is the other's best, too", () => {
  // Anchor 1 shares 70 of 130 pixels with box 0, whose best is anchor 0, and 30 of 100 with box 1, which has no better one.
  expect(assign(row, objects([0, 0, 10, 10, 3, 0, 13, 3], [5, 6])).classes).toEqual(Int32Array.of(5, 6, -1, -1, -1));
  expect(assign(row, objects([3, 0, 13, 3, 3, 0, 13, 10], [5, 6])).matched[1]).toBe(1);
  expect(assign(row, objects([3, 0, 13, 10, 3, 0, 13, 3], [5, 6])).matched[1]).toBe(0);
});

test("crowds, and only those, turn background into nothing to learn from", () => {
  expect(assign(row, objects([0, 0, 14, 10], [0], [1]))).toEqual({ classes: Int32Array.of(-2, -2, -2, -2, -1), matched: new Int32Array(5).fill(-1) });
  expect(assign(row, objects([0, 0, 30, 10, 0, 0, 10, 10], [0, 3], [1, 0])).classes).toEqual(Int32Array.of(3, 3, -2, -2, -2));
});

test("a picture without objects is all background", () => {
  expect(assign(row, objects([], []))).toEqual({ classes: new Int32Array(5).fill(-1), matched: new Int32Array(5).fill(-1) });
});

test("any boxes on the digits' anchors: what was promised holds of each anchor and box", () => {
  const anchors = anchorGrid(digitLevels, 40, 32);
  fc.assert(fc.property(fc.array(anyBox, { maxLength: 6 }), (boxes) => {
    const all = objects(boxes.flatMap((box) => [...box]), boxes.map((_, k) => k));
    const { classes, matched } = assign(anchors, all);
    const overlaps = Array.from(classes, (_, i) => boxes.map((box) => iou(anchors, i, box, 0)));
    classes.forEach((label, i) => {
      const best = Math.max(0, ...overlaps[i]!);
      if (label >= 0) {
        expect(matched[i]).toBe(label);
        expect(overlaps[i]![label]).toBeGreaterThanOrEqual(0.25);
      } else {
        expect(matched[i]).toBe(-1);
        expect(label).toBe(best >= 0.4 ? -2 : -1);
        expect(best).toBeLessThan(0.5);
      }
    });
    boxes.forEach((box, k) => {
      const best = Math.max(...overlaps.map((of) => of[k]!));
      if (boxArea(box, 0) === 0) expect(matched).not.toContain(k);
      // Its best anchor is its own, unless that is also the best of a box with a higher overlap there, or of an equal one before it.
      else if (best >= 0.25) {
        const rival = boxes.some((_, j) => j !== k && overlaps.some((of, i) => of[k] === best && matched[i] === j && of[j] === Math.max(...overlaps.map((o) => o[j]!)) && of[j]! >= best));
        if (!rival) expect(matched).toContain(k);
      }
    });
  }), { numRuns: 100 });
});

test("the order of boxes that differ does not matter", () => {
  const anchors = anchorGrid(digitLevels, 64, 64);
  const boxes = [[3.25, 4, 15, 20], [20.5, 21, 37, 44.75], [25, 21, 41.5, 40], [40, 2, 51, 17.5]];
  const one = assign(anchors, objects(boxes.flat(), [0, 1, 2, 3]));
  expect(assign(anchors, objects([...boxes].reverse().flat(), [3, 2, 1, 0])).classes).toEqual(one.classes);
});

test("impossible rules and lengths are refused", () => {
  expect(() => assign(row, objects([0, 0, 1, 1], [0]), { positive: 0.3 })).toThrow("thresholds must be 0 ≤ negative ≤ positive ≤ 1, got negative 0.4 and positive 0.3");
  expect(() => assign(row, objects([0, 0, 1, 1], [0, 1]))).toThrow("there must be one label for each of 1 boxes, got 2");
  expect(() => assign(row, objects([0, 0, 1], [0]))).toThrow("boxes must hold four numbers");
  expect(() => assign(row, objects([], []), { force: -1 })).toThrow("force must be ≥ 0, got -1");
});
