/** The page as a whole: size, layout, keyboard, screen readers, theme, address, and that it needs no network and asks for none. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveLab } from "../../cli/src/lab/server.ts";
import { browserOrWarning, builtLab, openLab, reading, show } from "./lab.ts";
import type { Lab } from "./lab.ts";

const executable = browserOrWarning();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
  readonly isEntry?: boolean;
}

test("script is at most 250 kB gzip before lazy parts, and with the first section, which is in sight", async () => {
  const folder = await builtLab(), manifest = JSON.parse(readFileSync(join(folder, ".vite", "manifest.json"), "utf8")) as Record<string, Chunk>;
  const files = new Set<string>();
  const visit = (key: string): void => {
    const { file, imports = [] } = manifest[key]!;
    if (files.has(file)) return;
    files.add(file);
    imports.forEach(visit);
  };
  const size = (): number => [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0) / 1000;
  visit(Object.keys(manifest).find((key) => manifest[key]!.isEntry)!);
  const entry = size();
  visit("src/sections/curve/Curve.svelte");
  const first = size();
  console.log(`script, gzip: ${entry.toFixed(1)} kB, with the first section ${first.toFixed(1)} kB`);
  expect(entry).toBeLessThanOrEqual(250);
  expect(first).toBeLessThanOrEqual(250);
}, 150_000);

describe.skipIf(executable === undefined)("the page", () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(executable!); }, 150_000);
  afterAll(async () => { await lab?.close(); });

  const namesOf = (page: Page): Promise<string[]> => page.locator("[data-section]").evaluateAll((all) => all.map((element) => element.getAttribute("data-section")!));

  test("every section has its heading, its place in the contents, and loads when it is come to", async () => {
    const page = await lab.visit(), names = await namesOf(page);
    expect(names).toEqual(expect.arrayContaining(["curve", "formula"]));
    expect(await page.locator("nav a").evaluateAll((all) => all.map((link) => link.getAttribute("href")!.slice(1)))).toEqual(names);
    for (const name of names) await show(page, name);
    await page.context().close();
  });

  test("it asks nobody but its own server", async () => {
    const page = await lab.visit(), foreign: string[] = [];
    page.on("request", (request) => { if (!request.url().startsWith(lab.url) && !/^(blob|data):/.test(request.url())) foreign.push(request.url()); });
    for (const name of await namesOf(page)) await show(page, name);
    expect(foreign).toEqual([]);
    await expect(page.evaluate(() => fetch("https://example.com/").then(() => "sent"))).rejects.toThrow();
    lab.errors.length = 0; // the refusal itself is reported
    await page.context().close();
  });

  test("it opens again when its server is gone", async () => {
    const server = await serveLab(await builtLab()), browser = await chromium.launch({ executablePath: executable!, headless: true, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated", undefined, { timeout: 120_000 }); // all files are kept by then
      await server.close();
      await expect(fetch(server.url)).rejects.toThrow();
      await page.goto(`${server.url}?curve.gamma=1`);
      await show(page, "curve");
      expect(await reading(page, "curve-less")).toBeCloseTo(10, 9);
      for (const name of await namesOf(page)) await show(page, name); // lazy parts are kept, too
    } finally {
      await browser.close();
      await server.close();
    }
  }, 180_000);

  test.each([[360, 740], [820, 1100], [1280, 900]])("nothing jumps while a %i px wide page loads and is read through (shift ≤ 0.02: what browsers call good is ≤ 0.1)", async (width, height) => {
    const page = await lab.visit("", undefined, { width, height });
    await page.evaluate(() => {
      Object.assign(window, { shift: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) (window as unknown as { shift: number }).shift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    for (const name of await namesOf(page)) {
      await show(page, name);
      await page.waitForTimeout(200);
    }
    expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThanOrEqual(0.02);
    await page.context().close();
  });

  test.each([360, 820, 1280, 1920])("at %i px nothing is wider than the window", async (width) => {
    const page = await lab.visit("", undefined, { width });
    for (const name of await namesOf(page)) await show(page, name);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await page.context().close();
  });

  test("nothing is wider than a window of 360 px when the reader has set text to twice its size", async () => {
    const browser = await chromium.launch({ executablePath: executable!, headless: true, args: ["--no-sandbox", "--blink-settings=defaultFontSize=32"] });
    try {
      const page = await browser.newPage({ viewport: { width: 360, height: 900 } });
      await page.goto(lab.url);
      for (const name of await namesOf(page)) await show(page, name);
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe("32px");
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    } finally {
      await browser.close();
    }
  });

  test("room that was kept for a section is given back when the reader does something in it", async () => {
    const page = await lab.visit("", "curve", { height: 3000 }), kept = (): Promise<string> => page.locator("#curve .body").first().evaluate((body) => getComputedStyle(body).minHeight);
    expect(parseFloat(await kept())).toBeGreaterThan(500);
    await page.locator("#curve").getByRole("slider", { name: "Focusing, γ" }).fill("3");
    await expect.poll(kept).toBe("0px");
    await page.context().close();
  });

  test("room kept too much, at a width between those that heights are known of, is given back while its end is below the window", async () => {
    const page = await lab.visit("", "formula", { width: 600, height: 700 });
    await expect.poll(() => page.locator("#formula .body").first().evaluate((body) => body.clientHeight - body.firstElementChild!.clientHeight), { timeout: 10_000 }).toBeLessThanOrEqual(1);
    await page.context().close();
  });

  test.each([["light", 1280], ["dark", 1280], ["light", 360], ["dark", 360]] as const)("axe finds nothing serious: %s, %i px", async (colorScheme, width) => {
    const page = await lab.visit("", undefined, { colorScheme, width });
    for (const name of await namesOf(page)) await show(page, name);
    await page.evaluate(axe).catch(() => page.addInitScript(axe));
    const found = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe.run();
      return violations.filter(({ impact }) => impact === "serious" || impact === "critical").flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
    });
    expect(found).toEqual([]);
    await page.context().close();
  });

  test("Tab reaches every control of the first section in the order of the page, each with a name, and can be seen to", async () => {
    const page = await lab.visit("", "curve");
    await page.evaluate(() => { scrollTo(0, 0); (document.activeElement as HTMLElement | null)?.blur(); });
    const seen: string[] = [];
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const now = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const name = element.getAttribute("aria-label") ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent ?? "";
        const ring = (of: Element | null): boolean => of !== null && (getComputedStyle(of).outlineStyle !== "none" || getComputedStyle(of).boxShadow !== "none");
        return {
          name: name.trim(), section: element.closest("[data-section]")?.getAttribute("data-section") ?? "",
          visible: ring(element) || ring(element.parentElement) || ring(element.nextElementSibling),
        };
      });
      if (now.section !== "" && now.section !== "curve") break;
      expect(now.name, `stop ${i}`).not.toBe("");
      expect(now.visible, now.name).toBe(true);
      seen.push(now.name);
    }
    const wanted = ["Skip to the first figure", "Dark colours", "The curve", "Loss", "Focusing, γ", "0 · cross-entropy", "Cursor, pₜ", "Lay over it", "pₜ", "linear", "Weigh the classes by αₜ", "positive"];
    expect(seen.filter((name) => wanted.includes(name))).toEqual(wanted);
    await page.context().close();
  });

  test("the theme follows the system until it is switched, and the address keeps it", async () => {
    const page = await lab.visit("", undefined, { colorScheme: "light" }), paper = (of: Page): Promise<string> => of.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => paper(page)).not.toBe(light);
    await page.getByRole("button", { name: "Light colours" }).click();
    await expect.poll(() => paper(page)).toBe(light);
    await expect.poll(() => new URL(page.url()).search).toBe("?page.theme=light");
    await page.reload();
    expect(await paper(page)).toBe(light);
    await page.context().close();
  });

  test("back and forward go through the views that links were followed from", async () => {
    const page = await lab.visit("?curve.gamma=1", "curve"), gamma = page.locator("#curve").getByRole("slider", { name: "Focusing, γ" });
    await page.locator('nav a[href="#formula"]').click();
    await page.locator('nav a[href="#curve"]').click();
    await gamma.fill("5");
    await expect.poll(() => page.url()).toContain("curve.gamma=5");
    await page.goBack();
    await expect.poll(() => gamma.inputValue()).toBe("1");
    await page.goForward();
    await expect.poll(() => gamma.inputValue()).toBe("5");
    await page.context().close();
  });

  test("a link to a section opens at it", async () => {
    const page = await lab.visit("?curve.gamma=3#formula");
    await page.locator('[data-section="formula"] [data-ready]').waitFor();
    await expect.poll(() => page.locator("#formula-title").evaluate((title) => { const { top } = title.getBoundingClientRect(); return top >= 0 && top < innerHeight; })).toBe(true);
    await page.context().close();
  });

  test("nothing was reported to the console", () => expect(lab.errors).toEqual([]));
});
