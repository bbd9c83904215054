import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { FocalError } from "focal-loss";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml", ".woff2": "font/woff2", ".wasm": "application/wasm", ".png": "image/png", ".csv": "text/csv; charset=utf-8",
};

/**
 * The page may load its own files, and nothing from anywhere else.
 *
 * `wasm-unsafe-eval` lets the library's SIMD kernels be compiled, and no text be run as a script. Styles that scripts set one by
 * one (a figure's colours, a formula's spacing) are no inline styles, so that these need no exception. `blob:` workers are the
 * library's threads.
 */
const POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "font-src 'self'", "img-src 'self' data: blob:", "connect-src 'self'",
  "worker-src 'self' blob:", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": POLICY,
  // Isolated from other pages, which shared memory between threads asks for.
  "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
};

export interface LabServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a folder to this machine alone.
 *
 * @param port - 0 for any that is free
 * @throws FocalError `argument` when the folder has no page or the port cannot be used
 */
export async function serveLab(folder: string, port = 0): Promise<LabServer> {
  const page = await stat(join(folder, "index.html")).catch(() => undefined);
  if (!page?.isFile()) throw new FocalError("argument", `the page is not built: ${JSON.stringify(join(folder, "index.html"))} does not exist`);
  const server = createServer((request, response) => void answer(folder, request, response));
  await listen(server, port);
  const { port: taken } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is taken by another program" : error.code === "EACCES" ? "is not allowed to this user" : `cannot be used (${error.code})`;
      reject(new FocalError("argument", `port ${port} ${why}; leave --port out for a free one`));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}

async function answer(folder: string, { method, url = "/", headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const say = (status: number, text: string): void => void response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  // A page elsewhere may give a name of its own this machine's address; it is not asked for by that name.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? "")) return say(403, "not this host");
  if (method !== "GET" && method !== "HEAD") return say(405, "only GET");
  const path = within(folder, url), found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || !found?.isFile()) return say(404, "not found");
  const kept = /[\\/]assets[\\/]/.test(path) ? "public, max-age=31536000, immutable" : "no-cache";
  response.writeHead(200, { ...HEADERS, "Content-Type": TYPES[extname(path)] ?? "application/octet-stream", "Content-Length": found.size, "Cache-Control": kept });
  if (method === "HEAD") return void response.end();
  createReadStream(path).on("error", () => response.destroy()).pipe(response);
}

/** The file an address means, if it is one of the folder's. */
function within(folder: string, url: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(url.replace(/[?#].*$/s, ""));
  } catch {
    return undefined;
  }
  if (path.includes("\0") || path.includes("\\")) return undefined;
  // Normalized as an absolute path it cannot climb above the root; hidden files are not part of the page.
  const clean = normalize(`/${path}`);
  if (/[\\/]\./.test(clean)) return undefined;
  return join(folder, clean.endsWith("/") || clean.endsWith("\\") ? `${clean}index.html` : clean);
}
