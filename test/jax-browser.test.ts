/** The losses in jax-js in a real browser: on wasm, and on WebGPU by a GPU made of software. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compare, float32Gates } from "./golden/compare.ts";
import { goldens, nameOf } from "./golden/read.ts";
import { chromiumPath, open } from "./webgpu/browser.ts";
import type { Browser } from "./webgpu/browser.ts";
import type * as page from "./jax/page.ts";

const executable = chromiumPath();
if (executable === undefined) console.error("\n*** NOT TESTED: jax-js in a browser. No Chromium on this machine; apt-get install chromium, or CHROMIUM=/path/to/it. ***\n");

declare const tests: typeof page;

/** Every γ on the sigmoid head, hard and soft, and on rows of two classes and three. */
const chosen = goldens().filter(({ file, golden: { classes = 1 } }) => file.startsWith("focal") && classes <= 3);

describe.skipIf(executable === undefined)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => { browser = await open(executable!, "../jax/page.ts"); }, 60_000);
  afterAll(() => browser?.close());

  test("jax-js has both devices", async () => {
    expect(await browser.page.evaluate(() => tests.devices())).toEqual(expect.arrayContaining(["wasm", "webgpu"]));
  });

  for (const device of ["wasm", "webgpu"] as const) {
    test.each([0, 0.5, 1.7, 2])(`${device}: γ = %f is finite up to ±1e30, with its gradient and curvature`, async (gamma) => {
      const line = [-1e30, -1e4, -100, -88.1, 0, 88.1, 100, 1e4, 1e30], logits = [...line, ...line], targets = logits.map((_, i) => (i < line.length ? 0 : 1));
      const entry = { loss: "focal", settings: { gamma }, head: "sigmoid", logits, targets } as const;
      const { value, grad, hessian } = await browser.page.evaluate(([on, given]) => tests.run(on, given, "int32", true), [device, entry] as const);
      expect([value, grad, hessian].flat().filter((x) => !Number.isFinite(x))).toEqual([]);
    });

    for (const { file, golden } of chosen) {
      const byRow = golden.head === "softmax", type = golden.targets.every(Number.isInteger) ? "int32" : "float32";
      const { gates: [value, gradient, curvature], floor } = float32Gates(golden), gates = byRow ? [2e-6, 2e-6, 3e-6] : [value!, gradient!, curvature!];
      test(`${device}, ${file}: ${nameOf(golden)}: value within ${gates[0]}, gradient ${gates[1]}${byRow ? "" : `, Hessian ${gates[2]}`} relative, where float32 is normal`, async () => {
        const answers = await browser.page.evaluate(([on, entry, labels, curved]) => tests.run(on, entry, labels, curved), [device, golden, type, !byRow] as const);
        const none = golden.hessian.map(() => null);
        compare(byRow ? { ...golden, hessian: none } : golden, byRow ? { ...answers, hessian: none.map(() => 0) } : answers, gates, floor, false);
      });
    }
  }
});
