import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { run } from "../src/main.ts";

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in this process. */
export async function focal(...args: string[]): Promise<Said> {
  const out: string[] = [], err: string[] = [];
  const spies = [
    vi.spyOn(console, "log").mockImplementation((text: unknown) => void out.push(String(text))),
    vi.spyOn(console, "error").mockImplementation((text: unknown) => void err.push(String(text))),
    vi.spyOn(process.stderr, "write").mockImplementation(() => true),
  ];
  try {
    return { code: await run(args), out: out.join("\n"), err: err.join("\n") };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** The built program, for a process of its own: signals, exit codes and worker threads. `npm test` builds first. */
const bin = fileURLToPath(new URL("../bin/focal.js", import.meta.url));

/** Runs the program until a file exists, then sends a signal; resolves when it has ended. */
export function interrupt(args: readonly string[], file: string, signal: NodeJS.Signals): Promise<{ code: number | null; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    const poll = setInterval(() => { if (existsSync(file) && !child.killed) child.kill(signal); }, 20);
    child.stderr.on("data", (data) => (err += String(data)));
    child.on("exit", (code) => { clearInterval(poll); resolve({ code, err }); });
  });
}

/** Two overlapping blobs, 1:9, with a missing value here and there, a category, and hostile names. */
export function blobs(rows: number): string {
  let state = 11;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const lines = ['width,"<b>colour</b>",row_id,verdict'];
  for (let i = 0; i < rows; i++) {
    const positive = i % 10 === 0;
    const width = random() < 0.05 ? "" : (random() + random() - 1 + (positive ? 0.8 : 0)).toFixed(4);
    lines.push(`${width},${random() < (positive ? 0.7 : 0.3) ? "red" : "blue"},${i + 1},${positive ? "<script>yes</script>" : "no"}`);
  }
  return `${lines.join("\n")}\n`;
}
