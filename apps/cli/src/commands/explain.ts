import { extname } from "node:path";
import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import { families, familyNames, type Family } from "../experiment/families.ts";
import { explain as explainPredictions, type NamedLoss } from "../explain/explain.ts";
import { FROM } from "../explain/logits.ts";
import { PARTS, readPredictions, type PartName } from "../explain/read.ts";
import { writeWhole } from "../model/index.ts";
import { renderExplanation } from "../report/explanation.ts";
import { renderExplanationSummary } from "../terminal/explanation.ts";
import { versions } from "../version.ts";
import { commandLine, inCode } from "./arguments.ts";
import { listOf, numbers, oneOf, refuseOut } from "./options.ts";

const LOSSES = ["cross-entropy", ...familyNames];

/** `focal explain`: what a loss does with predictions, and which γ and α that suggests. */
export const explain = defineCommand({
  meta: {
    name: "explain",
    description: "Tell where a loss spends itself on predictions: by class, by difficulty, and what γ and α that suggests.  Example: focal explain focal-output/predictions.parquet",
  },
  args: {
    files: { type: "positional", description: "CSV, TSV, Parquet or JSON files of labels and scores, compressed or not; globs", required: true, valueHint: "FILE…" },
    target: { type: "string", description: "column of true classes (default: label, where this program wrote the file)", valueHint: "COLUMN" },
    scores: { type: "string", description: "column of scores of the positive class, or one per class, named after it (default: raw_…, else the only numbers)", valueHint: "A,B" },
    from: { type: "string", description: "what scores are: logits, probabilities, percentages, or auto: by their range", default: "auto", valueHint: "logits|probabilities|percentages|auto" },
    positive: { type: "string", description: "the positive class; of several, this one against the rest", valueHint: "CLASS" },
    part: { type: "string", description: "rows whose column split says this: train, validation, test, all (default: train where there is any; reliability then by test)", valueHint: "PART" },
    loss: { type: "string", description: `the loss to explain: ${LOSSES.join(", ")}`, default: "focal", valueHint: "NAME" },
    gamma: { type: "string", description: "its γ (default: 2)", valueHint: "2" },
    alpha: { type: "string", description: "its class weights: α of the positive class, or a weight for each of several (default: none)", valueHint: ".25" },
    out: { type: "string", description: "the report", default: "explain.html", valueHint: "explain.html" },
    json: { type: "boolean", description: "print the numbers as JSON instead of a summary", default: false },
  },
  async run({ args, rawArgs }) {
    const loss = lossOf(args);
    const from = oneOf("from", args.from, [...FROM, "auto"]);
    const part = args.part === undefined ? undefined : oneOf<PartName>("part", args.part, [...PARTS, "all"]);
    if (extname(args.out).toLowerCase() !== ".html") throw new FocalError("argument", `out must end in .html, got ${JSON.stringify(args.out)}`);
    refuseOut(args.out, args._);
    const predictions = await readPredictions(args._, { target: args.target, scores: listOf(rawArgs, "scores"), positive: args.positive, from, part });
    const explanation = explainPredictions(predictions, loss, { command: commandLine("focal", "explain", ...rawArgs), versions: versions(), date: new Date().toISOString() });
    await writeWhole(args.out, renderExplanation(explanation));
    console.log(args.json ? JSON.stringify(explanation) : `${renderExplanationSummary(explanation, process.stdout)}\n\nReport: ${args.out}`);
  },
});

/** The loss that the arguments name, and how it is called. */
function lossOf({ loss, gamma, alpha }: { readonly loss: string; readonly gamma?: string | undefined; readonly alpha?: string | undefined }): NamedLoss {
  const name = oneOf("loss", loss === "crossEntropy" ? "cross-entropy" : loss, LOSSES);
  const family: Family = families[inCode(name) as keyof typeof families];
  if (gamma !== undefined && family.zero === undefined) throw new FocalError("argument", `${name} has no gamma`);
  const focusing = gamma === undefined ? 2 : numbers("gamma", gamma)[0]!;
  const weights = alpha === undefined ? undefined : numbers("alpha", alpha);
  const suffix = weights === undefined ? "" : `, α = ${weights.length === 1 ? weights[0] : `[${weights.join(", ")}]`}`;
  return {
    name: name + (family.zero === undefined ? "" : ` γ = ${focusing}`) + suffix,
    loss: family.make({ ...(family.zero !== undefined && { gamma: focusing }), ...(weights && { alpha: weights.length === 1 ? weights[0]! : weights }) }),
  };
}
