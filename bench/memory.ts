/** How much memory do value and gradient of many logits take, beside the logits and targets themselves? */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { skipped } from "./harness.ts";
import type { Memory } from "./harness.ts";
import { measured } from "./memoryOf.ts";
import { digits, markdown, quick, save } from "./report.ts";

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
save("memory", { question: "resident bytes of value and gradient", n, candidates });
