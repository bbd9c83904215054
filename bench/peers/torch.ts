import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Peer } from "../harness.ts";
import { workerPeer } from "./worker.ts";

const script = fileURLToPath(new URL("../../peers/torchPeer.py", import.meta.url));
/** Keeps the C library from giving memory back after every step, which PyTorch then has to fault in again. */
const tuned = { GLIBC_TUNABLES: "glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592" };

let found: { path: string; version: string } | undefined;

/** A python3 that has torch and torchvision. */
function python(): { path: string; version: string } {
  for (const path of found ? [] : ["python3", "/usr/bin/python3"]) {
    const { status, stdout } = spawnSync(path, ["-c", "import torch, torchvision; print(torch.__version__)"], { encoding: "utf8" });
    if (status === 0) return (found = { path, version: stdout.trim() });
  }
  if (!found) throw new Error("no python3 here has torch and torchvision (Debian: python3-torch python3-torchvision)");
  return found;
}

const torch = (kind: string, what: string, allocator: "default" | "tuned", differs?: string): Peer =>
  workerPeer(`${what} on PyTorch`, () => {
    const { path, version } = python();
    return {
      command: path, args: [script, kind], env: { OMP_NUM_THREADS: "1", ...(allocator === "tuned" && tuned) },
      name: `${what} on PyTorch ${version}, ${allocator} allocator`,
    };
  }, differs);

export const torchvisionTuned = torch("torchvision", "torchvision", "tuned");
export const torchvision: readonly Peer[] = [torchvisionTuned, torch("torchvision", "torchvision", "default")];
export const torchPeers: readonly Peer[] = [
  ...torchvision,
  torch("note", "BCE → exp(−BCE) → focal", "tuned", "one α for both classes"),
  torch("closed", "closed form in place, by hand,", "tuned"),
];
export const torchSoftmax: readonly Peer[] = [torch("softmax", "log_softmax → focal", "tuned"), torch("softmax", "log_softmax → focal", "default")];
