/** A real browser, and pages served from this machine with whatever headers a test wants. */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import type { Page } from "playwright-core";

/** Where Debian and others put it; CHROMIUM says otherwise. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome-stable", "/usr/bin/google-chrome", "/snap/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** The machine's browser, if it has one. */
export const chromiumPath = (): string | undefined => [process.env["CHROMIUM"], ...places].find((place) => place !== undefined && place !== "" && existsSync(place));

export interface Browser {
  /** Opens a page served with these headers, on which the module has been loaded: its exports are the global `tests`. */
  visit(headers?: Readonly<Record<string, string>>): Promise<Page>;
  close(): Promise<void>;
}

/** @param script - a module's address, bundled as the library's users would; or a bundle's text */
export async function launch(executablePath: string, script: URL | string, args: readonly string[] = []): Promise<Browser> {
  const text = typeof script === "string" ? script : (await build({
    entryPoints: [fileURLToPath(script)], bundle: true, minify: true, write: false, format: "iife", globalName: "tests", conditions: ["source"], target: "es2022",
  })).outputFiles[0]!.text;
  const pages: Readonly<Record<string, string>>[] = [];
  const server = createServer(({ url }, response) => {
    if (url === "/tests.js") return void response.setHeader("content-type", "text/javascript").end(text);
    for (const [name, value] of Object.entries(pages[Number(url!.slice(1))] ?? {})) response.setHeader(name, value);
    response.setHeader("content-type", "text/html").end(`<!doctype html><title>focal-loss</title><script src="/tests.js"></script>`);
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", ...args] });
  return {
    async visit(headers = {}) {
      const page = await browser.newPage();
      // WebGPU and shared memory are there for secure pages only, and one from this machine counts as such.
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${pages.push(headers) - 1}`);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
