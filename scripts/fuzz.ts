/** `npm run fuzz -- --cases 1e6 --guided 5000 --seed 1 --only NAME`: random cases for every model, and a guided search in every parser; exits with 1 where one fails. */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { models } from "../test/models/index.ts";
import { parsers } from "../test/models/parsers.ts";
import { guided } from "./fuzz/guided.ts";

const { values } = parseArgs({ options: { cases: { type: "string", default: "1e6" }, guided: { type: "string", default: "5000" }, seed: { type: "string", default: String(Date.now() % 2 ** 31) }, only: { type: "string", default: "" } } });
const chosen = models.filter(({ name }) => name.includes(values.only)), seed = Number(values.seed);
const shares = chosen.reduce((sum, { share }) => sum + share, 0);
console.log(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0]?.model ?? process.arch} × ${cpus().length}, seed ${seed}\n`);
const failures: string[] = [];
let total = 0;
console.warn = () => undefined; // scores that look like probabilities, thousands of times
// First the search: every function that is compiled later makes V8's coverage slower.
console.log("| guided by coverage | cases | cases/s | inputs kept | ways through functions | |\n| --- | ---: | ---: | ---: | ---: | --- |");
for (const parser of parsers.filter(({ name }) => `guided: ${name}`.includes(values.only))) {
  const start = performance.now(), { cases, corpus, ways, failure } = await guided(parser, Number(values.guided), seed);
  total += cases;
  console.log(`| ${parser.name} | ${cases} | ${Math.round(cases / ((performance.now() - start) / 1e3))} | ${corpus} | ${ways} | ${failure ? "**fails**" : ""} |`);
  if (failure) failures.push(`guided: ${parser.name}\n  ${JSON.stringify(failure.text)}\n  ${String((failure.error as Error).stack).split("\n").slice(0, 4).join("\n  ")}`);
}

console.log("\n| model | cases | cases/s | |\n| --- | ---: | ---: | --- |");
for (const { name, share, property } of chosen) {
  const start = performance.now(), numRuns = Math.ceil((Number(values.cases) * share) / shares);
  const details = await fc.check(property, { seed, numRuns });
  const seconds = (performance.now() - start) / 1e3;
  total += details.numRuns;
  console.log(`| ${name} | ${details.numRuns} | ${Math.round(details.numRuns / seconds)} | ${details.failed ? "**fails**" : ""} |`);
  if (details.failed) failures.push(`${name}\n  ${fc.stringify(details.counterexample)}\n  ${String((details.errorInstance as Error | null)?.stack ?? "too many cases skipped").split("\n").slice(0, 4).join("\n  ")}\n  again: --seed ${seed} --only ${JSON.stringify(name)}`);
}

console.log(`\n${total} cases, ${failures.length} failures.`);
for (const failure of failures) console.log(`\n${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
