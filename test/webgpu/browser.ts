/** A real browser with a GPU made of software: Chromium's SwiftShader computes what a shader says, on any machine. */
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
  readonly page: Page;
  close(): Promise<void>;
}

/** Opens a page with WebGPU, on which a module of this folder has been loaded; its exports are the global `tests`. */
export async function open(executablePath: string, module: string): Promise<Browser> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(module, import.meta.url))], bundle: true, write: false, format: "iife", globalName: "tests", conditions: ["source"], target: "es2022",
  });
  // WebGPU is there for secure pages only, and one from this machine counts as such.
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><title>WebGPU</title>")).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"] });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.addScriptTag({ content: outputFiles[0]!.text });
  return {
    page,
    async close() {
      await browser.close();
      server.close();
    },
  };
}
