/** The page in a real browser: built once for all tests of a run, served as `focal lab` serves it. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build } from "vite";
import { chromiumPath } from "../../../test/browser/launch.ts";
import { serveLab } from "../../cli/src/lab/server.ts";

export { chromiumPath };

const root = fileURLToPath(new URL("..", import.meta.url));
const library = fileURLToPath(new URL("../../../src", import.meta.url));

/** Says once, where nobody can overlook it, that there is no browser to test in. */
export function browserOrWarning(): string | undefined {
  const path = chromiumPath();
  if (path === undefined) console.error("\n*** NOT TESTED: the lab. No Chromium on this machine; apt-get install chromium, or CHROMIUM=/path/to/it. ***\n");
  return path;
}

/** The state of all that the page is made of: when each file was last written. */
function sources(): string {
  const hash = createHash("sha256").update("as shipped");
  for (const folder of [join(root, "src"), join(root, "build"), library]) {
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) hash.update(file).update(String(statSync(join(folder, file)).mtimeMs));
  }
  for (const file of ["index.html", "vite.config.ts", "svelte.config.js"]) hash.update(String(statSync(join(root, file)).mtimeMs));
  return hash.digest("hex").slice(0, 16);
}

/** How long the first of several processes may take to build what the others wait for. */
const PATIENCE = 120_000;

/** The folder of the built page. The tests of a run, in processes of their own, share one; sources that have not changed are not built again. */
export async function builtLab(): Promise<string> {
  const folder = join(tmpdir(), `focal-lab-${sources()}`), lock = `${folder}.lock`;
  for (const end = Date.now() + PATIENCE; !existsSync(folder);) {
    try {
      mkdirSync(lock);
    } catch {
      if (Date.now() > end) rmSync(lock, { recursive: true, force: true });
      await sleep(100);
      continue;
    }
    try {
      if (existsSync(folder)) break;
      const made = `${folder}.${process.pid}`;
      await buildAsShipped(made);
      renameSync(made, folder);
      forgetOld();
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return folder;
}

/** The test runner says NODE_ENV=test, of which Vite would make a page for developers: larger, and without its service worker. */
async function buildAsShipped(outDir: string): Promise<void> {
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    await build({ root, configFile: join(root, "vite.config.ts"), mode: "production", logLevel: "warn", build: { outDir, emptyOutDir: true } });
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
}

/** Longer than any run of tests takes. */
const OLD = 3_600_000;

/** Pages of sources that have changed since are of no more use. */
function forgetOld(): void {
  for (const name of readdirSync(tmpdir())) {
    const path = join(tmpdir(), name);
    if (/^focal-lab-[0-9a-f]{16}$/.test(name) && Date.now() - statSync(path).mtimeMs > OLD) rmSync(path, { recursive: true, force: true });
  }
}

export interface Visit extends Pick<BrowserContextOptions, "colorScheme" | "reducedMotion" | "deviceScaleFactor"> {
  readonly width?: number;
  readonly height?: number;
}

export interface Lab {
  readonly url: string;
  readonly browser: Browser;
  /**
   * Opens the page in a context of its own.
   *
   * @param query - the state, as "?curve.gamma=3"
   * @param section - waits until this section has been scrolled to and loaded
   */
  visit(query?: string, section?: string, visit?: Visit): Promise<Page>;
  /** What pages have written to their console as errors, and exceptions nobody caught. */
  readonly errors: string[];
  close(): Promise<void>;
}

/** Builds, serves and opens the page. */
export async function openLab(executablePath: string): Promise<Lab> {
  const server = await serveLab(await builtLab());
  const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox"] });
  const errors: string[] = [];
  return {
    url: server.url, browser, errors,
    async visit(query = "", section, { width = 1280, height = 900, ...look } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, permissions: ["clipboard-read", "clipboard-write"], reducedMotion: "reduce", serviceWorkers: "block", ...look });
      const page = await context.newPage();
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
      await page.goto(`${server.url}${query}`);
      if (section !== undefined) await show(page, section);
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Scrolls a section into the window and waits until it is there. */
export async function show(page: Page, section: string): Promise<void> {
  await page.locator(`[data-section="${section}"]`).scrollIntoViewIfNeeded();
  await page.locator(`[data-section="${section}"] [data-ready]`).waitFor();
  await page.locator(`[data-section="${section}"]`).evaluate((element) => element.scrollIntoView());
}

/** A number of the page by its name, with all its digits; waits until it is there. */
export async function reading(page: Page, name: string): Promise<number> {
  return Number(await page.locator(`[data-reading="${name}"]`).getAttribute("data-value"));
}
