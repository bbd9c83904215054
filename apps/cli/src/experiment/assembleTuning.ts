import { describeFolds, type Dataset } from "../data/index.ts";
import { fixed } from "../report/format.ts";
import { METRICS } from "../report/metric.ts";
import type { Metric, Reproduce } from "../results.ts";
import type { Cell, FinalTest, Tuning } from "../tuning.ts";
import { describeModel, remarkOnEpochs, remarksOnData, summarizeData, TREES } from "./describe.ts";
import { becomesCrossEntropy, families, type Family } from "./families.ts";
import { meanAndDeviation } from "./intervals.ts";
import type { TuneOutcome, TunePlan } from "./tune.ts";
import { pronounce } from "./pronounce.ts";

/** Puts together what a tuning found; `next` words the command that trains with a loss of the grid. */
export function assembleTuning(
  dataset: Dataset, { grid, metric, folds }: TunePlan, outcome: TuneOutcome, warnings: readonly string[], next: (recommended: number) => string, reproduce: Reproduce,
): Tuning {
  const { plan, comparison, choice } = outcome;
  const cells = grid.map((_, c) => cellOf(outcome, c));
  return {
    format: 1, metric,
    ...pronounce(choice, grid.map(({ name }) => name), metric, cells.map(({ summary }) => summary[metric].mean)),
    next: next(choice.recommended),
    notes: [...warnings, ...dataset.notes, ...remarksOnData(dataset, comparison), ...remarkOnEpochs(plan, comparison), ...remarks(outcome), TREES],
    data: summarizeData(dataset, comparison),
    protocol: {
      split: describeFolds(dataset, folds), folds: folds.folds, repeats: folds.repeats,
      ...describeModel(dataset, plan, comparison.runs.flat()),
      configurations: grid.length * plan.divisions + (outcome.final?.candidates.length ?? 0),
      comparisons: choice.comparisons, level: choice.level,
    },
    cells,
    ...(outcome.final && { test: finalTest(dataset, outcome.final, metric) }),
    reproduce,
  };
}

function cellOf({ plan, comparison, choice }: TuneOutcome, c: number): Cell {
  const { name, formula, family, gamma, alpha } = plan.candidates[c]!;
  const runs = comparison.runs.map((division) => division[c]!.metrics);
  const metrics = Object.keys(runs[0]!) as Metric[];
  return {
    name, formula, family, ...(gamma !== undefined && { gamma }), alpha, zeroIsCrossEntropy: becomesCrossEntropy(family), runs,
    summary: Object.fromEntries(metrics.map((metric) => [metric, meanAndDeviation(runs.map((run) => run[metric]))])) as Cell["summary"],
    ...(c !== 0 && { toReference: choice.toReference[c]! }), ...(c !== choice.best && { toBest: choice.toBest[c]! }),
    nearBest: choice.nearBest[c]!,
  };
}

function remarks({ plan, choice }: TuneOutcome): string[] {
  const notes: string[] = [];
  const fitted = [...new Set(plan.candidates.map(({ family }) => family).filter((name) => (families[name] as Family).recovery === undefined))];
  if (fitted.length > 0) notes.push(`The scores of ${fitted.join(", ")} become probabilities by a γ and a temperature fitted on validation, those of cross-entropy and focal loss by what their formulas say.`);
  if (choice.best !== 0 && choice.recommended === 0 && choice.gain.low !== undefined) notes.push("A difference within noise is not shown to be none: a larger --repeats narrows the intervals.");
  return notes;
}

function finalTest({ official }: Dataset, { candidates, comparison }: NonNullable<TuneOutcome["final"]>, metric: Metric): FinalTest {
  const losses = candidates.map(({ name }, c) => ({ name, metrics: comparison.runs[0]![c]!.metrics }));
  const { name: measure, digits } = METRICS[metric];
  const { origin } = official!;
  return {
    origin, rows: comparison.first.test.rows, losses,
    sentence: `On the official test part (${origin}), kept out of every fold: ${losses.map(({ name, metrics }) => `${name} ${fixed(metrics[metric], digits)}`).join(", ")} in ${measure}. ${losses.length > 1 ? "One training each, so a difference of the size of a restart's is noise." : "One training."}`,
  };
}
