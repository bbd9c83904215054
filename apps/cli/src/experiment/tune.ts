import { foldRows, splitRows, type Dataset, type Folds } from "../data/index.ts";
import type { Metric } from "../results.ts";
import { METRICS } from "../report/metric.ts";
import type { Watcher } from "../training/progress.ts";
import type { Candidate } from "./candidates.ts";
import { choose, type Choice } from "./choose.ts";
import { compare, emptyState, type Comparison, type Plan, type State } from "./compare.ts";
import { testOverTrainOf } from "./describe.ts";

/** A grid to go through, and how. */
export interface TunePlan extends Pick<Plan, "hidden" | "seed" | "epochs" | "jobs"> {
  readonly grid: readonly Candidate[];
  readonly metric: Metric;
  readonly folds: Folds;
}

/** All that a tuning has found so far. */
export interface TuneState {
  readonly cells: State;
  /** Of the trainings for the official test part, with the recommended loss they are for. */
  readonly final: { state: State; loss?: string };
}

export interface TuneOutcome {
  readonly plan: Plan;
  readonly comparison: Comparison;
  readonly choice: Choice;
  /** Cross-entropy, and what was recommended unless it is that, on the official test part. */
  readonly final?: { readonly candidates: readonly Candidate[]; readonly comparison: Comparison };
}

export const emptyTuneState = (): TuneState => ({ cells: emptyState(), final: { state: emptyState() } });

/**
 * Trains every cell of the grid on every fold and chooses; then, where there is an official test part, trains cross-entropy and the
 * recommended loss once more outside it and looks at it for the first time.
 *
 * @param state - where to go on, updated in place; an interrupted tuning continued this way ends with the same numbers
 */
export async function tuneGrid(dataset: Dataset, { grid, metric, folds, ...training }: TunePlan, state: TuneState, watcher: Watcher): Promise<TuneOutcome> {
  const plan: Plan = {
    ...training, candidates: grid, divisions: folds.folds * folds.repeats, temperature: false, details: false,
    divide: (index) => foldRows(dataset, folds, index),
    describe: (index) => `${folds.repeats > 1 ? `repeat ${Math.floor(index / folds.folds) + 1} of ${folds.repeats}, ` : ""}fold ${(index % folds.folds) + 1} of ${folds.folds}`,
  };
  // The trainings for the test part are few; until they run they count as two.
  const extra = dataset.official ? 2 : 0;
  const inFolds = plan.divisions * grid.length;
  const comparison = await compare(dataset, plan, state.cells, { ...watcher, onProgress: (done, total, what) => watcher.onProgress(done, total + extra, what) });
  const choice = choose({
    scores: grid.map((_, c) => comparison.runs.map((runs) => runs[c]!.metrics[metric])),
    better: METRICS[metric].better, range: METRICS[metric].range, folds: folds.folds, testOverTrain: testOverTrainOf(comparison),
  });
  if (!dataset.official) return { plan, comparison, choice };

  const candidates = [...new Set([grid[0]!, grid[choice.recommended]!])];
  const final: Plan = { ...plan, candidates, divisions: 1, divide: () => splitRows(dataset, training.seed), describe: () => "official test part" };
  // Resumed with other repeats, another loss may be recommended.
  const recommended = grid[choice.recommended]!.name;
  if (state.final.loss !== recommended) Object.assign(state.final, { state: emptyState(), loss: recommended });
  const judged = await compare(dataset, final, state.final.state, {
    ...watcher, onProgress: (done, total, what) => watcher.onProgress(inFolds + (extra * done) / total, inFolds + extra, what),
  });
  return { plan, comparison, choice, final: { candidates, comparison: judged } };
}
