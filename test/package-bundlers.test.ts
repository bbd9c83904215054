/** Programs of users for browsers, on the package as npm would publish it: bundled by esbuild and Vite, or loaded as it is. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { criterion, focal, sigmoidFocalLoss } from "focal-loss";
import { averagePrecision } from "focal-loss/evaluate";
import { render } from "focal-loss/render";
import { build as esbuild } from "esbuild";
import { chromium } from "playwright-core";
import { build as vite } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, peers, root } from "./package/packed.ts";
import type { Packed } from "./package/packed.ts";
import { chromiumPath } from "./webgpu/browser.ts";

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Record<string, { import: { default: string } }> };
const alone = Object.keys(exports).filter((path) => !(path in peers));

const program = `
import { criterion, focal, sigmoidFocalLoss } from "focal-loss";
import { averagePrecision } from "focal-loss/evaluate";
import { render } from "focal-loss/render";
const { grad } = criterion(focal()).valueAndGrad(Float32Array.from({ length: 100 }, (_, i) => i / 10 - 5), new Uint8Array(100));
const answer = JSON.stringify({ value: sigmoidFocalLoss([2, -1, 0.5], [1, 0, 0], { alpha: 0.25, gamma: 2 }), grad: [...grad], tex: render(focal(), "tex"), precision: averagePrecision([0.9, 0.2], [1, 0]) });
if (typeof document === "object") document.title = answer; else console.log(answer);
`;
const answer = {
  value: sigmoidFocalLoss([2, -1, 0.5], [1, 0, 0], { alpha: 0.25, gamma: 2 }),
  grad: [...criterion(focal()).valueAndGrad(Float32Array.from({ length: 100 }, (_, i) => i / 10 - 5), new Uint8Array(100)).grad],
  tex: render(focal(), "tex"),
  precision: averagePrecision([0.9, 0.2], [1, 0]),
};

let packed: Packed;
const pages = new Map<string, { type: string; text: string }>();
const server = createServer(({ url }, response) => {
  const path = url!.slice(1), page = pages.get(path);
  if (page) response.setHeader("content-type", page.type).end(page.text);
  else if (path.startsWith("focal-loss/") && packed.files.includes(path.slice(11))) response.setHeader("content-type", "text/javascript").end(readFileSync(join(packed.folder, "node_modules", path)));
  else response.writeHead(404).end();
});
beforeAll(async () => {
  packed = pack();
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
}, 60_000);
afterAll(() => { server.close(); packed?.remove(); });

const executable = chromiumPath();
if (executable === undefined) console.error("\n*** NOT TESTED: the package in a browser. No Chromium on this machine; apt-get install chromium, or CHROMIUM=/path/to/it. ***\n");

/** What a page has for a title once its module has run, or what went wrong on it. */
async function titleOf(html: string): Promise<string> {
  pages.set("", { type: "text/html", text: `<!doctype html><title>waiting</title><link rel="icon" href="data:,">${html}` });
  const browser = await chromium.launch({ executablePath: executable!, headless: true, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const failed = new Promise<string>((done) => { page.on("pageerror", (error) => done(String(error))).on("console", (message) => done(message.text())); });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await Promise.race([page.waitForFunction(() => document.title !== "waiting").then(() => page.title()), failed]);
  } finally {
    await browser.close();
  }
}

/** A bundle must stand alone, and compute in Node and on a page what the sources compute. */
async function computes(name: string, bundle: string): Promise<void> {
  expect(JSON.parse(execFileSync(process.execPath, [packed.write(`${name}/bundle.mjs`, bundle)], { encoding: "utf8" }))).toEqual(answer);
  if (executable !== undefined) expect(JSON.parse(await titleOf(`<script type="module">${bundle.replaceAll("</script", "<\\/script")}</script>`))).toEqual(answer);
}

test("esbuild bundles it for browsers, without a warning", async () => {
  const { outputFiles, warnings, metafile } = await esbuild({ entryPoints: [packed.write("esbuild/main.js", program)], bundle: true, minify: true, format: "esm", platform: "browser", write: false, metafile: true });
  expect(warnings).toEqual([]);
  expect(Object.values(metafile.outputs).flatMap((output) => output.imports)).toEqual([]);
  await computes("esbuild", outputFiles[0]!.text);
});

test("Vite bundles it for browsers, without a warning", async () => {
  const said: string[] = [], say = (message: string): void => void said.push(message);
  const logger = { info() {}, warn: say, warnOnce: say, error: say, clearScreen() {}, hasErrorLogged: () => false, hasWarned: false };
  const main = packed.write("vite/main.js", program);
  const result = await vite({ root: join(packed.folder, "vite"), configFile: false, logLevel: "warn", customLogger: logger, build: { write: false, modulePreload: false, rollupOptions: { input: main } } });
  const [chunk, ...more] = (result as { output: { code: string; imports: string[] }[] }).output;
  expect([said, more, chunk!.imports]).toEqual([[], [], []]);
  await computes("vite", chunk!.code);
});

test.skipIf(executable === undefined)("a page loads it without a bundler, by an import map: it computes, and every subpath without a peer is found", async () => {
  const imports = Object.fromEntries(alone.map((path) => [`focal-loss${path.slice(1)}`, `/focal-loss/${exports[path]!.import.default.slice(2)}`]));
  const loadsAll = alone.map((path) => `import "focal-loss${path.slice(1)}";`).join("\n");
  expect(JSON.parse(await titleOf(`<script type="importmap">${JSON.stringify({ imports })}</script><script type="module">${loadsAll}${program}</script>`))).toEqual(answer);
});
