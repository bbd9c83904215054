/** `focal lab`: what its server gives out, and to whom; and the command around it. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveLab } from "../src/lab/server.ts";
import type { LabServer } from "../src/lab/server.ts";
import { POLICY } from "../../lab/build/policy.ts";
import { focal } from "./program.ts";

const outside = mkdtempSync(join(tmpdir(), "focal-lab-server-")), folder = join(outside, "page");
mkdirSync(join(folder, "assets"), { recursive: true });
writeFileSync(join(outside, "secret.txt"), "secret");
writeFileSync(join(folder, ".hidden"), "hidden");
writeFileSync(join(folder, "index.html"), "<!doctype html><title>page</title>");
writeFileSync(join(folder, "assets", "a-1.js"), "export {};");
writeFileSync(join(folder, "assets", "b.woff2"), "font");
afterAll(() => rmSync(outside, { recursive: true }));

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks without the tidying up that fetch does to paths. */
const ask = (server: LabServer, path: string, { method = "GET", host = new URL(server.url).host } = {}): Promise<Answer> => new Promise((resolve, reject) => {
  request({ host: "127.0.0.1", port: new URL(server.url).port, path, method, headers: { host } }, (response) => {
    let body = "";
    response.on("data", (data) => (body += String(data))).on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
  }).on("error", reject).end();
});

describe("the server", () => {
  let server: LabServer;
  beforeAll(async () => { server = await serveLab(folder); });
  afterAll(() => server.close());

  test("gives the page for / with or without a query, and files with their types", async () => {
    for (const path of ["/", "/?curve.gamma=3", "/index.html"]) expect(await ask(server, path)).toMatchObject({ status: 200, body: "<!doctype html><title>page</title>", headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" } });
    expect(await ask(server, "/assets/a-1.js")).toMatchObject({ status: 200, body: "export {};", headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": expect.stringContaining("immutable") } });
    expect((await ask(server, "/assets/b.woff2")).headers["content-type"]).toBe("font/woff2");
    expect(await ask(server, "/", { method: "HEAD" })).toMatchObject({ status: 200, body: "", headers: { "content-length": "34" } });
  });

  test("lets nothing be run or asked for but the page's own files, and keeps other pages apart, also where there is no file", async () => {
    for (const path of ["/", "/none"]) {
      const { headers } = await ask(server, path), policy = headers["content-security-policy"] as string;
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
      expect(headers).toMatchObject({ "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
    }
  });

  test("its policy is that of the built page, and forbids frames, which a page cannot do by itself", async () => {
    expect((await ask(server, "/")).headers["content-security-policy"]).toBe(`${POLICY}; frame-ancestors 'none'`);
  });

  test.each(["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/..%5csecret.txt", "/assets/..\\..\\secret.txt", "//../secret.txt", "/.hidden", "/%00", "/%", "/%252e%252e/secret.txt", "/%252e%252e%252fsecret.txt", "/%2e%2e%5csecret.txt", "/.%2e/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/%c0%ae%c0%ae/secret.txt", "/index.html%00.js", "/secret.txt", "///etc/passwd", "/C:/secret.txt", "http://127.0.0.1/../secret.txt", "/assets", "/assets/", "/none.js"])("%s is not found", async (path) => {
    const { status, body } = await ask(server, path);
    expect([status, body]).toEqual([404, "not found\n"]);
  });

  test("only reads, and only for this machine's own names", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]) expect((await ask(server, "/", { method })).status).toBe(405);
    for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "evil.example:127.0.0.1", "[::1]"]) expect((await ask(server, "/", { host })).status).toBe(403);
    expect((await ask(server, "/", { host: `localhost:${new URL(server.url).port}` })).status).toBe(200);
  });

  test("listens on 127.0.0.1 and on no other address of this machine", async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []).filter(({ address, family, internal }) => family === "IPv4" && !internal && address !== "127.0.0.1");
    for (const { address } of others) {
      await expect(new Promise((resolve, reject) => {
        request({ host: address, port: new URL(server.url).port, timeout: 2000 }, resolve).on("error", reject).on("timeout", () => reject(new Error("timeout"))).end();
      })).rejects.toThrow();
    }
  });

  test("a port that is taken, and a folder without a page, are told in one sentence", async () => {
    const port = Number(new URL(server.url).port);
    await expect(serveLab(folder, port)).rejects.toThrow(`port ${port} is taken by another program; leave --port out for a free one`);
    await expect(serveLab(outside)).rejects.toThrow(/^the page is not built: ".*index\.html" does not exist$/);
  });
});

describe("the command", () => {
  test.each([
    [["--port", "x"], 'port must be a whole number ≥ 0, got "x"'],
    [["--port", "70000"], "port must be ≤ 65535, got 70000"],
    [["--host", "0.0.0.0"], "lab has no option --host; it has --port, --open"],
    [["here"], 'lab takes no argument "here"'],
  ])("refuses %j in one sentence", async (args, message) => {
    expect(await focal("lab", ...args)).toMatchObject({ code: 1, out: "", err: `focal: ${message}` });
  });

  test.each([["SIGINT", "at once"], ["SIGINT", "later"], ["SIGTERM", "later"]] as const)("serves until %s %s, which ends it with code 0 and without a word", async (signal, when) => {
    // The command in a process of its own, with a page of this test's in place of the built one.
    const script = `
      import { serveUntilStopped } from ${JSON.stringify(new URL("../src/commands/lab.ts", import.meta.url).href)};
      await serveUntilStopped(${JSON.stringify(folder)}, 0, false);`;
    const file = join(outside, `${signal} ${when}.mts`);
    writeFileSync(file, script);
    const child = spawn(process.execPath, ["--import", "tsx", "--conditions=source", file], { cwd: fileURLToPath(new URL("../../..", import.meta.url)), stdio: ["ignore", "pipe", "pipe"] });
    let out = "", err = "";
    child.stderr.on("data", (data) => (err += String(data)));
    const ended = new Promise((resolve) => child.on("close", (code, killed) => resolve(code ?? killed)));
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on("data", (data) => {
        out += String(data);
        if (when === "at once") child.kill(signal); // the first word of it must already be safe to answer
        if (out.includes("\n")) resolve(out.trim());
      });
      void ended.then(() => reject(new Error(err)));
    });
    if (when === "later") {
      expect(await (await fetch(url)).text()).toContain("<title>page</title>");
      child.kill(signal);
    }
    expect(await ended).toBe(0);
    expect([out, err]).toEqual([`${url}\n`, "Ctrl-C ends it.\n"]);
  });
});
