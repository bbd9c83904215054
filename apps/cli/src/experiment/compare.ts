import { join } from "node:path";
import type { Calibration } from "focal-loss/evaluate";
import { classCounts } from "focal-loss/train";
import type { Checkpoint, Model } from "focal-loss/train";
import { prepareAll, removeScratch, trainingCounts, type Dataset, type Prepared, type Split } from "../data/index.ts";
import type { Run } from "../results.ts";
import { Progress, type Watcher } from "../training/progress.ts";
import type { Seat } from "../training/seats.ts";
import { trainAll } from "../training/trainAll.ts";
import type { Candidate } from "./candidates.ts";
import { judge } from "./evaluate.ts";
import { runJob, type Job, type JobResult } from "./job.ts";

export interface Plan {
  readonly candidates: readonly Candidate[];
  /** How often the rows are divided. */
  readonly divisions: number;
  /** The rows of one division. */
  divide(index: number): Split;
  /** One division in words, for the progress. */
  describe(index: number): string;
  readonly hidden: readonly number[];
  readonly seed: number;
  readonly temperature: boolean;
  readonly epochs: number | undefined;
  /** Trainings side by side. */
  readonly jobs: number;
  /** Where rows that are not held in memory are kept while they are trained on; without it they are not trained on. */
  readonly scratch?: string;
  /** Also keep the models of the first division and what its figures draw. */
  readonly details: boolean;
}

/** The model of the first division, ready to be saved. */
export interface Keepsake {
  readonly model: Model;
  readonly calibration: readonly Calibration[];
  readonly decision: number | readonly number[];
}

/** All that a comparison has found so far: plain data, so that it can be put down and taken up again. */
export interface State {
  /** runs[division][candidate], with gaps where a training is not done. */
  readonly runs: (Run | undefined)[][];
  /** By candidate, of the first division, if the plan wants details. */
  readonly kept: (Keepsake | undefined)[];
  /** The trainings under way, by their number. */
  readonly underWay: Map<number, Checkpoint>;
}

export interface Division {
  readonly splits: { readonly train: number[]; readonly validation: number[]; readonly test: number[] };
  readonly duplicateRows: number;
  readonly testOverTrain: number;
}

export interface Comparison {
  /** runs[division][candidate] */
  readonly runs: readonly (readonly Run[])[];
  readonly kept: readonly Keepsake[];
  /** The first division's data. */
  readonly first: Prepared;
  readonly divisions: readonly Division[];
}

export const emptyState = (): State => ({ runs: [], kept: [], underWay: new Map() });

/**
 * Trains every candidate on every division: same parts, same first weights, same batches for all but the restart.
 *
 * @param state - where to go on, updated in place; an interrupted comparison continued this way ends with the same numbers
 */
export async function compare(dataset: Dataset, plan: Plan, state: State, watcher: Watcher): Promise<Comparison> {
  const { candidates, hidden, epochs } = plan;
  const names = dataset.target.classes;
  const place = (number: number): readonly [index: number, candidate: number] => [Math.floor(number / candidates.length), number % candidates.length];
  const prepared = new Map<number, Promise<Prepared>>();
  const divisions: Division[] = [];
  const make = async (index: number): Promise<Prepared> => {
    const made = await prepareAll(dataset, plan.divide(index), plan.scratch === undefined ? undefined : {
      folder: join(plan.scratch, String(index)),
      onProgress(share) {
        watcher.signal.throwIfAborted();
        progress.say(`${plan.describe(index)}, ${Math.round(100 * share)} % of the rows prepared`);
      },
    });
    divisions[index] = divisionOf(made);
    return made;
  };
  const divisionAt = (index: number): Promise<Prepared> => {
    const known = prepared.get(index) ?? make(index);
    prepared.set(index, known);
    return known;
  };
  for (let index = 0; index < plan.divisions; index++) state.runs[index] ??= [];

  const progress = new Progress(plan.divisions * candidates.length, (number) => {
    const [index, c] = place(number);
    return state.runs[index]![c] !== undefined;
  }, (number) => {
    const [index, c] = place(number);
    return `${plan.describe(index)}, ${candidates[c]!.name}`;
  }, watcher);

  async function trainNumber(number: number, seat: Seat<Job, JobResult, Checkpoint>): Promise<void> {
    const [index, c] = place(number);
    const candidate = candidates[c]!, division = await divisionAt(index);
    const counts = trainingCounts(division);
    const loss = candidate.loss(counts), recovery = candidate.recovery(counts);
    const { train, validation, more } = division;
    const { trained, seconds } = await seat.run({
      data: { train, validation, more }, family: candidate.family, loss: { parameters: loss.parameters, alpha: loss.alpha }, recovery: recovery ?? [], hidden,
      seed: plan.seed + index + candidate.seedShift, epochs, resume: state.underWay.get(number),
    }, {
      onProgress: (share) => progress.tell(number, share),
      onCheckpoint(checkpoint) {
        state.underWay.set(number, checkpoint);
        watcher.onState(false);
      },
    });
    const detailed = plan.details && index === 0;
    const judged = judge(trained, division, loss, recovery, { seconds, temperature: plan.temperature, curves: detailed ? names : undefined });
    state.runs[index]![c] = judged.run;
    if (detailed) state.kept[c] = { model: trained.model, calibration: judged.calibration, decision: judged.decision };
    state.underWay.delete(number);
    if (candidates.every((_, k) => state.runs[index]![k])) {
      if (index > 0) prepared.delete(index);
      if (more) removeScratch(more.folder);
    }
    watcher.onState(true);
  }

  await trainAll(progress, plan.jobs, { runJob, worker: new URL("./worker.js", import.meta.url) }, watcher.signal, trainNumber);
  for (let index = 0; index < plan.divisions; index++) if (!divisions[index]) await divisionAt(index);
  // A run resumed with fewer repeats has found more than it is asked for.
  return { runs: state.runs.slice(0, plan.divisions) as Run[][], kept: state.kept as Keepsake[], first: await divisionAt(0), divisions };
}

function divisionOf(prepared: Prepared): Division {
  const { validation, test, duplicateRows } = prepared, train = trainingCounts(prepared);
  return {
    splits: { train, validation: classCounts(validation), test: classCounts(test) },
    duplicateRows, testOverTrain: test.rows / train.reduce((a, b) => a + b, 0),
  };
}
