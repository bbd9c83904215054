/** Threads in a real browser: what a page must allow, and that nothing else changes. */
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { Rollup } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launch } from "./browser/launch.ts";
import type { Browser } from "./browser/launch.ts";
import * as here from "./browser/threads.ts";

const executable = chromiumPath();
if (executable === undefined) console.error("\n*** NOT TESTED: threads in a browser. No Chromium on this machine; apt-get install chromium, or CHROMIUM=/path/to/it. ***\n");

declare const tests: typeof here;

const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const policy = (...more: string[]): Record<string, string> => ({ ...isolated, "content-security-policy": ["default-src 'none'", ...more].join("; ") });

describe.skipIf(executable === undefined)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => { browser = await launch(executable!, new URL("browser/threads.ts", import.meta.url)); }, 60_000);
  afterAll(() => browser?.close());

  test("two and three threads give the bits of one, which are those of Node; one again ends the others", async () => {
    const page = await browser.visit(isolated), want = here.answers("wasm");
    expect(await page.evaluate(() => tests.answers("wasm"))).toEqual(want);
    for (const count of [2, 3]) {
      const { blocks, ...got } = await page.evaluate((threads) => tests.answersOn(threads), count);
      expect(got).toEqual({ ...want, started: count, differing: 0 });
      expect(blocks).toBeGreaterThan(0);
      await expect.poll(() => page.workers().length).toBe(count - 1);
    }
    expect(await page.evaluate(() => tests.threads(1))).toBe(1);
    await expect.poll(() => page.workers()).toEqual([]);
    expect(await page.evaluate(() => tests.answers("wasm"))).toEqual(want);
    await page.close();
  });

  test("a page that is not isolated is refused in one sentence, and still gets its answers", async () => {
    const page = await browser.visit();
    expect(await page.evaluate(() => tests.ask(2))).toEqual({
      code: "engine", message: "threads in a browser need a page that is cross-origin isolated: serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    });
    expect(await page.evaluate(() => tests.answers())).toEqual(here.answers());
    await page.close();
  });

  test("a policy that forbids making code from text, but not WebAssembly, changes no bit; threads say which workers to allow", async () => {
    const page = await browser.visit(policy("script-src 'self' 'wasm-unsafe-eval'"));
    expect(await page.evaluate(() => tests.ask(2))).toEqual({ code: "engine", message: "threads need workers, and one did not start; a content security policy must allow worker-src blob:" });
    expect(await page.evaluate(() => tests.answers())).toEqual(here.answers());
    await page.close();
  });

  test("with worker-src blob: threads work under that policy", async () => {
    const page = await browser.visit(policy("script-src 'self' 'wasm-unsafe-eval'", "worker-src blob:"));
    const { blocks, ...got } = await page.evaluate(() => tests.answersOn(2));
    expect(got).toEqual({ ...here.answers("wasm"), started: 2, differing: 0 });
    expect(blocks).toBeGreaterThan(0);
    await page.close();
  });

  test("a policy that forbids WebAssembly too leaves one thread, and the value within 1e-6 (float64 instead of float32)", async () => {
    const page = await browser.visit(policy("script-src 'self'"));
    expect(await page.evaluate(() => tests.ask(2))).toBe(1);
    const { value } = await page.evaluate(() => tests.answers());
    expect(Math.abs(value / here.answers("wasm").value - 1)).toBeLessThan(1e-6);
    await page.close();
  });

  test("in a bundle that Vite has made they work too", async () => {
    const made = await build({
      configFile: false, logLevel: "warn", resolve: { conditions: ["source"] },
      build: { write: false, target: "es2022", lib: { entry: fileURLToPath(new URL("browser/threads.ts", import.meta.url)), formats: ["iife"], name: "tests" } },
    }) as readonly Rollup.RollupOutput[];
    const bundled = await launch(executable!, made[0]!.output[0].code);
    try {
      const { blocks, ...got } = await (await bundled.visit(isolated)).evaluate(() => tests.answersOn(2));
      expect(got).toEqual({ ...here.answers("wasm"), started: 2, differing: 0 });
      expect(blocks).toBeGreaterThan(0);
    } finally {
      await bundled.close();
    }
  });
});
