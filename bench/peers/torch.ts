import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Candidate } from "../harness.ts";

const script = fileURLToPath(new URL("../../peers/torchPeer.py", import.meta.url));
/** Keeps the C library from giving memory back after every step, which PyTorch then has to fault in again. */
const tuned = { GLIBC_TUNABLES: "glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592" };

/** A python3 that has torch and torchvision, if there is one. */
export const python = (): string | undefined =>
  ["python3", "/usr/bin/python3"].find((path) => spawnSync(path, ["-c", "import torch, torchvision"]).status === 0);

/** One PyTorch process that waits to be asked. */
export async function torchCandidate(path: string, kind: "torchvision" | "note", n: number, allocator: "default" | "tuned"): Promise<Candidate> {
  const child = spawn(path, [script, kind, String(n)], {
    env: { ...process.env, OMP_NUM_THREADS: "1", ...(allocator === "tuned" && tuned) }, stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const version = (await lines.next()).value as string;
  return {
    name: `${kind === "note" ? "the note's code" : "torchvision"} on ${version}, ${allocator} allocator`,
    async time() {
      child.stdin.write("\n");
      return Number((await lines.next()).value);
    },
    close: () => void child.kill(),
  };
}
