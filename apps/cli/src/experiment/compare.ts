import { classCounts, train } from "focal-loss/train";
import type { Checkpoint, Model } from "focal-loss/train";
import { calibrate } from "focal-loss";
import type { Calibration } from "focal-loss";
import { prepare, type Dataset, type Prepared } from "../data/index.ts";
import type { Run } from "../results.ts";
import type { Candidate } from "./candidates.ts";
import { judge } from "./evaluate.ts";

export interface Plan {
  readonly candidates: readonly Candidate[];
  readonly hidden: readonly number[];
  readonly repeats: number;
  readonly seed: number;
  readonly temperature: boolean;
  readonly epochs: number | undefined;
}

/** The model of the first repeat, ready to be saved. */
export interface Keepsake {
  readonly model: Model;
  readonly calibration: readonly Calibration[];
  readonly decision: number | readonly number[];
}

/** All that a comparison has found so far: plain data, so that it can be put down and taken up again. */
export interface State {
  /** runs[repeat][candidate]; candidates are trained in order. */
  readonly runs: Run[][];
  /** By candidate, of the first repeat. */
  readonly kept: Keepsake[];
  /** The training under way. */
  inFlight?: Checkpoint | undefined;
}

export interface Division {
  readonly splits: { readonly train: number[]; readonly validation: number[]; readonly test: number[] };
  readonly duplicateRows: number;
  readonly testOverTrain: number;
}

export interface Comparison {
  readonly runs: readonly (readonly Run[])[];
  readonly kept: readonly Keepsake[];
  /** The first repeat's data. */
  readonly first: Prepared;
  readonly divisions: readonly Division[];
}

export interface Watcher {
  readonly signal: AbortSignal;
  /** `done` of `total` trainings, a fraction of the one under way included. */
  onProgress(done: number, total: number, what: string): void;
  /** The state changed: between epochs (`urgent` false) and after each training. */
  onState(state: State, urgent: boolean): void;
}

export const emptyState = (): State => ({ runs: [], kept: [] });

/**
 * Trains every candidate on every split: same parts, same first weights, same batches for all but the restart.
 *
 * @param state - where to go on; an interrupted comparison continued this way ends with the same numbers
 */
export async function compare(dataset: Dataset, plan: Plan, state: State, watcher: Watcher): Promise<Comparison> {
  const { candidates, repeats, hidden, epochs } = plan;
  const names = dataset.target.classes;
  const total = repeats * candidates.length;
  const divisions: Division[] = [];
  let first: Prepared | undefined;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const prepared = prepare(dataset, plan.seed + repeat);
    first ??= prepared;
    divisions.push(divisionOf(prepared));
    const runs = (state.runs[repeat] ??= []);
    const counts = classCounts(prepared.train);
    for (const [c, candidate] of candidates.entries()) {
      if (runs[c]) continue;
      const done = repeat * candidates.length + c;
      const loss = candidate.loss(counts), recovery = candidate.recovery(counts);
      const start = performance.now();
      const { inFlight } = state;
      const trained = await train({ train: prepared.train, validation: prepared.validation }, {
        loss, hidden, seed: plan.seed + repeat + candidate.seedShift, signal: watcher.signal,
        posterior: (scores) => calibrate(scores, names.length, recovery),
        ...(epochs !== undefined && { epochs }),
        ...(inFlight && { resume: inFlight }),
        onProgress: ({ step, total: steps }) => watcher.onProgress(done + Math.min(1, step / steps), total, `split ${repeat + 1} of ${repeats}, ${candidate.name}`),
        onCheckpoint: (checkpoint) => watcher.onState(Object.assign(state, { inFlight: checkpoint }), false),
      });
      const judged = judge(trained, prepared, loss, recovery, {
        seconds: (performance.now() - start) / 1e3, temperature: plan.temperature, curves: repeat === 0 ? names : undefined,
      });
      runs.push(judged.run);
      if (repeat === 0) state.kept.push({ model: trained.model, calibration: judged.calibration, decision: judged.decision });
      watcher.onState(Object.assign(state, { inFlight: undefined }), true);
      watcher.onProgress(done + 1, total, `split ${repeat + 1} of ${repeats}, ${candidate.name}`);
    }
  }
  return { runs: state.runs, kept: state.kept, first: first!, divisions };
}

function divisionOf({ train: training, validation, test, duplicateRows }: Prepared): Division {
  return {
    splits: { train: classCounts(training), validation: classCounts(validation), test: classCounts(test) },
    duplicateRows, testOverTrain: test.rows / training.rows,
  };
}
