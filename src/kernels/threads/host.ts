import { FocalError } from "../../errors.ts";
import { workerText } from "./workerText.ts";

/** A worker of either kind. */
export interface Helper {
  post(message: unknown): void;
  stop(): void;
}

const isNode = typeof process === "object" && typeof process.versions?.node === "string";

/**
 * Starts a worker and waits until it listens.
 *
 * @param first - its first message, answered when it has arrived
 * @param onEnd - called when it has ended, whoever ended it
 */
export async function startHelper(first: unknown, onEnd: () => void): Promise<Helper> {
  try {
    return await (isNode ? startInNode(first, onEnd) : startInBrowser(first, onEnd));
  } catch (error) {
    const why = error instanceof Error && error.message ? `: ${error.message}` : "";
    const hint = isNode ? "" : "; a content security policy must allow worker-src blob:";
    throw new FocalError("engine", `threads need workers, and one did not start${why}${hint}`);
  }
}

async function startInNode(first: unknown, onEnd: () => void): Promise<Helper> {
  // Put together here, so that bundlers for browsers do not look for it.
  const name = ["node", "worker_threads"].join(":");
  const { Worker } = await import(/* @vite-ignore */ name) as typeof import("node:worker_threads");
  const worker = new Worker(workerText, { eval: true, execArgv: [] });
  await new Promise<unknown>((resolve, reject) => {
    worker.once("message", resolve).on("error", reject).once("exit", () => reject(new Error("it ended at once")));
    worker.postMessage(first);
  });
  worker.once("exit", onEnd);
  worker.unref(); // a program that is done must not wait for it
  return { post: (message) => worker.postMessage(message), stop: () => void worker.terminate() };
}

async function startInBrowser(first: unknown, onEnd: () => void): Promise<Helper> {
  const url = URL.createObjectURL(new Blob([workerText], { type: "text/javascript" }));
  const worker = new Worker(url);
  try {
    await new Promise<unknown>((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(first);
    });
  } finally {
    URL.revokeObjectURL(url);
  }
  worker.onerror = onEnd;
  return { post: (message) => worker.postMessage(message), stop: () => worker.terminate() };
}

/** Throws where memory cannot be shared with workers. */
export function refuseWithoutSharing(): void {
  if (isNode) return;
  if (globalThis.crossOriginIsolated !== true) {
    throw new FocalError("engine", "threads in a browser need a page that is cross-origin isolated: serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp");
  }
  if (typeof Worker === "undefined") throw new FocalError("engine", "threads need workers, which cannot be started from here");
}
