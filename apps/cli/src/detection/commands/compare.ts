import { join } from "node:path";
import { defineCommand } from "citty";
import { commandLine } from "../../commands/arguments.ts";
import { inFolder } from "../../commands/folder.ts";
import { numbers, wholeNumber } from "../../commands/options.ts";
import { resumable, stateFrom } from "../../commands/resumable.ts";
import { checkpointFile } from "../../experiment/checkpoint.ts";
import { writeWhole } from "../../model/index.ts";
import { assemble } from "../assemble.ts";
import { compare as compareLosses, emptyState, type Plan, type State } from "../compare.ts";
import { rivals } from "../losses.ts";
import { renderDetectReport } from "../report/render.ts";
import { renderDetectSummary } from "../summary.ts";
import { planOf, sourceOf, trainingArgs } from "./arguments.ts";
import { printOf } from "./train.ts";

const { files, steps, epochs, batch, rate, size, network, seed, resume } = trainingArgs;

/** `focal detect compare`: table 1 of the focal loss paper, at small scale. */
export const compare = defineCommand({
  meta: {
    name: "compare",
    description: "Train with cross-entropy (with and without prior bias, α-balanced, hard examples only, boxes weighted up) and focal loss on the same pictures, weights and batches, and say what differs.  Example: focal detect compare craters",
  },
  args: {
    files,
    gamma: { type: "string", description: "γ of focal loss, each with the paper's α", default: ".5,1,2,5", valueHint: ".5,1,2,5" },
    repeats: { type: "string", description: "how often, with other pictures held out and other first weights", default: "4", valueHint: "N" },
    steps, epochs, batch, rate, size, network, seed,
    jobs: { type: "string", description: "trainings side by side (default: one per core, at most 4)", valueHint: "N" },
    out: { type: "string", description: "folder for report.html and metrics.json", default: "detect-compare", valueHint: "FOLDER" },
    resume,
    json: { type: "boolean", description: "print metrics.json instead of a summary", default: false },
  },
  async run({ args, rawArgs }) {
    const start = performance.now();
    const recipes = rivals(numbers("gamma", args.gamma));
    const repeats = wholeNumber("repeats", args.repeats, 1);
    const source = await sourceOf(args);
    const plan: Plan = { ...planOf(source, args), recipes, repeats };
    const path = (name: string): string => join(args.out, name);
    const checkpoint = checkpointFile<State>(path("checkpoint"), "detect compare", printOf(source.identity, plan));
    const results = await inFolder(args.out, () => resumable(checkpoint, stateFrom(checkpoint, args.resume, emptyState()), { quiet: args.json }, async (watcher, state) => {
      const runs = await compareLosses(source, plan, state, watcher);
      const results = await assemble(source, plan, runs, state.models[0]!.parameters.length, { command: commandLine("focal", "detect", "compare", ...rawArgs), seconds: (performance.now() - start) / 1e3 });
      await writeWhole(path("metrics.json"), `${JSON.stringify(results, null, 1)}\n`);
      await writeWhole(path("report.html"), renderDetectReport(results));
      return results;
    }));
    console.log(args.json ? JSON.stringify(results) : `${renderDetectSummary(results, process.stdout)}\n\nReport: ${path("report.html")}`);
  },
});
