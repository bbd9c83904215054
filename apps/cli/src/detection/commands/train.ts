import { createHash } from "node:crypto";
import { join } from "node:path";
import { defineCommand } from "citty";
import { commandLine } from "../../commands/arguments.ts";
import { inFolder } from "../../commands/folder.ts";
import { numbers, oneOf } from "../../commands/options.ts";
import { resumable, stateFrom } from "../../commands/resumable.ts";
import { checkpointFile } from "../../experiment/checkpoint.ts";
import { writeWhole } from "../../model/index.ts";
import { version } from "../../version.ts";
import { assemble } from "../assemble.ts";
import { compare, emptyState, type Plan, type State } from "../compare.ts";
import { BOX_LOSSES, LOSS_NAMES, PRIOR, recipeOf, type Recipe } from "../losses.ts";
import { writeDetector } from "../model/file.ts";
import { detectorOnnx } from "../model/onnx.ts";
import { renderDetectReport } from "../report/render.ts";
import { renderDetectSummary } from "../summary.ts";
import { planOf, sourceOf, trainingArgs } from "./arguments.ts";

const { files, steps, epochs, batch, rate, size, network, seed, resume } = trainingArgs;

export const recipeArgs = {
  loss: { type: "string", description: `what classes are learnt by: ${LOSS_NAMES.join(", ")}`, default: "focal", valueHint: "NAME" },
  gamma: { type: "string", description: "its γ (default: 2)", valueHint: "2" },
  alpha: { type: "string", description: "weight α of objects, 1 − α of background (default: the paper's for this γ; .75 for balanced)", valueHint: ".25" },
  prior: { type: "string", description: "the probability that every anchor begins with; none: bias 0", default: String(PRIOR), valueHint: ".01|none" },
  "box-loss": { type: "string", description: "what boxes are learnt by: smoothL1 of their coded differences, or giou, generalised IoU", default: "smoothL1", valueHint: BOX_LOSSES.join("|") },
  "box-weight": { type: "string", description: "how much the boxes' loss counts beside the classes'", default: "1", valueHint: "1" },
} as const;

/** The loss that the arguments name. */
function recipeFrom(args: { readonly loss: string; readonly gamma?: string | undefined; readonly alpha?: string | undefined; readonly prior: string; readonly "box-loss": string; readonly "box-weight": string }): Recipe {
  const one = (name: string, text: string | undefined): number | undefined => (text === undefined ? undefined : numbers(name, text)[0]!);
  return recipeOf(args.loss, {
    gamma: one("gamma", args.gamma), alpha: one("alpha", args.alpha),
    prior: args.prior === "none" ? false : one("prior", args.prior), boxWeight: one("box-weight", args["box-weight"]), boxLoss: oneOf("box-loss", args["box-loss"], BOX_LOSSES),
  });
}

/** `focal detect train`: a detector of one's own. */
export const train = defineCommand({
  meta: { name: "train", description: "Train a dense detector on boxes, and judge it by held-out pictures.  Example: focal detect train pictures/ --epochs 50" },
  args: {
    files, ...recipeArgs, steps, epochs, batch, rate, size, network, seed,
    out: { type: "string", description: "folder for model.focal, model.onnx, report.html, metrics.json", default: "detect-output", valueHint: "FOLDER" },
    resume,
    json: { type: "boolean", description: "print metrics.json instead of a summary", default: false },
  },
  async run({ args, rawArgs }) {
    const start = performance.now();
    const recipe = recipeFrom(args);
    const source = await sourceOf(args);
    const plan: Plan = { ...planOf(source, args), recipes: [recipe], repeats: 1, jobs: 1 };
    const path = (name: string): string => join(args.out, name);
    const checkpoint = checkpointFile<State>(path("checkpoint"), "detect train", printOf(source.identity, plan));
    const results = await inFolder(args.out, () => resumable(checkpoint, stateFrom(checkpoint, args.resume, emptyState()), { quiet: args.json }, async (watcher, state) => {
      const runs = await compare(source, plan, state, watcher), model = state.models[0]!;
      const results = await assemble(source, plan, runs, model.parameters.length, { command: commandLine("focal", "detect", "train", ...rawArgs), seconds: (performance.now() - start) / 1e3 });
      const saved = { library: version, data: source.name, scaling: source.scaling, recipe, steps: plan.steps, model };
      await writeDetector(path("model.focal"), saved);
      await writeWhole(path("model.onnx"), detectorOnnx(model, JSON.stringify({ classes: source.classes, scaling: source.scaling, recipe, spec: model.spec })));
      await writeWhole(path("metrics.json"), `${JSON.stringify(results, null, 1)}\n`);
      await writeWhole(path("report.html"), renderDetectReport(results));
      return results;
    }));
    console.log(args.json ? JSON.stringify(results) : `${renderDetectSummary(results, process.stdout)}\n\nModel:  ${path("model.focal")} (use it with: focal detect predict ${path("model.focal")} IMAGE), ${path("model.onnx")}\nReport: ${path("report.html")}`);
  },
});

/** What a checkpoint must agree on: the data and all that changes a number. More repeats may be asked for later. */
export function printOf(identity: unknown, { recipes, spec, steps, batch, learningRate, seed }: Plan): string {
  return createHash("sha256").update(JSON.stringify([identity, recipes, spec, steps, batch, learningRate, seed])).digest("hex");
}
