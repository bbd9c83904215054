/** Synthetic scenes of digits: boxes are exact, the same come again, and the task is as hard as meant. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anchorGrid, assign, digitLevels, digitScenes, iou, readDigits, sliceDigits } from "focal-loss/detect";
import { drawGlyph } from "../src/detect/glyph.ts";

const csv = gunzipSync(readFileSync(new URL("../examples/data/digits.csv.gz", import.meta.url))).toString();
const digits = readDigits(csv);

describe("digits", () => {
  test("1797, of each of the ten between 174 and 183", () => {
    expect(digits.pixels).toHaveLength(64 * 1797);
    const counts = Array.from({ length: 10 }, (_, digit) => digits.labels.filter((label) => label === digit).length);
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(Math.max(...digits.pixels)).toBe(16);
  });

  test("a part of them shares their memory", () => {
    const held = sliceDigits(digits, 1200, 1797);
    expect(held.labels).toHaveLength(597);
    expect(held.pixels.subarray(0, 64)).toEqual(digits.pixels.subarray(64 * 1200, 64 * 1201));
    expect(held.pixels.buffer).toBe(digits.pixels.buffer);
  });

  test("a line that is no digit is named", () => {
    expect(() => readDigits("1,2,3")).toThrow('line 1 must be 64 pixels from 0 to 16 and a label from 0 to 9, got "1,2,3"');
    expect(() => readDigits(`${new Array(64).fill(17).join(",")},3`)).toThrow("line 1 must be");
    expect(() => readDigits(`${csv.split("\n")[0]!}\n${new Array(64).fill(0).join(",")},10`)).toThrow("line 2 must be");
    expect(readDigits("").labels).toHaveLength(0);
  });

  test("drawn at any size, ink touches all four sides, and a digit is about as high as asked", () => {
    fc.assert(fc.property(fc.nat(1796), fc.integer({ min: 10, max: 60 }), fc.integer({ min: 8, max: 12 }), (which, height, stretch) => {
      const { width, height: tall, cover } = drawGlyph(digits, which, height, stretch / 10);
      const inked = (x: number, y: number): boolean => cover[y * width + x]! > 0;
      const columns = [...Array(width).keys()], rows = [...Array(tall).keys()];
      for (const y of [0, tall - 1]) expect(columns.some((x) => inked(x, y))).toBe(true);
      for (const x of [0, width - 1]) expect(rows.some((y) => inked(x, y))).toBe(true);
      expect(tall).toBeGreaterThan(0.6 * height);
      // Eight pixels and half a pixel's fading at either end.
      expect(tall).toBeLessThanOrEqual(Math.ceil((9 / 8) * height));
      expect(Math.max(...cover)).toBeLessThanOrEqual(1);
    }));
  });
});

describe("scenes", () => {
  const scenes = digitScenes(digits, { count: 60, seed: 3 });

  test("a digit changes pixels in each row and column of its box's edges, and none outside it", () => {
    // The same scene with a digit more: only that digit is new, but for the grain, which is drawn last and of other numbers.
    for (let seed = 0; seed < 20; seed++) {
      const [one, two] = [1, 2].map((n) => digitScenes(digits, { count: 1, seed, size: 64, objects: [n, n] })[0]!) as [typeof scenes[0], typeof scenes[0]];
      if (two.labels.length < 2) continue;
      const [x0, y0, x1, y1] = two.boxes.subarray(4, 8) as unknown as [number, number, number, number];
      // Ink is at least 40 from the ground, grain moves each picture by up to 8 (and rounding by ½).
      let changed = 0;
      one.picture.data.forEach((value, at) => {
        const x = at % 64, y = Math.floor(at / 64), difference = Math.abs(two.picture.data[at]! - value);
        if (difference > 17) {
          changed++;
          expect(x >= x0 && x < x1 && y >= y0 && y < y1).toBe(true);
        }
      });
      expect(changed).toBeGreaterThan(0);
    }
  });

  test("boxes are whole pixels inside the picture, of ten classes, and hide at most a tenth of each other", () => {
    const labels = new Set<number>();
    for (const { boxes, labels: classes, picture } of scenes) {
      expect(picture).toMatchObject({ width: 128, height: 128, channels: 1 });
      expect(picture.data).toHaveLength(128 ** 2);
      expect(boxes).toHaveLength(4 * classes.length);
      classes.forEach((label, i) => {
        labels.add(label);
        const [x0, y0, x1, y1] = boxes.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
        for (const value of [x0, y0, x1, y1]) expect(Number.isInteger(value)).toBe(true);
        expect(x0 >= 0 && y0 >= 0 && x1 <= 128 && y1 <= 128 && x1 > x0 && y1 > y0).toBe(true);
        // A tenth of the smaller of two boxes is at most a tenth of their union.
        for (let j = 0; j < i; j++) expect(iou(boxes, i, boxes, j)).toBeLessThanOrEqual(0.1);
      });
    }
    expect([...labels].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("objects are rare and all have an anchor: 4.5 to 6.5 of 768 anchors a scene, about 1:135", () => {
    const anchors = anchorGrid(digitLevels, 128, 128);
    let positives = 0, without = 0, objects = 0;
    for (const scene of digitScenes(digits, { count: 120, seed: 8 })) {
      const { classes, matched } = assign(anchors, scene);
      positives += classes.filter((label) => label >= 0).length;
      objects += scene.labels.length;
      without += scene.labels.filter((_, i) => !matched.includes(i)).length;
    }
    expect(positives / 120).toBeGreaterThan(4.5);
    expect(positives / 120).toBeLessThan(6.5);
    expect(without / objects).toBeLessThan(0.01);
  });

  test("the same seed gives the same scenes, however many are asked for; another seed others", () => {
    expect(digitScenes(digits, { count: 3, seed: 3 })).toEqual(scenes.slice(0, 3));
    expect(digitScenes(digits, { count: 1, seed: 4 })[0]!.picture).not.toEqual(scenes[0]!.picture);
    expect(new Set(scenes.map(({ name }) => name)).size).toBe(60);
  });

  test("as many digits as asked for, none where none are; small pictures take what fits", () => {
    for (const { labels } of digitScenes(digits, { count: 20, seed: 1, objects: [2, 5] })) expect(labels.length >= 2 && labels.length <= 5).toBe(true);
    expect(digitScenes(digits, { count: 1, seed: 1, objects: [0, 0] })[0]).toMatchObject({ boxes: new Float32Array(0), labels: new Int32Array(0) });
    expect(digitScenes(digits, { count: 1, seed: 1, size: 32, objects: [20, 20] })[0]!.labels.length).toBeLessThan(8);
    expect(digitScenes(digits, { count: 0, seed: 1 })).toEqual([]);
  });

  test("impossible ones are refused", () => {
    expect(() => digitScenes(digits, { count: -1, seed: 1 })).toThrow("count must be a whole number ≥ 0, got -1");
    expect(() => digitScenes(digits, { count: 1, seed: 1, size: 16 })).toThrow("size must be a whole number ≥ 32, got 16");
    expect(() => digitScenes(digits, { count: 1, seed: 1, objects: [4, 2] })).toThrow("the most objects must be a whole number ≥ 4, got 2");
    expect(() => digitScenes({ pixels: new Uint8Array(0), labels: new Uint8Array(0) }, { count: 1, seed: 1 })).toThrow("at least one, got 0");
    expect(() => digitScenes(digits, { count: 1, seed: 1, digits: 3 } as never)).toThrow("digitScenes has no option digits");
  });
});
