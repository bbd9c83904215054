import { existsSync, mkdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import { leakWarnings, loadDataset } from "../data/index.ts";
import { assemble } from "../experiment/assemble.ts";
import { candidatesFor, type AlphaChoice } from "../experiment/candidates.ts";
import { fingerprint, loadCheckpoint, removeCheckpoint, saveCheckpoint } from "../experiment/checkpoint.ts";
import { compare, emptyState, type Plan } from "../experiment/compare.ts";
import { saveModel, savePredictions } from "../experiment/outputs.ts";
import { writeWhole } from "../model/index.ts";
import { renderReport } from "../report/render.ts";
import type { Results } from "../results.ts";
import { progress } from "../terminal/progress.ts";
import { renderSummary } from "../terminal/summary.ts";
import { machine, versions } from "../version.ts";
import { listOf, numbers, Stopped, wholeNumber } from "./options.ts";

const args = {
  files: { type: "positional", description: "CSV, TSV, Parquet or JSON files, compressed or not; globs", required: true, valueHint: "FILE…" },
  target: { type: "string", description: "the column to predict", required: true, valueHint: "COLUMN" },
  positive: { type: "string", description: "the positive class; of several, this one against the rest", valueHint: "CLASS" },
  drop: { type: "string", description: "columns not to use, e.g. those known only afterwards", valueHint: "A,B" },
  split: { type: "string", description: "column that says train, test (and validation)", valueHint: "COLUMN" },
  test: { type: "string", description: "file of test rows (default: 20 % of the rows, stratified)", valueHint: "FILE" },
  gamma: { type: "string", description: "γ of focal loss, one or several", default: "2", valueHint: "1,2,5" },
  alpha: { type: "string", description: "class weights of focal loss: none, balanced, or α of the positive class", default: "none", valueHint: "none,.25" },
  hidden: { type: "string", description: "widths of the hidden layers; none: a linear model", default: "64,32", valueHint: "64,32" },
  repeats: { type: "string", description: "how many splits", default: "5", valueHint: "N" },
  epochs: { type: "string", description: "never more epochs than these (default: as many as make 4000 steps, 10 to 150); training ends earlier when validation stops improving", valueHint: "N" },
  temperature: { type: "boolean", description: "also fit a temperature on validation, after posterior recovery", default: false },
  seed: { type: "string", description: "fixes splits, first weights and batches", default: "0", valueHint: "N" },
  jobs: { type: "string", description: "trainings side by side (default: one per core, at most 4)", valueHint: "N" },
  loss: { type: "string", description: "save the model of this loss instead of the recommended one's", valueHint: '"focal γ = 2"' },
  out: { type: "string", description: "folder for report.html, model.onnx, model.json, metrics.json, predictions.parquet", default: "focal-output", valueHint: "FOLDER" },
  resume: { type: "boolean", description: "go on where an interrupted run of the same command stopped", default: false },
  json: { type: "boolean", description: "print metrics.json instead of a table", default: false },
} as const;

/** Seconds between checkpoints of a training under way. */
const checkpointEvery = 10;

/** `focal train`: cross-entropy, its restart, balanced cross-entropy and focal loss side by side. */
export const train = defineCommand({
  meta: {
    name: "train",
    description: "Train with cross-entropy, balanced cross-entropy and focal loss on the same splits, and report what differs.  Example: focal train data.csv --target class",
  },
  args,
  async run({ args, rawArgs }) {
    const start = performance.now();
    const seed = wholeNumber("seed", args.seed, 0);
    const dataset = await loadDataset({
      files: args._, target: args.target, drop: listOf(rawArgs, "drop"), test: listOf(rawArgs, "test"),
      ...(args.positive !== undefined && { positive: args.positive }), ...(args.split !== undefined && { split: args.split }),
    });
    const plan: Plan = {
      candidates: candidatesFor(numbers("gamma", args.gamma), alphas(args.alpha), dataset.target.classes.length),
      hidden: args.hidden === "none" ? [] : args.hidden.split(",").map((width) => wholeNumber("hidden", width, 1)),
      repeats: wholeNumber("repeats", args.repeats, 1), seed, temperature: args.temperature,
      epochs: args.epochs === undefined ? undefined : wholeNumber("epochs", args.epochs, 1),
      jobs: args.jobs === undefined ? Math.min(4, availableParallelism()) : wholeNumber("jobs", args.jobs, 1),
    };
    if (args.loss !== undefined && !plan.candidates.some(({ name }) => name === args.loss)) {
      throw new FocalError("argument", `loss must be ${plan.candidates.map(({ name }) => JSON.stringify(name)).join(", ")}, got ${JSON.stringify(args.loss)}`);
    }
    makeFolder(args.out);
    const path = (name: string): string => join(args.out, name);
    const print = fingerprint(dataset, plan);
    const state = args.resume ? loadCheckpoint(path("checkpoint"), print) : emptyState();

    const bar = progress({ quiet: args.json });
    const interruption = new AbortController();
    const onInterrupt = (): void => interruption.abort(new Interrupted());
    process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
    let saved = performance.now();
    try {
      const comparison = await compare(dataset, plan, state, {
        signal: interruption.signal,
        onProgress: (done, total, what) => bar.update(done / total, what),
        onState(now, urgent) {
          if (!urgent && performance.now() - saved < checkpointEvery * 1e3) return;
          saved = performance.now();
          saveCheckpoint(path("checkpoint"), print, now);
        },
      });
      bar.done();
      const warnings = leakWarnings(dataset, comparison.first.train.rowNumbers, comparison.first.columns);
      const results = assemble(dataset, plan, comparison, warnings, {
        command: ["focal", "train", ...rawArgs].map(quoted).join(" "), seed, versions: versions(), machine: machine(),
        date: new Date().toISOString(), seconds: (performance.now() - start) / 1e3,
      });
      const chosen = plan.candidates.findIndex(({ name }) => name === (args.loss ?? results.recommendation.loss));
      const model = await saveModel(args.out, dataset, plan.candidates[chosen]!, comparison, chosen);
      await savePredictions(path("predictions.parquet"), dataset, model, comparison.first);
      await writeWhole(path("metrics.json"), `${JSON.stringify(results, null, 1)}\n`);
      await writeWhole(path("report.html"), renderReport(results));
      removeCheckpoint(path("checkpoint"));
      show(results, args.json, plan.candidates[chosen]!.name, args.out);
    } catch (error) {
      bar.done();
      if (!(error instanceof Interrupted)) throw error;
      saveCheckpoint(path("checkpoint"), print, state);
      throw new Stopped("stopped; go on with the same command and --resume");
    } finally {
      process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
    }
  },
});

class Interrupted extends Error {}

function makeFolder(path: string): void {
  if (path === "") throw new FocalError("argument", "out must name a folder, got nothing");
  if (existsSync(path) && !statSync(path).isDirectory()) throw new FocalError("argument", `out must be a folder, but ${JSON.stringify(path)} is a file`);
  mkdirSync(path, { recursive: true });
}

function show(results: Results, json: boolean, saved: string, out: string): void {
  if (json) {
    console.log(JSON.stringify(results));
    return;
  }
  console.log(renderSummary(results, process.stdout));
  console.log(`\nModel saved: ${saved} (${join(out, "model.onnx")}; use it with: focal predict ${join(out, "model.onnx")} FILE)`);
  console.log(`Report:      ${join(out, "report.html")}`);
}

const quoted = (arg: string): string => (/^[\w./=,:-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`);

function alphas(text: string): AlphaChoice[] {
  return text.split(",").map((item) => (item === "none" || item === "balanced" ? item : numbers("alpha", item)[0]!));
}
