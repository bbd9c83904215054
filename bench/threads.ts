/** What do threads bring, and what do they cost while other programs keep the cores busy? γ = 2, α = 0.25, sum and gradient. */
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { interleave, prepareAll, skipped } from "./harness.ts";
import type { Row } from "./harness.ts";
import { onThreads } from "./ours.ts";
import { sigmoidProblem } from "./problems.ts";
import { digits, markdown, quick, save } from "./report.ts";

const cores = availableParallelism();
const counts = [...new Set([1, 2, cores])].filter((count) => count <= cores).sort((a, b) => a - b);
const peers = counts.map(onThreads);

/** Keeps cores busy from now on, with a program that ends when this one does. Returns what stops it. */
function keepBusy(busy: readonly number[]): () => void {
  const idle = `const { ppid } = process; while (process.ppid === ppid) for (let i = 0; i < 1e7; i++);`;
  const programs = busy.map((core) => spawn("taskset", ["-c", String(core), process.execPath, "-e", idle], { stdio: "ignore" }));
  return () => programs.forEach((program) => program.kill());
}

const all = Array.from({ length: cores }, (_, core) => core);
const others = [
  { others: "no other program", busy: [] }, { others: "a program on each core but the first", busy: all.slice(1) }, { others: "a program on each core", busy: all },
].filter(({ others: which, busy }) => {
  if (busy.length === 0) return true;
  const refused = cores < 2 ? "one core has no other" : spawnSync("taskset", ["--version"]).status === 0 ? undefined : "no taskset here, which ties a program to a core (Linux: util-linux)";
  if (refused !== undefined) skipped(`threads beside ${which}`, refused);
  return refused === undefined;
});

const situations: { n: number; others: string; secondsPerCall: Row[] }[] = [];
for (const n of quick ? [1e5, 1e6] : [1e5, 1e6, 1e7]) {
  const candidates = await prepareAll(peers, sigmoidProblem(n));
  for (const { others: which, busy } of others) {
    const stop = keepBusy(busy);
    try {
      // Turns of many calls: what a time slice of another program does to single calls evens out.
      const rows = await interleave(candidates, quick ? { turns: 15, turn: 0.04, perCandidate: 0.6 } : { turns: 61, turn: 0.06, perCandidate: 6 });
      situations.push({ n, others: which, secondsPerCall: rows });
    } finally {
      stop();
    }
  }
}
for (const peer of peers) peer.close?.();

console.log(`\n### Threads: nanoseconds per logit (quartiles), and times faster than one thread\n\n${markdown(
  ["logits", "beside", ...counts.flatMap((count) => (count === 1 ? ["1 thread"] : [`${count} threads`, "× 1 thread"]))],
  situations.map(({ n, others: which, secondsPerCall }) => {
    const ns = (seconds: number): string => digits((seconds / n) * 1e9), alone = secondsPerCall[0]!.median;
    return [n.toExponential(0), which, ...secondsPerCall.flatMap(({ median, low, high }, i) => [`${ns(median)} (${ns(low)}–${ns(high)})`, ...(i === 0 ? [] : [(alone / median).toFixed(2)])])];
  }),
)}\n`);
save("threads", { question: "sum of focal losses and gradient on several threads, beside other programs", situations });
