/** The page where others put it, and with the addresses, windows and hands of others. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserOrWarning, builtLab, openLab, show } from "./lab.ts";
import type { Lab } from "./lab.ts";

const executable = browserOrWarning();
const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".wasm": "application/wasm", ".json": "application/json" };

/** As plain a host as there is: files of a folder under a path, no headers of its own. */
async function hostAt(base: string, folder: string) {
  const server = createServer(({ url = "/" }, response) => {
    const path = decodeURIComponent(url.replace(/[?#].*$/s, "")), file = join(folder, normalize(path.endsWith("/") ? `${path}index.html` : path).slice(base.length));
    if (!path.startsWith(base) || !existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`, close: (): void => { server.close(); server.closeAllConnections(); } };
}

describe.skipIf(executable === undefined)("the page, anywhere", () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(executable!); }, 150_000);
  afterAll(async () => { await lab?.close(); });

  const namesOf = (page: Page): Promise<string[]> => page.locator("[data-section]").evaluateAll((all) => all.map((element) => element.getAttribute("data-section")!));
  const showAll = async (page: Page): Promise<void> => { for (const name of await namesOf(page)) await show(page, name); };

  test("works from a folder of any host, workers and lazy parts and all", async () => {
    const host = await hostAt("/some/where/", await builtLab()), missing: string[] = [];
    try {
      const page = await lab.browser.newPage();
      page.on("response", (response) => { if (response.status() >= 400) missing.push(response.url()); });
      page.on("pageerror", (error) => missing.push(String(error)));
      await page.goto(host.url);
      await showAll(page);
      await page.locator('[data-reading="data-ap"]').waitFor(); // computed by a worker
      expect(missing).toEqual([]);
      await page.close();
    } finally {
      host.close();
    }
  }, 120_000);

  test.each([
    "?curve.gamma=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&data.example=%3Cscript%3E&page.theme=__proto__#%22onmouseover=1",
    "?curve.gamma=1e308&curve.gammas=NaN,Infinity,-1&data.seed=-1&data.gamma=99999999999999999999&imbalance.seed=1e99",
    "?__proto__=1&constructor.prototype=2&data.__proto__=3&=&&&%E0%A4%A&curve.gamma=%00",
    `?${"a=b&".repeat(500)}data.example=none#nowhere`,
    "?curve.gamma=2&curve.gamma=3&data.model=Linear&data.goal=F1#javascript:alert(1)",
  ])("an address that makes no sense is a page like any other: %s", async (query) => {
    const page = await lab.visit(query);
    page.on("dialog", () => lab.errors.push("a dialog was opened"));
    await showAll(page);
    expect(await page.locator("img, [onerror], [onmouseover]").count()).toBe(0);
    expect(await page.locator("h1").innerText()).toBe("What is focal loss?");
    expect(await page.getByRole("alert").allInnerTexts()).toEqual([]);
    await page.context().close();
  }, 120_000);

  test("a view in which every section has been changed is the same view when its link is opened elsewhere", async () => {
    const page = await lab.visit();
    await showAll(page);
    const names = await namesOf(page);
    for (const name of names) {
      // The first slider to its end; where there is none, the last choice of the first list.
      await page.locator(`[data-section="${name}"]`).evaluate((section) => {
        const slider = section.querySelector<HTMLInputElement>("input[type=range]:enabled"), list = section.querySelector<HTMLSelectElement>("select:enabled")!;
        if (slider) slider.value = slider.max;
        else list.selectedIndex = list.options.length - 1;
        (slider ?? list).dispatchEvent(new Event(slider ? "input" : "change", { bubbles: true }));
      });
    }
    const controls = (of: Page): Promise<string[]> => of.locator("main input[type=range], main select").evaluateAll((all) => all.map((element) =>
      `${element.closest("[data-section]")!.getAttribute("data-section")}: ${(element as HTMLInputElement).labels![0]!.textContent} ${(element as HTMLInputElement).value}`));
    await page.waitForTimeout(600); // the address follows within a quarter of a second
    const { search } = new URL(page.url()), wanted = await controls(page);
    const sections = new Set([...new URLSearchParams(search).keys()].map((key) => key.split(".")[0]!));
    expect([...sections].sort()).toEqual([...names].sort());
    const other = await lab.visit(search);
    await showAll(other);
    await other.locator('[data-reading="data-easy-fl"]').waitFor();
    await expect.poll(() => controls(other), { timeout: 10_000 }).toEqual(wanted);
    await page.context().close();
    await other.context().close();
  }, 120_000);

  test("Tab reaches every control of every section in the order of the page, each with a name and a visible focus", async () => {
    const page = await lab.visit("", undefined, { height: 2000 });
    await showAll(page);
    await page.locator('[data-reading="data-easy-fl"]').waitFor();
    for (const name of await namesOf(page)) {
      await page.locator(`#${name}-title`).focus();
      const seen: string[] = [];
      for (let i = 0; i < 150; i++) {
        await page.keyboard.press("Tab");
        const now = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement, ring = (of: Element | null): boolean => of !== null && (getComputedStyle(of).outlineStyle !== "none" || getComputedStyle(of).boxShadow !== "none");
          const said = element.getAttribute("aria-label") ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? (element.textContent || element.title);
          const id = element.dataset["walk"] ??= String(Math.random());
          return { id, said: said.trim(), html: element.outerHTML.slice(0, 120), section: element.closest("[data-section]")?.getAttribute("data-section") ?? "", visible: ring(element) || ring(element.parentElement) || ring(element.nextElementSibling) };
        });
        if (now.section !== name) break;
        expect(now.said, now.html).not.toBe("");
        expect(now.visible, now.html).toBe(true);
        seen.push(now.id);
      }
      // Of a group of radio buttons one is reached, the others by arrow keys.
      const walked = await page.locator(`[data-section="${name}"]`).evaluate((section) => {
        const all = [...section.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter((element) => !element.matches(":disabled") && element.checkVisibility({ visibilityProperty: true }) && (element as HTMLInputElement).type !== "radio");
        return { left: all.filter((element) => element.dataset["walk"] === undefined).map((element) => element.outerHTML.slice(0, 140)), order: all.map((element) => element.dataset["walk"] ?? "") };
      });
      expect(walked.left).toEqual([]);
      expect(seen.filter((id) => walked.order.includes(id))).toEqual(walked.order);
    }
    await page.context().close();
  }, 180_000);

  test("nothing moves by itself for those who asked for that", async () => {
    const page = await lab.visit("", undefined, { reducedMotion: "reduce" });
    await showAll(page);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior)).toBe("auto");
    expect(await page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === "running" && animation.effect?.getComputedTiming().iterations === Infinity).length)).toBe(0);
    await page.context().close();
  });

  test("at 1280 px zoomed to 200 % (640 px of twice the size) nothing is cut off at the side, and no control lies on another", async () => {
    const page = await lab.visit("", undefined, { width: 640, height: 450, deviceScaleFactor: 2 });
    await showAll(page);
    await page.locator('[data-reading="data-easy-fl"]').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    const overlaps = await page.evaluate(() => {
      const boxes = [...document.querySelectorAll<HTMLElement>("main button, main select, main input[type=range], main input[type=number]")].filter((element) => element.checkVisibility()).map((element) => ({ element, box: element.getBoundingClientRect() }));
      return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => !a.element.contains(b.element) && Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 && Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 1)
        .map((b) => `${a.element.outerHTML.slice(0, 90)} on ${b.element.outerHTML.slice(0, 90)}`));
    });
    expect(overlaps).toEqual([]);
    await page.context().close();
  }, 60_000);

  test("the first slider answers soon after the page is opened", async () => {
    const page = await lab.visit("", "curve");
    const soon = await page.evaluate(() => performance.now());
    await page.getByRole("slider", { name: "Focusing, γ" }).fill("4");
    await expect.poll(() => page.locator('[data-reading="curve-less"]').getAttribute("data-value").then(Number)).toBeCloseTo(10_000, 6);
    const opened = await page.evaluate(() => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).domContentLoadedEventEnd);
    console.log(`document ready after ${opened.toFixed(0)} ms, first section there and driven after ${soon.toFixed(0)} ms`);
    await page.context().close();
  });

  test("nothing was reported to the console", () => expect(lab.errors).toEqual([]));
});
