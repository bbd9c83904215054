import type { Dataset } from "../data/index.ts";
import { describeSplit } from "../data/index.ts";
import { METRICS } from "../report/metric.ts";
import type { LossResult, Metric, Reproduce, Results, Run, Summary } from "../results.ts";
import type { Candidate } from "./candidates.ts";
import type { Comparison, Plan } from "./compare.ts";
import { conclude } from "./conclusion.ts";
import { describeModel, remarkOnEpochs, remarksOnData, summarizeData, testOverTrainOf, TREES } from "./describe.ts";
import { meanAndDeviation, pairedDifference } from "./intervals.ts";

/** Puts together what a comparison found. */
export function assemble(dataset: Dataset, plan: Plan, comparison: Comparison, warnings: readonly string[], reproduce: Reproduce): Results {
  const testOverTrain = testOverTrainOf(comparison);
  const losses = plan.candidates.map((candidate, c) => summarize(candidate, comparison.runs.map((runs) => runs[c]!), comparison.runs.map((runs) => runs[0]!), testOverTrain));
  return {
    format: 1,
    ...conclude(losses, testOverTrain),
    notes: [...warnings, ...dataset.notes, ...remarksOnData(dataset, comparison), ...remarkOnEpochs(plan, comparison), ...remarks(dataset, plan), TREES],
    data: summarizeData(dataset, comparison),
    protocol: {
      split: describeSplit(dataset), repeats: plan.divisions, ...describeModel(dataset, plan, comparison.runs.flat()),
      configurations: plan.candidates.length * plan.divisions,
    },
    losses,
    reproduce,
  };
}

function summarize({ name, formula }: Candidate, runs: readonly Run[], reference: readonly Run[], testOverTrain: number): LossResult {
  const summary = (metric: Metric): Summary => {
    const values = runs.map((run) => run.metrics[metric]);
    return {
      ...meanAndDeviation(values),
      ...(runs[0] !== reference[0] && { difference: pairedDifference(values, reference.map((run) => run.metrics[metric]), testOverTrain, 0.95, METRICS[metric].range) }),
    };
  };
  const metrics = Object.keys(runs[0]!.metrics) as Metric[];
  return { name, formula, runs, summary: Object.fromEntries(metrics.map((metric) => [metric, summary(metric)])) as Record<Metric, Summary> };
}

function remarks({ official }: Dataset, { divisions, candidates }: Plan): string[] {
  const notes: string[] = [];
  if (official && divisions > 1) notes.push("The test part is the same in every repeat: intervals cover training and validation, not the choice of test rows.");
  if (candidates.length > 4) notes.push(`${candidates.length - 2} losses were compared with cross-entropy: the more there are, the likelier one stands out by chance; the recommendation allows for it, the table's 95 % intervals do not.`);
  return notes;
}
