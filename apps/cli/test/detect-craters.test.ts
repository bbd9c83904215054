import type { Scene } from "focal-loss/detect";
import { beforeAll, describe, expect, test } from "vitest";
import { divideMoon, readMoon, type Moon } from "../src/detection/craters.ts";

describe("the bundled craters", () => {
  let moon: Moon;
  const boxesOf = (scenes: readonly Scene[]): number => scenes.reduce((sum, { labels }) => sum + labels.length, 0);
  beforeAll(async () => {
    moon = await readMoon();
  });

  test("320 tiles with 2799 boxes: 8.7 a tile on average and 24 at most", () => {
    const { train, test: held } = divideMoon(moon, 0), scenes = [...train, ...held], boxes = boxesOf(scenes);
    expect({ tiles: scenes.length, boxes, mean: (boxes / 320).toFixed(1), most: Math.max(...scenes.map(({ labels }) => labels.length)) }).toEqual({ tiles: 320, boxes: 2799, mean: "8.7", most: 24 });
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

  test("are divided by longitude: a quarter of the tiles is held out, and over four folds each of them once", () => {
    const folds = [0, 1, 2, 3].map((fold) => divideMoon(moon, fold));
    for (const { train, test: held } of folds) expect([train.length, held.length]).toEqual([240, 80]);
    expect(new Set(folds.flatMap(({ test: held }) => held.map(({ name }) => name))).size).toBe(320);
  });

  test("what is learnt from shows no pixel of what is held out, and all the rest", () => {
    const { map } = moon, bands = { ...map, data: Uint8Array.from(map.data, (_, i) => Math.floor((i % map.width) / 512)) };
    for (const fold of [0, 1, 2, 3]) {
      const { windows, test: held } = divideMoon({ map: bands, craters: [] }, fold);
      const seen = (scenes: readonly Scene[]): number[] => [...new Set(scenes.flatMap(({ picture }) => [...picture.data.subarray(0, 128)]))].sort(); // all rows are alike
      expect(seen(held)).toEqual([fold, fold + 4]);
      expect(seen(windows)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].filter((band) => band % 4 !== fold));
    }
  });

  test("a window without offset is the tile of its place, boxes and all", () => {
    const { windows, train } = divideMoon(moon, 1);
    const same = windows.filter(({ picture }) => Buffer.compare(Buffer.from(picture.data), Buffer.from(train[0]!.picture.data)) === 0);
    expect(same).toEqual([train[0]]);
    expect(windows.length).toBeGreaterThan(10 * train.length);
  });
});
