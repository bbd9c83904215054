/** In TensorFlow.js: how long do the sum of focal losses and its gradient take, and how much memory, beside what is made of its operations? */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { checkLosses } from "./check.ts";
import { interleave, prepareAll, skipped } from "./harness.ts";
import type { Memory } from "./harness.ts";
import { tfjsWithOurs } from "./peers/tfjs.ts";
import { sigmoidProblem } from "./problems.ts";
import { digits, markdown, quick, save, throughputTable } from "./report.ts";
import { peakResident } from "./resident.ts";

const [, script, index, length] = process.argv;

/** `node tfjs.js INDEX N`: the resident memory of one candidate, in a process of its own. */
if (script === fileURLToPath(import.meta.url) && Number.isInteger(Number(index))) {
  const peer = tfjsWithOurs[Number(index)]!, problem = sigmoidProblem(Number(length));
  // The libraries themselves are loaded and compiled on a few logits first.
  await (await peer.prepare(sigmoidProblem(256))).run(3);
  const candidate = await peer.prepare(problem), before = process.memoryUsage().rss;
  await candidate.run(3);
  console.log(JSON.stringify({ before, peak: peakResident() }));
} else {
  const sizes = [];
  for (const n of quick ? [1e5] : [1e4, 1e5, 1e6]) {
    const problem = sigmoidProblem(n), candidates = await prepareAll(tfjsWithOurs, problem);
    const rows = await interleave(candidates, quick ? { turns: 15, turn: 0.003, perCandidate: 0.5 } : { turns: 31, turn: 0.005, perCandidate: 4 });
    await checkLosses(problem, rows, candidates);
    for (const candidate of candidates) candidate.close?.();
    console.log(`\n### ${n.toExponential(0)} logits in TensorFlow.js: sum and gradient\n\n${throughputTable(rows, n, /wasm, composite/, "wasm composite")}\n`);
    sizes.push({ n, secondsPerCall: rows });
  }
  const n = quick ? 1e5 : 1e6, mib = (bytes: number): string => digits(bytes / 2 ** 20);
  const memory = tfjsWithOurs.flatMap(({ title }, i) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(i), String(n)], { encoding: "utf8" });
    if (status === 0) return [{ name: title, ...JSON.parse(stdout.trim().split("\n").at(-1)!) as Memory }];
    skipped(title, /^.*Error: .*$/m.exec(stderr)?.[0] ?? "its process ended");
    return [];
  });
  console.log(`\n### Resident memory, ${n.toExponential(0)} logits (${mib(4 * n)} MiB a tensor), each in a process of its own: MiB\n\n${markdown(
    ["candidate", "with logits and labels", "at most", "value and gradient took", "tensors of that size"],
    memory.map(({ name, before, peak }) => [name, mib(before), mib(peak), mib(peak - before), ((peak - before) / (4 * n)).toFixed(1)]),
  )}\n`);
  save("tfjs", { question: "sum of focal losses and gradient in TensorFlow.js, γ = 2, α = 0.25: seconds, and resident bytes", sizes, n, memory });
}
