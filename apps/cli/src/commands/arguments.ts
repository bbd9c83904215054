import { availableParallelism } from "node:os";
import { FocalError } from "focal-loss";
import { loadDataset, type Dataset } from "../data/index.ts";
import type { AlphaChoice } from "../experiment/candidates.ts";
import type { Plan } from "../experiment/compare.ts";
import { familyNames, type FamilyName } from "../experiment/families.ts";
import { listOf, numbers, wholeNumber } from "./options.ts";

/** Arguments of the commands that train: what data, which column, which rows are for testing. */
export const dataArgs = {
  files: { type: "positional", description: "CSV, TSV, Parquet or JSON files, compressed or not; globs", required: true, valueHint: "FILE…" },
  target: { type: "string", description: "the column to predict", required: true, valueHint: "COLUMN" },
  positive: { type: "string", description: "the positive class; of several, this one against the rest", valueHint: "CLASS" },
  drop: { type: "string", description: "columns not to use, e.g. those known only afterwards", valueHint: "A,B" },
  split: { type: "string", description: "column that says train, test (and validation)", valueHint: "COLUMN" },
  memory: { type: "string", description: "gigabytes for the table; of a larger one a sample is held and the rest trained on from disk", default: "4", valueHint: "GB" },
} as const;

/** Arguments of the commands that train: with what model, how long, and what to do with an earlier run. */
export const trainingArgs = {
  hidden: { type: "string", description: "widths of the hidden layers; none: a linear model", default: "64,32", valueHint: "64,32" },
  epochs: { type: "string", description: "never more epochs than these (default: as many as make 4000 steps, 10 to 150); training ends earlier when validation stops improving", valueHint: "N" },
  seed: { type: "string", description: "fixes splits, first weights and batches", default: "0", valueHint: "N" },
  jobs: { type: "string", description: "trainings side by side (default: one per core, at most 4)", valueHint: "N" },
  resume: { type: "boolean", description: "go on where an interrupted run of the same command stopped", default: false },
} as const;

interface DataValues {
  readonly _: readonly string[];
  readonly target: string;
  readonly positive?: string | undefined;
  readonly split?: string | undefined;
  readonly memory: string;
}

/** The data set that the arguments name. */
export function datasetOf(args: DataValues, rawArgs: readonly string[]): Promise<Dataset> {
  return loadDataset({
    files: args._, target: args.target, drop: listOf(rawArgs, "drop"), test: listOf(rawArgs, "test"), memory: gigabytes(args.memory),
    ...(args.positive !== undefined && { positive: args.positive }), ...(args.split !== undefined && { split: args.split }),
  });
}

function gigabytes(text: string): number {
  const [value] = numbers("memory", text);
  if (!(value! > 0)) throw new FocalError("argument", `memory must be a number of gigabytes > 0, got ${JSON.stringify(text)}`);
  return value! * 1e9;
}

/** How to train, as the arguments say it. */
export function trainingOf(args: { readonly hidden: string; readonly epochs?: string | undefined; readonly seed: string; readonly jobs?: string | undefined }): Pick<Plan, "hidden" | "epochs" | "seed" | "jobs"> {
  return {
    hidden: args.hidden === "none" ? [] : args.hidden.split(",").map((width) => wholeNumber("hidden", width, 1)),
    epochs: args.epochs === undefined ? undefined : wholeNumber("epochs", args.epochs, 1),
    seed: wholeNumber("seed", args.seed, 0),
    jobs: args.jobs === undefined ? Math.min(4, availableParallelism()) : wholeNumber("jobs", args.jobs, 1),
  };
}

/** Class weights separated by commas: none, balanced, numbers. */
export function alphas(text: string): AlphaChoice[] {
  return text.split(",").map((item) => (item === "none" || item === "balanced" ? item : numbers("alpha", item)[0]!));
}

/** Names of losses separated by commas. */
export function familiesOf(text: string): FamilyName[] {
  return text.split(",").map((item) => {
    const found = (["crossEntropy", ...familyNames] as const).find((name) => name === inCode(item));
    if (found === undefined) {
      const hint = item.includes(" ") ? "; which model to save is said by --save" : "";
      throw new FocalError("argument", `loss must be ${["cross-entropy", ...familyNames].join(", ")}, got ${JSON.stringify(item)}${hint}`);
    }
    return found;
  });
}

/** Cross-entropy goes by its name in text and by that in code. */
export const inCode = (name: string): string => (name === "cross-entropy" ? "crossEntropy" : name);

const quoted = (arg: string): string => (/^[\w./=,:-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`);

/** A command line that a shell reads back as it was. */
export const commandLine = (...args: readonly string[]): string => args.map(quoted).join(" ");
