import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { detect, readDigits, sliceDigits } from "focal-loss/detect";
import { describe, expect, it } from "vitest";
import { learn, lossOf } from "../src/sections/detection/learn.ts";
import type { Look } from "../src/sections/detection/learn.ts";
import { startOf } from "../src/sections/detection/models.ts";
import { countPlaces, makeScenes, readTable } from "../src/sections/detection/scenes.ts";
import { HELD, SHOWN, SIZE } from "../src/sections/detection/settings.ts";

const settings = { seed: 3, gamma: 2, alpha: 0.25, prior: true, steps: 20 };
const file = (path: string): Buffer => readFileSync(new URL(path, import.meta.url));

describe("the scenes", () => {
  it("show the first 300 of the bundled digits, without a loss", () => {
    const whole = readDigits(gunzipSync(file("../../../examples/data/digits.csv.gz")).toString());
    expect(readTable(file("../src/sections/detection/digits.txt").toString())).toEqual(structuredClone(sliceDigits(whole, 0, 300)));
  });

  it("are the same for a seed, others for another, and those held out are others than those trained on", () => {
    const { train, held } = makeScenes(3);
    expect(makeScenes(3).held).toEqual(held);
    expect(makeScenes(4).held[0]!.picture.data).not.toEqual(held[0]!.picture.data);
    expect(held).toHaveLength(HELD);
    expect(train.some(({ picture }) => held.some((other) => Buffer.compare(other.picture.data, picture.data) === 0))).toBe(false);
    for (const { labels, picture } of [...train, ...held]) expect([labels.length >= 1 && labels.length <= 3, [...labels].every((label) => label === 0), picture.width]).toEqual([true, true, SIZE]);
  });

  it("have 432 places, of which far fewer are a digit's than background", () => {
    const { anchors, positives, background } = countPlaces(makeScenes(3).train);
    expect(anchors).toBe(432);
    expect(positives).toBeGreaterThan(1);
    expect(background / positives).toBeGreaterThan(50);
    expect(positives + background).toBeLessThanOrEqual(anchors);
  });
});

describe("the detectors", () => {
  it("differ in loss and start, and in nothing else", () => {
    expect([startOf("half", { prior: true }), startOf("prior", { prior: false }), startOf("focal", { prior: true }), startOf("focal", { prior: false })]).toEqual([false, 0.01, 0.01, false]);
    expect([lossOf("half", settings).name, lossOf("prior", settings).name, lossOf("focal", settings).parameters]).toEqual([lossOf("half", settings).name, lossOf("half", settings).name, { gamma: 2 }]);
  });

  it("learn, are looked at every ten steps, and go on from where they stopped to the same bits", async () => {
    const { train, held } = makeScenes(3), scenes = { train: train.slice(0, 16), held: held.slice(0, SHOWN) }, signal = new AbortController().signal, looks: Look[] = [], parts: Look[] = [];
    const end = await learn("focal", settings, scenes, { resume: undefined, signal, onLook: (look) => looks.push(look) });
    expect(looks.map(({ step, losses, found }) => [step, losses.length, found.length])).toEqual([[10, 10, SHOWN], [20, 10, SHOWN]]);
    const losses = looks.flatMap((look) => look.losses), mean = (some: typeof losses): number => some.reduce((sum, { loss }) => sum + loss, 0) / some.length;
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, k) => k + 1));
    expect(mean(losses.slice(-5))).toBeLessThan(0.8 * mean(losses.slice(0, 3)));
    expect(looks.every(({ ap50, easyShare }) => ap50 >= 0 && ap50 <= 1 && easyShare >= 0 && easyShare <= 1)).toBe(true);
    expect((await detect({ spec: end.spec, parameters: end.parameters }, scenes.held.map(({ picture }) => picture)))).toEqual(looks[1]!.found);

    const stop = new AbortController();
    const half = await learn("focal", settings, scenes, { resume: undefined, signal: stop.signal, onLook: (look) => { parts.push(look); stop.abort(); } });
    expect(half.step).toBeLessThanOrEqual(20);
    const again = await learn("focal", settings, scenes, { resume: half, signal, onLook: (look) => parts.push(look) });
    expect(again.parameters).toEqual(end.parameters);
    expect(parts.flatMap((look) => look.losses)).toEqual(losses);
  }, 60_000);
});
