/** How much memory do value and gradient of many logits take, beside the logits and targets themselves? And a stream of far more? */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { skipped } from "./harness.ts";
import type { Memory } from "./harness.ts";
import { measured } from "./memoryOf.ts";
import { digits, markdown, quick, save } from "./report.ts";
import { chunkLength, ways } from "./streamOf.ts";
import type { StreamMemory } from "./streamOf.ts";

const n = quick ? 1e6 : 1e7;
const candidates = measured.flatMap(({ title }, i) => {
  const { status, stdout } = spawnSync(process.execPath, [fileURLToPath(new URL("memoryOf.js", import.meta.url)), String(i), String(n)], { encoding: "utf8" });
  const answer = stdout.trim().split("\n").at(-1) ?? "";
  if (status === 0) return [JSON.parse(answer) as Memory & { name: string }];
  skipped(title, answer || "its process ended");
  return [];
});
const mib = (bytes: number): string => digits(bytes / 2 ** 20);
console.log(`\n### Resident memory, ${n.toExponential(0)} logits (${mib(4 * n)} MiB an array), each in a process of its own: MiB\n\n${markdown(
  ["candidate", "with logits and targets", "at most", "value and gradient took", "arrays of that size"],
  candidates.map(({ name, before, peak }) => [name, mib(before), mib(peak), mib(peak - before), ((peak - before) / (4 * n)).toFixed(1)]),
)}\n`);

const many = quick ? 1e7 : 1e8;
const streams = Object.keys(ways).map((way) => {
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(new URL("streamOf.js", import.meta.url)), way, String(many)], { encoding: "utf8" });
  return { way, ...(JSON.parse(stdout) as StreamMemory) };
});
const [first, ...called] = streams;
if (!called.every(({ loss }) => Math.abs(loss / called[0]!.loss - 1) < 1e-6)) throw new Error(`the same losses have different sums: ${called.map(({ loss }) => loss).join(", ")}`);
console.log(`\n### Resident memory of the value alone, ${many.toExponential(0)} logits (${mib(5 * many)} MiB with their targets), chunks of ${chunkLength}, each in a process of its own: MiB\n\n${markdown(
  ["", "before the call", "at most", "the call took", "above the library alone", "seconds"],
  streams.map(({ way, before, peak, seconds }, i) => [way, mib(before), mib(peak), ...(i === 0 ? ["–", "–", "–"] : [mib(peak - before), mib(peak - first!.peak), digits(seconds)])]),
)}\n`);
save("memory", { question: "resident bytes of value and gradient, and of the value of a stream", n, candidates, many, streams });
