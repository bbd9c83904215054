import type { Dataset } from "../data/index.ts";
import type { DataSummary, Run } from "../results.ts";
import type { Comparison, Plan } from "./compare.ts";
import { meanAndDeviation } from "./intervals.ts";

/** Fewer test rows of a class than this, and its numbers jump by several points with each row. */
const FEW = 30;

const mean = (values: readonly number[]): number => meanAndDeviation(values).mean;

/** The data of a comparison, and how its rows were divided. */
export function summarizeData({ table, target, rest }: Dataset, { first, divisions }: Comparison): DataSummary {
  return {
    files: table.files, rows: rest?.rows ?? table.rows, target: target.name,
    classes: target.classes.map((name, k) => ({ name, count: target.counts[k]! + (first.more?.counts[k] ?? 0) })),
    splits: divisions.map(({ splits }) => splits),
    columns: first.columns, features: first.train.features,
    duplicateRows: mean(divisions.map((division) => division.duplicateRows)),
  };
}

/** Test rows per training row, mean over the divisions: what the intervals correct for. */
export const testOverTrainOf = ({ divisions }: Comparison): number => mean(divisions.map((division) => division.testOverTrain));

/** The model that was trained, and what validation chose. */
export function describeModel({ target }: Dataset, { hidden, temperature }: Plan, runs: readonly Run[]): { readonly model: string; readonly selection: string } {
  const epochs = runs.map((run) => run.epochs);
  const linear = hidden.length === 0;
  return {
    model: linear ? "linear model, L-BFGS to convergence" : `MLP ${hidden.join("-")}, Adam 0.003, ${Math.min(...epochs)} to ${Math.max(...epochs)} epochs`,
    selection: `${linear ? "none: fitted to convergence" : `the epoch with the best validation ${target.classes.length === 2 ? "average precision" : "macro-F1"}, ties by log loss`}; thresholds${temperature ? " and temperature" : ""} tuned on validation`,
  };
}

/** What the data themselves give reason to say: columns left out, classes with few test rows, duplicates. */
export function remarksOnData({ target, ignored, rest }: Dataset, { divisions, first }: Comparison): string[] {
  const notes: string[] = [];
  if (rest) notes.push(first.more ? "All other rows were trained on, read from disk part by part." : "The other rows were not used.");
  if (first.more && first.more.left > 0) notes.push(`${first.more.left} of them have no class, or one that the sample lacks, and were left out.`);
  for (const { name, kind, note } of first.columns) {
    if (kind === "dropped" && !ignored.has(name)) notes.push(`Column ${name} was not used: ${note}.`);
  }
  const few = target.classes.flatMap((name, k) => {
    const rows = mean(divisions.map(({ splits }) => splits.test[k]!));
    return rows < FEW ? [`${name} (${Math.round(rows)})`] : [];
  });
  if (few.length) notes.push(`Few test rows of ${few.join(", ")}: a single row moves their numbers visibly.`);
  const duplicates = mean(divisions.map((division) => division.duplicateRows));
  if (duplicates > 0) notes.push(`${Math.round(duplicates)} of ${first.test.rows} test rows also stand in the training part.`);
  return notes;
}

/** Says which losses had their best epoch in the last one they were given. */
export function remarkOnEpochs({ hidden, candidates }: Plan, { runs }: Comparison): string[] {
  const last = candidates.filter((_, c) => runs.some((division) => division[c]!.epoch === division[c]!.epochs)).map(({ name }) => name);
  if (hidden.length === 0 || last.length === 0) return [];
  const which = last.length > 4 ? `${last.length} of ${candidates.length} losses` : last.join(", ");
  return [`The chosen epoch was the last one for ${which}: longer training (a larger --epochs) might help.`];
}

export const TREES = "On tables, boosted trees often beat networks whatever the loss; try one beside these.";
