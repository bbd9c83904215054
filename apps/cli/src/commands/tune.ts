import { join } from "node:path";
import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import { leakWarnings } from "../data/index.ts";
import { assembleTuning } from "../experiment/assembleTuning.ts";
import { gridOf, type Candidate } from "../experiment/candidates.ts";
import { checkpointFile, fingerprint } from "../experiment/checkpoint.ts";
import { familyNames } from "../experiment/families.ts";
import { emptyTuneState, tuneGrid, type TunePlan, type TuneState } from "../experiment/tune.ts";
import { writeWhole } from "../model/index.ts";
import { renderTuning } from "../report/tuning.ts";
import type { Metric } from "../results.ts";
import { renderTuningSummary } from "../terminal/tuning.ts";
import { machine, versions } from "../version.ts";
import { alphas, commandLine, dataArgs, datasetOf, familiesOf, trainingArgs, trainingOf } from "./arguments.ts";
import { numbers, wholeNumber } from "./options.ts";
import { inFolder } from "./folder.ts";
import { resumable, stateFrom } from "./resumable.ts";

const { hidden, epochs, seed, jobs, resume } = trainingArgs;
const metrics: Readonly<Record<string, Metric>> = { "average-precision": "averagePrecision", "macro-f1": "macroF1Tuned", "log-loss": "logLoss" };

const args = {
  ...dataArgs,
  test: { type: "string", description: "file of test rows, kept out of every fold and looked at once, at the end", valueHint: "FILE" },
  gamma: { type: "string", description: "γ of the grid; 0, cross-entropy, always comes along", default: "0,0.5,1,2,5", valueHint: "0,1,2" },
  alpha: { type: "string", description: "class weights of the grid: none, balanced, α of the positive class (default: none,balanced and, for two classes, 0.25)", valueHint: "none,.25" },
  loss: { type: "string", description: `losses of the grid: ${familyNames.join(", ")}`, default: "focal", valueHint: "focal,…" },
  folds: { type: "string", description: "folds of the cross-validation", default: "5", valueHint: "N" },
  repeats: { type: "string", description: "how often the folds are dealt; more give narrower intervals", default: "2", valueHint: "N" },
  metric: { type: "string", description: `what the choice goes by: ${Object.keys(metrics).join(", ")} (macro-f1: at thresholds tuned on validation)`, default: "average-precision", valueHint: "NAME" },
  hidden, epochs, seed, jobs,
  out: { type: "string", description: "folder for report.html and tune.json", default: "focal-tune", valueHint: "FOLDER" },
  resume,
  json: { type: "boolean", description: "print tune.json instead of a table", default: false },
} as const;

/** `focal tune`: which γ, which class weights, which loss, by stratified cross-validation. */
export const tune = defineCommand({
  meta: {
    name: "tune",
    description: "Search γ, class weights and loss by stratified cross-validation, and say whether anything beats cross-entropy beyond noise.  Example: focal tune data.csv --target class",
  },
  args,
  async run({ args, rawArgs }) {
    const start = performance.now();
    const training = trainingOf(args);
    const metric = metrics[args.metric];
    if (metric === undefined) throw new FocalError("argument", `metric must be ${Object.keys(metrics).join(", ")}, got ${JSON.stringify(args.metric)}`);
    const folds = { folds: wholeNumber("folds", args.folds, 2), repeats: wholeNumber("repeats", args.repeats, 1), seed: training.seed };
    const dataset = await datasetOf(args, rawArgs);
    const classes = dataset.target.classes.length;
    const grid = gridOf(numbers("gamma", args.gamma), alphas(args.alpha ?? (classes === 2 ? "none,balanced,0.25" : "none,balanced")), classes, familiesOf(args.loss));
    const plan: TunePlan = { ...training, grid, metric, folds };
    const path = (name: string): string => join(args.out, name);
    // More repeats may be asked for later, and the number of jobs changes no result: neither is in the fingerprint.
    const print = fingerprint(dataset, [grid.map(({ name }) => name), metric, folds.folds, plan.hidden, plan.seed, plan.epochs]);
    const checkpoint = checkpointFile<TuneState>(path("checkpoint"), "tune", print);
    const tuning = await inFolder(args.out, () => resumable(checkpoint, stateFrom(checkpoint, args.resume, emptyTuneState()), { quiet: args.json }, async (watcher, state) => {
      const outcome = await tuneGrid(dataset, plan, state, watcher);
      const { first } = outcome.comparison;
      const assembled = assembleTuning(
        dataset, plan, outcome, leakWarnings(dataset, first.train.rowNumbers, first.columns), (recommended) => nextCommand(rawArgs, grid[recommended]!),
        {
          command: commandLine("focal", "tune", ...rawArgs), seed: plan.seed, versions: versions(), machine: machine(),
          date: new Date().toISOString(), seconds: (performance.now() - start) / 1e3,
        },
      );
      await writeWhole(path("tune.json"), `${JSON.stringify(assembled, null, 1)}\n`);
      await writeWhole(path("report.html"), renderTuning(assembled));
      return assembled;
    }));
    console.log(args.json ? JSON.stringify(tuning) : `${renderTuningSummary(tuning, process.stdout)}\n\nReport: ${path("report.html")}`);
  },
});

/** What only `focal tune` knows, with a value each. */
const ownOptions = new Set(["--gamma", "--alpha", "--loss", "--folds", "--repeats", "--metric", "--out"]);

/** The command that trains with a cell of the grid, on the same data and with the same model. */
function nextCommand(rawArgs: readonly string[], { name, family, gamma, alpha }: Candidate): string {
  const kept = rawArgs.filter((arg, i) => !ownOptions.has(arg.replace(/=.*$/s, "")) && !ownOptions.has(rawArgs[i - 1] ?? "") && arg !== "--resume" && arg !== "--json");
  const trained = (): string[] => {
    if (family === "crossEntropy" && typeof alpha !== "number") return ["--save", name];
    if (family === "crossEntropy") return ["--loss", "cross-entropy", "--alpha", String(alpha), "--save", name];
    return [...(family === "focal" ? [] : ["--loss", family]), ...(gamma === undefined ? [] : ["--gamma", String(gamma)]), "--alpha", String(alpha), "--save", name];
  };
  return commandLine("focal", "train", ...kept, ...trained());
}
