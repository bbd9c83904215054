/**
 * `npm run bench [-- --quick] [question …]`: every question, or those named, each in a process of its own. Tables go to the
 * terminal, numbers to bench/results/.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { machine } from "./report.ts";

const questions = ["throughput", "softmax", "threads", "accuracy", "sizes", "compile", "memory", "tfjs", "webgpu", "sql"];
const named = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const unknown = named.find((name) => !questions.includes(name));
if (unknown !== undefined) throw new Error(`no question ${unknown}; there are ${questions.join(", ")}`);

console.log(`Machine: ${machine()}\n`);
for (const question of questions.filter((name) => named.length === 0 || named.includes(name))) {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`${question}.js`, import.meta.url)), ...process.argv.slice(2)], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
  console.log(`(${question}: ${((performance.now() - start) / 1e3).toFixed(0)} s)\n`);
}
