import { describe, expect, test } from "vitest";
import { craterScenes, isHeldOut } from "../src/detection/craters.ts";

describe("the bundled craters", () => {
  test("320 tiles with 2799 boxes: 8.7 a tile on average and 24 at most", async () => {
    const scenes = await craterScenes();
    const counts = scenes.map(({ labels }) => labels.length);
    const boxes = counts.reduce((a, b) => a + b, 0);
    expect({ tiles: scenes.length, boxes, mean: (boxes / 320).toFixed(1), most: Math.max(...counts) }).toEqual({ tiles: 320, boxes: 2799, mean: "8.7", most: 24 });
    for (const { picture, boxes: own } of scenes) {
      expect(picture.data).toHaveLength(128 * 128);
      for (let b = 0; b < own.length; b += 4) {
        expect(own[b + 2]! - own[b]!).toBeGreaterThan(0);
        expect(own[b + 3]! - own[b + 1]!).toBeGreaterThan(0);
        expect(Math.min(own[b]!, own[b + 1]!)).toBeGreaterThanOrEqual(0);
        expect(Math.max(own[b + 2]!, own[b + 3]!)).toBeLessThanOrEqual(128);
      }
    }
  });

  test("are divided by longitude: a quarter of the tiles is held out, whole columns, and over four folds each of them once", () => {
    for (let tile = 0; tile < 320; tile++) {
      expect([0, 1, 2, 3].filter((fold) => isHeldOut(tile, fold))).toHaveLength(1);
      for (const fold of [0, 1]) expect(isHeldOut(tile, fold)).toBe(isHeldOut(tile % 32, fold));
    }
    expect(Array.from({ length: 320 }, (_, tile) => tile).filter((tile) => isHeldOut(tile, 2))).toHaveLength(80);
  });
});
