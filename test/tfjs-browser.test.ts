/** TensorFlow.js on GPUs: webgl and webgpu in a real browser, on a GPU made of software. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goldens, nameOf } from "./golden/read.ts";
import { alike, expectAlike } from "./tfjs/alike.ts";
import { compareByOps, gatesByOps, whyByOps } from "./tfjs/byOps.ts";
import type * as page from "./tfjs/page.ts";
import { thyroid } from "./tfjs/thyroid.ts";
import { chromiumPath, open } from "./webgpu/browser.ts";
import type { Browser } from "./webgpu/browser.ts";

const executable = chromiumPath();
if (executable === undefined) console.error("\n*** NOT TESTED: TensorFlow.js on webgl and webgpu. No Chromium on this machine; apt-get install chromium, or CHROMIUM=/path/to/it. ***\n");

declare const tests: typeof page;

/** Programs are compiled for every shape, in seconds on webgl: the paper's loss, and of every other file the first few tables. */
const few = { webgl: 1, webgpu: 4 };
const tablesFor = (backend: keyof typeof few): ReturnType<typeof goldens> => {
  const seen = new Map<string, number>();
  return goldens().filter(({ file }) => {
    seen.set(file, (seen.get(file) ?? 0) + 1);
    return file === "focal-sigmoid-hard" || seen.get(file)! <= few[backend];
  });
};

describe.skipIf(executable === undefined)("in Chromium, on SwiftShader", () => {
  let browser: Browser;
  beforeAll(async () => { browser = await open(executable!, "../tfjs/page.ts"); }, 60_000);
  afterAll(() => browser?.close());

  describe.each(["webgl", "webgpu"] as const)("%s", (backend) => {
    beforeAll(async () => { expect(await browser.page.evaluate((name) => tests.use(name), backend)).toBe(backend); });

    for (const { file, golden } of tablesFor(backend)) {
      const name = `${file}: ${nameOf(golden)}`;
      test(`${name}: within ${gatesByOps[0]} of size and variation (${whyByOps})`, async () =>
        compareByOps(golden, await browser.page.evaluate((entry) => tests.answersOf(entry), golden), name));
    }

    test("finite at 0, ±100 and ±1e10 for any γ, value and gradient, on both heads", async () => {
      expect(await browser.page.evaluate(() => tests.notFinite([0, 0.3, 0.5, 1, 1.7, 2, 5], [0, 100, -100, 1e10, -1e10, 0]))).toEqual([]);
    });

    test("50 steps of minimize leave no tensor and no byte behind", async () => {
      expect(await browser.page.evaluate(() => tests.leftBySteps(50))).toEqual({ tensors: 0, bytes: 0 });
    });

    const task = thyroid(1, { epochs: 3, batchSize: 900, rate: 0.03, settings: { gamma: 2, alpha: 0.25 }, classWeight: { 0: 1, 1: 3 } });
    test(`trained on a real table (1:42): ${alike}`, async () => expectAlike(await browser.page.evaluate((given) => tests.trainLayers(given), task), task));
  });
});
