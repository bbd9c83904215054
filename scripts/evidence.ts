/**
 * `npm run evidence`: what focal loss buys, on all bundled data, by the program itself.
 *
 * Each row of `runs` is a command that a reader can type. Its output stays in --out, and a command whose metrics.json is there
 * is not run again: an evidence interrupted goes on. --only tables takes some twenty minutes, --only detectors some hours.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { detectorsPage } from "./evidence/detectors.ts";
import type { DetectorRun } from "./evidence/detectors.ts";
import { tablesPage } from "./evidence/tables.ts";
import type { TableRun } from "./evidence/tables.ts";

const { values: { out, only } } = parseArgs({ options: { out: { type: "string", default: "evidence-output" }, only: { type: "string", default: "tables,detectors" } } });

const losses = ["--gamma", ".5,1,2,5", "--repeats", "10", "--seed", "100", "--jobs", "2"];
const data = {
  thyroid: ["examples/data/thyroid.csv.gz", "--target", "class", "--drop", "split"],
  birdstrikes: ["examples/data/birdstrikes.csv.gz", "--target", "Effect Amount of damage", "--positive", "Substantial", "--drop", "Cost Other,Cost Repair,Cost Total $"],
  shuttle: ["examples/data/shuttle.csv.gz", "--target", "Class", "--drop", "split"],
};
const models = { linear: "none", network: "64,32" };

/** The results of a command of the program, run now or found. */
function resultsOf<R>(name: string, command: readonly string[]): R {
  const folder = join(out, name), file = join(folder, "metrics.json");
  if (!existsSync(file)) {
    console.log(`\nfocal ${command.join(" ")}`);
    const { status } = spawnSync(process.execPath, ["apps/cli/bin/focal.js", ...command, "--out", folder, "--resume"], { stdio: "inherit" });
    if (status !== 0) process.exit(status ?? 1);
  }
  return JSON.parse(readFileSync(file, "utf8")) as R;
}

function write(name: string, text: string): void {
  writeFileSync(join("docs/results", name), text);
  console.log(`docs/results/${name}`);
}

mkdirSync(out, { recursive: true });
if (only.includes("tables")) {
  const runs = Object.entries(data).flatMap(([name, table]) => Object.entries(models).map(([model, hidden]): TableRun => ({
    name, model, results: resultsOf(`${name}-${hidden}`, ["train", ...table, "--hidden", hidden, ...losses]),
  })));
  write("evidence.md", tablesPage(runs));
}
if (only.includes("detectors")) {
  const runs = ["digits", "craters"].map((name): DetectorRun => ({ name, results: resultsOf(name, ["detect", "compare", name, "--repeats", "4", "--jobs", "2"]) }));
  write("detection.md", detectorsPage(runs));
}
