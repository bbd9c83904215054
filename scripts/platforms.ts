/** `npm run platforms -- NODE …`: does every engine give the same bits on this Node, on others, and in the browsers of this machine? */
import { cpus } from "node:os";
import { askBrowser, askNode, browserPath } from "../test/platforms/ask.ts";
import type { Results } from "../test/platforms/ask.ts";
import { exact } from "../test/platforms/results.ts";

const answers: { version: string; results: Results }[] = [];
for (const executable of [process.execPath, ...process.argv.slice(2)]) {
  const { version, results } = await askNode(executable);
  answers.push({ version: `Node ${version}`, results });
}
for (const name of ["chromium", "firefox"] as const) {
  if (browserPath(name) === undefined) console.error(`not asked: ${name}, which is not on this machine`);
  else answers.push(await askBrowser(name));
}
const engines = Object.keys(answers[0]!.results);
const table = [["", ...engines], ["---", ...engines.map(() => "---")], ...answers.map(({ version, results }) => [version, ...engines.map((engine) => results[engine] ?? results["error"] ?? "–")])];
console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? process.arch} × ${cpus().length}\n`);
console.log(table.map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
const equal = exact.every((engine) => answers.every(({ results }) => results[engine] === answers[0]!.results[engine]));
console.log(equal ? "\nThe kernels give the same bits everywhere." : "\nThe kernels differ.");
process.exitCode = equal ? 0 : 1;
