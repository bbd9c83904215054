/** The same questions on another Node or in a browser. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

export type Results = Readonly<Record<string, string>>;

/** The questions as one script that hands what it found to `tell`. */
async function bundle(platform: "node" | "browser", tell: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `import { results } from "./results.ts"; ${tell}`, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true, write: false, format: "esm", platform, conditions: ["source"], target: "es2022", minify: platform === "browser",
  });
  return outputFiles[0]!.text;
}

/** @param executable - of any Node */
export async function askNode(executable: string): Promise<{ version: string; results: Results }> {
  const folder = mkdtempSync(join(tmpdir(), "focal-platforms-")), file = join(folder, "ask.mjs");
  try {
    writeFileSync(file, await bundle("node", "console.log(JSON.stringify({ version: process.version, results: await results() })); process.exit();"));
    return JSON.parse((await promisify(execFile)(executable, [file], { timeout: 120_000 })).stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The browsers that can be asked without anything but a page: where Debian puts them, and how each is started. */
const browsers = {
  chromium: { places: [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"], args: (profile: string) => ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`] },
  firefox: { places: [process.env["FIREFOX"], "/usr/bin/firefox-esr", "/usr/bin/firefox"], args: (profile: string) => ["--headless", "--no-remote", "--profile", profile] },
} as const;
export type BrowserName = keyof typeof browsers;

export const browserPath = (name: BrowserName): string | undefined => browsers[name].places.find((place) => place !== undefined && existsSync(place));

/** Opens a page that asks itself and sends back what it found; the page is isolated, so that it may have threads. */
export async function askBrowser(name: BrowserName): Promise<{ version: string; results: Results }> {
  const script = await bundle("browser", "try { await fetch('/answer', { method: 'POST', body: JSON.stringify(await results()) }); } catch (error) { await fetch('/answer', { method: 'POST', body: JSON.stringify({ error: String(error) }) }); }");
  const home = mkdtempSync(join(tmpdir(), "focal-browser-"));
  let tell: (results: Results) => void;
  const told = new Promise<Results>((resolve) => (tell = resolve));
  const server = createServer((request, response) => {
    for (const [header, value] of [["cross-origin-opener-policy", "same-origin"], ["cross-origin-embedder-policy", "require-corp"]]) response.setHeader(header!, value!);
    if (request.method === "POST") {
      let body = "";
      request.on("data", (data) => (body += String(data))).on("end", () => { tell(JSON.parse(body)); response.end(); });
    } else if (request.url === "/ask.js") response.setHeader("content-type", "text/javascript").end(script);
    else response.setHeader("content-type", "text/html").end('<!doctype html><title>focal-loss</title><script type="module" src="/ask.js"></script>');
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const path = browserPath(name)!, version = (await promisify(execFile)(path, ["--version"], { env: { ...process.env, HOME: home } })).stdout.trim();
  const child = spawn(path, [...browsers[name].args(home), `http://127.0.0.1:${(server.address() as AddressInfo).port}/`], { env: { ...process.env, HOME: home }, stdio: "ignore", detached: true });
  const over = setTimeout(() => tell({ error: "no answer in a minute" }), 60_000);
  try {
    return { version, results: await told };
  } finally {
    clearTimeout(over);
    const ended = new Promise((done) => child.once("exit", done));
    process.kill(-child.pid!, "SIGKILL"); // with the processes of its tabs
    await ended;
    server.closeAllConnections();
    server.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
