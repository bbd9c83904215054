import type { Dataset } from "../data/index.ts";
import { describeSplit } from "../data/index.ts";
import type { DataSummary, LossResult, Metric, Protocol, Results, Run, Summary } from "../results.ts";
import type { Candidate } from "./candidates.ts";
import type { Comparison, Plan } from "./compare.ts";
import { conclude } from "./conclusion.ts";
import { meanAndDeviation, pairedDifference } from "./intervals.ts";

/** Fewer test rows of a class than this, and its numbers jump by several points with each row. */
const FEW = 30;

const mean = (values: readonly number[]): number => meanAndDeviation(values).mean;

/** Puts together what a comparison found. */
export function assemble(dataset: Dataset, plan: Plan, comparison: Comparison, warnings: readonly string[], reproduce: Results["reproduce"]): Results {
  const testOverTrain = mean(comparison.divisions.map((division) => division.testOverTrain));
  const losses = plan.candidates.map((candidate, c) => summarize(candidate, comparison.runs.map((runs) => runs[c]!), comparison.runs.map((runs) => runs[0]!), testOverTrain));
  const data = dataSummary(dataset, comparison);
  return {
    format: 1,
    ...conclude(losses, testOverTrain),
    notes: [...warnings, ...dataset.notes, ...remarks(dataset, plan, comparison, losses)],
    data,
    protocol: protocolOf(dataset, plan, losses),
    losses,
    reproduce,
  };
}

function summarize({ name, formula }: Candidate, runs: readonly Run[], reference: readonly Run[], testOverTrain: number): LossResult {
  const summary = (metric: Metric): Summary => {
    const values = runs.map((run) => run.metrics[metric]);
    return {
      ...meanAndDeviation(values),
      ...(runs[0] !== reference[0] && { difference: pairedDifference(values, reference.map((run) => run.metrics[metric]), testOverTrain) }),
    };
  };
  const metrics = Object.keys(runs[0]!.metrics) as Metric[];
  return { name, formula, runs, summary: Object.fromEntries(metrics.map((metric) => [metric, summary(metric)])) as Record<Metric, Summary> };
}

function dataSummary({ table, target }: Dataset, { first, divisions }: Comparison): DataSummary {
  return {
    files: table.files, rows: table.rows, target: target.name,
    classes: target.classes.map((name, k) => ({ name, count: target.counts[k]! })),
    splits: divisions.map(({ splits }) => splits),
    columns: first.columns, features: first.train.features,
    duplicateRows: mean(divisions.map((division) => division.duplicateRows)),
  };
}

function protocolOf(dataset: Dataset, { candidates, hidden, repeats, temperature }: Plan, losses: readonly LossResult[]): Protocol {
  const epochs = losses.flatMap(({ runs }) => runs.map((run) => run.epochs));
  const classes = dataset.target.classes.length;
  return {
    split: describeSplit(dataset), repeats,
    model: hidden.length === 0
      ? "linear model, L-BFGS to convergence"
      : `MLP ${hidden.join("-")}, Adam 0.003, ${Math.min(...epochs)} to ${Math.max(...epochs)} epochs`,
    selection: `${hidden.length === 0 ? "none: fitted to convergence" : `the epoch with the best validation ${classes === 2 ? "average precision" : "macro-F1"}, ties by log loss`}; thresholds${temperature ? " and temperature" : ""} tuned on validation`,
    configurations: candidates.length * repeats,
  };
}

function remarks({ target, official, ignored }: Dataset, plan: Plan, { divisions, first }: Comparison, losses: readonly LossResult[]): string[] {
  const notes: string[] = [];
  for (const { name, kind, note } of first.columns) {
    if (kind === "dropped" && !ignored.has(name)) notes.push(`Column ${name} was not used: ${note}.`);
  }
  const few = target.classes.flatMap((name, k) => {
    const rows = mean(divisions.map(({ splits }) => splits.test[k]!));
    return rows < FEW ? [`${name} (${Math.round(rows)})`] : [];
  });
  if (few.length) notes.push(`Few test rows of ${few.join(", ")}: a single row moves their numbers visibly.`);
  const last = losses.filter(({ runs }) => runs.some((run) => run.epoch === run.epochs)).map(({ name }) => name);
  if (plan.hidden.length && last.length) notes.push(`The chosen epoch was the last one for ${last.join(", ")}: longer training (a larger --epochs) might help.`);
  const duplicates = mean(divisions.map((division) => division.duplicateRows));
  if (duplicates > 0) notes.push(`${Math.round(duplicates)} of ${first.test.rows} test rows also stand in the training part.`);
  if (official && plan.repeats > 1) notes.push("The test part is the same in every repeat: intervals cover training and validation, not the choice of test rows.");
  if (plan.candidates.length > 4) notes.push(`${plan.candidates.length - 2} losses were compared with cross-entropy: the more there are, the likelier one stands out by chance; the recommendation allows for it, the table's 95 % intervals do not.`);
  notes.push("On tables, boosted trees often beat networks whatever the loss; try one beside these.");
  return notes;
}
