/** How much of the memory's speed do value and gradient on a GPU reach, over buffers that are there already? γ = 2, α = 0.25. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { skipped } from "./harness.ts";
import { gpuEnvironments } from "./peers/vulkan.ts";
import { digits, markdown, quick, save } from "./report.ts";
import type { GpuAnswer } from "./webgpuOf.ts";

const n = quick ? 1e6 : 1e7;
let answer: GpuAnswer | undefined, why = "";
for (const env of gpuEnvironments()) {
  const { status, stdout } = spawnSync(process.execPath, [fileURLToPath(new URL("webgpuOf.js", import.meta.url)), String(n)], { encoding: "utf8", env: { ...process.env, ...env } });
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (status === 0) {
    answer = JSON.parse(line) as GpuAnswer;
    break;
  }
  why ||= line || "its process ended";
}
if (!answer) skipped("WebGPU", why);
else {
  const { adapter, software, timings } = answer, copied = timings.find(({ name }) => name === "copy of a buffer")!.bytesPerSecond;
  console.log(`\n### WebGPU on ${adapter}${software ? ": a GPU made of software, which says nothing about real ones" : ""}\n\n${markdown(
    ["over buffers on the GPU", "ms", "quartiles", "GB/s", "of a copy's"],
    timings.map(({ name, n: length, median, low, high, bytesPerSecond }) => [
      `${name}, ${length.toExponential(0)} float32`, digits(median * 1e3), `${digits(low * 1e3)}–${digits(high * 1e3)}`, digits(bytesPerSecond / 1e9), `${((100 * bytesPerSecond) / copied).toFixed(0)} %`,
    ]),
  )}\n`);
}

/** On the same card, where there is one. */
const script = fileURLToPath(new URL("../peers/torchCuda.py", import.meta.url));
const runs = ["python3", "/usr/bin/python3"].map((python) => spawnSync(python, [script, String(n)], { encoding: "utf8" }));
// The reason that got furthest: one may have PyTorch and no card, the other no PyTorch.
const torch = runs.find(({ status }) => status === 0) ?? runs.find(({ stderr }) => stderr?.includes("CUDA")) ?? runs[0]!;
const peers = torch.status === 0 ? torch.stdout.trim().split("\n").map((line) => JSON.parse(line) as { name: string; seconds: number }) : [];
for (const line of torch.status === 0 ? (torch.stderr.match(/^(eager|torch\.compile|device copy): .*$/gm) ?? []) : []) skipped("PyTorch", line);
if (torch.status !== 0) skipped("PyTorch, eager and compiled, on a GPU", torch.error?.message ?? torch.stderr.trim().split("\n").at(-1));
else console.log(`${markdown(["PyTorch, forward and backward, and its copy", "ms"], peers.map(({ name, seconds }) => [name, digits(seconds * 1e3)]))}\n`);
save("webgpu", { question: "sum of focal losses and gradient over buffers on a GPU, beside copies on it", n, ...(answer ?? { notMeasured: why }), torch: peers });
