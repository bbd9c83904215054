/** The built program in a process of its own, in surroundings of the test's choice. `npm test` builds first. */
import { spawn } from "node:child_process";
import type { SpawnOptions } from "node:child_process";
import { fileURLToPath } from "node:url";

export const bin = fileURLToPath(new URL("../bin/focal.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** @param killAfter - milliseconds until kill -9 */
export function focalIn(args: readonly string[], { killAfter, input, ...options }: SpawnOptions & { killAfter?: number; input?: string } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"], ...options });
    let out = "", err = "";
    child.stdout?.on("data", (data) => (out += String(data)));
    child.stderr?.on("data", (data) => (err += String(data)));
    if (input !== undefined) child.stdin?.end(input);
    const kill = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
    child.on("close", (code, signal) => {
      clearTimeout(kill);
      resolve({ code, signal, out, err });
    });
  });
}
