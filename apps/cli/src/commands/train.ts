import { join } from "node:path";
import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import { leakWarnings, refuseRest, removeScratch, splitRows } from "../data/index.ts";
import { assemble } from "../experiment/assemble.ts";
import { candidatesFor } from "../experiment/candidates.ts";
import { checkpointFile, fingerprint } from "../experiment/checkpoint.ts";
import { familyNames } from "../experiment/families.ts";
import { compare, emptyState, type Plan, type State } from "../experiment/compare.ts";
import { saveModel, savePredictions } from "../experiment/outputs.ts";
import { writeWhole } from "../model/index.ts";
import { renderReport } from "../report/render.ts";
import type { Results } from "../results.ts";
import { renderSummary } from "../terminal/summary.ts";
import { machine, versions } from "../version.ts";
import { alphas, commandLine, dataArgs, datasetOf, familiesOf, trainingArgs, trainingOf } from "./arguments.ts";
import { numbers, wholeNumber } from "./options.ts";
import { inFolder } from "./folder.ts";
import { resumable, stateFrom } from "./resumable.ts";

const { hidden, epochs, seed, jobs, resume } = trainingArgs;

const args = {
  ...dataArgs,
  test: { type: "string", description: "file of test rows (default: 20 % of the rows, stratified)", valueHint: "FILE" },
  gamma: { type: "string", description: "γ of focal loss, one or several", default: "2", valueHint: "1,2,5" },
  alpha: { type: "string", description: "class weights of focal loss: none, balanced, or α of the positive class", default: "none", valueHint: "none,.25" },
  loss: { type: "string", description: `losses to train beside cross-entropy, each with the same γ and α: ${familyNames.join(", ")}`, default: "focal", valueHint: "focal,…" },
  hidden,
  repeats: { type: "string", description: "how many splits", default: "5", valueHint: "N" },
  epochs,
  temperature: { type: "boolean", description: "also fit a temperature on validation, after posterior recovery", default: false },
  seed, jobs,
  save: { type: "string", description: "save the model of this loss instead of the recommended one's", valueHint: '"focal γ = 2"' },
  out: { type: "string", description: "folder for report.html, model.onnx, model.json, metrics.json, predictions.parquet", default: "focal-output", valueHint: "FOLDER" },
  resume,
  json: { type: "boolean", description: "print metrics.json instead of a table", default: false },
} as const;

/** `focal train`: cross-entropy, its restart, balanced cross-entropy and focal loss side by side. */
export const train = defineCommand({
  meta: {
    name: "train",
    description: "Train with cross-entropy, balanced cross-entropy and focal loss on the same splits, and report what differs.  Example: focal train data.csv --target class",
  },
  args,
  async run({ args, rawArgs }) {
    const start = performance.now();
    const training = trainingOf(args);
    const dataset = await datasetOf(args, rawArgs);
    if (training.hidden.length === 0) refuseRest(dataset.rest, "a linear model, which focal fit can fit in a database,");
    const divisions = wholeNumber("repeats", args.repeats, 1);
    const path = (name: string): string => join(args.out, name), scratch = path("scratch");
    const plan: Plan = {
      ...training, scratch, divisions, temperature: args.temperature, details: true,
      candidates: candidatesFor(numbers("gamma", args.gamma), alphas(args.alpha), dataset.target.classes.length, familiesOf(args.loss)),
      divide: (index) => splitRows(dataset, training.seed + index),
      describe: (index) => `split ${index + 1} of ${divisions}`,
    };
    const names = plan.candidates.map(({ name }) => name);
    const asked = args.save?.replaceAll("crossEntropy", "cross-entropy");
    if (asked !== undefined && !names.includes(asked)) {
      throw new FocalError("argument", `save must be ${names.map((name) => JSON.stringify(name)).join(", ")}, got ${JSON.stringify(args.save)}`);
    }
    // More repeats may be asked for later, and the number of jobs changes no result: neither is in the fingerprint.
    const print = fingerprint(dataset, [names, plan.hidden, plan.seed, plan.epochs, plan.temperature]);
    const checkpoint = checkpointFile<State>(path("checkpoint"), "train", print);
    const { results, saved } = await inFolder(args.out, () => resumable(checkpoint, stateFrom(checkpoint, args.resume, emptyState()), { quiet: args.json }, async (watcher, state) => {
      const comparison = await compare(dataset, plan, state, watcher).finally(() => removeScratch(scratch));
      const warnings = leakWarnings(dataset, comparison.first.train.rowNumbers, comparison.first.columns);
      const results = assemble(dataset, plan, comparison, warnings, {
        command: commandLine("focal", "train", ...rawArgs), seed: plan.seed, versions: versions(), machine: machine(),
        date: new Date().toISOString(), seconds: (performance.now() - start) / 1e3,
      });
      const saved = asked ?? results.recommendation.loss;
      const chosen = names.indexOf(saved);
      const model = await saveModel(args.out, dataset, plan.candidates[chosen]!, comparison, chosen);
      await savePredictions(path("predictions.parquet"), dataset, model, comparison.first);
      await writeWhole(path("metrics.json"), `${JSON.stringify(results, null, 1)}\n`);
      await writeWhole(path("report.html"), renderReport(results));
      return { results, saved };
    }));
    show(results, args.json, saved, args.out);
  },
});

function show(results: Results, json: boolean, saved: string, out: string): void {
  if (json) {
    console.log(JSON.stringify(results));
    return;
  }
  console.log(renderSummary(results, process.stdout));
  console.log(`\nModel saved: ${saved} (${join(out, "model.onnx")}; use it with: focal predict ${join(out, "model.onnx")} FILE)`);
  console.log(`Report:      ${join(out, "report.html")}`);
}
