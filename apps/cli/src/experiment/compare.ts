import type { Calibration } from "focal-loss";
import { classCounts } from "focal-loss/train";
import type { Checkpoint, Model } from "focal-loss/train";
import { prepare, type Dataset, type Prepared } from "../data/index.ts";
import type { Run } from "../results.ts";
import type { Candidate } from "./candidates.ts";
import { judge } from "./evaluate.ts";
import { seats, type Seat } from "./pool.ts";

export interface Plan {
  readonly candidates: readonly Candidate[];
  readonly hidden: readonly number[];
  readonly repeats: number;
  readonly seed: number;
  readonly temperature: boolean;
  readonly epochs: number | undefined;
  /** Trainings side by side. */
  readonly jobs: number;
}

/** The model of the first repeat, ready to be saved. */
export interface Keepsake {
  readonly model: Model;
  readonly calibration: readonly Calibration[];
  readonly decision: number | readonly number[];
}

/** All that a comparison has found so far: plain data, so that it can be put down and taken up again. */
export interface State {
  /** runs[repeat][candidate], with gaps where a training is not done. */
  readonly runs: (Run | undefined)[][];
  /** By candidate, of the first repeat. */
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
  readonly runs: readonly (readonly Run[])[];
  readonly kept: readonly Keepsake[];
  /** The first repeat's data. */
  readonly first: Prepared;
  readonly divisions: readonly Division[];
}

export interface Watcher {
  readonly signal: AbortSignal;
  /** `done` of `total` trainings, fractions of those under way included. */
  onProgress(done: number, total: number, what: string): void;
  /** The state changed: between epochs (`urgent` false) and after each training. */
  onState(state: State, urgent: boolean): void;
}

export const emptyState = (): State => ({ runs: [], kept: [], underWay: new Map() });

/**
 * Trains every candidate on every split: same parts, same first weights, same batches for all but the restart.
 *
 * Trainings do not depend on each other, so several run side by side; their number changes no result.
 *
 * @param state - where to go on; an interrupted comparison continued this way ends with the same numbers
 */
export async function compare(dataset: Dataset, plan: Plan, state: State, watcher: Watcher): Promise<Comparison> {
  const { candidates, repeats, hidden, epochs } = plan;
  const names = dataset.target.classes;
  const total = repeats * candidates.length;
  const splits = new Map<number, Prepared>();
  const divisions: Division[] = [];
  const splitOf = (repeat: number): Prepared => {
    const known = splits.get(repeat);
    if (known) return known;
    const prepared = prepare(dataset, plan.seed + repeat);
    splits.set(repeat, prepared);
    divisions[repeat] = divisionOf(prepared);
    return prepared;
  };
  for (let repeat = 0; repeat < repeats; repeat++) state.runs[repeat] ??= [];

  const shares = Array.from({ length: total }, (_, i): number => (state.runs[Math.floor(i / candidates.length)]![i % candidates.length] ? 1 : 0));
  const waiting = [...shares.keys()].filter((i) => shares[i] === 0);
  const tell = (number: number, share: number): void => {
    shares[number] = share;
    const what = `split ${Math.floor(number / candidates.length) + 1} of ${repeats}, ${candidates[number % candidates.length]!.name}`;
    watcher.onProgress(shares.reduce((a, b) => a + b, 0), total, what);
  };

  async function trainNumber(number: number, seat: Seat): Promise<void> {
    const repeat = Math.floor(number / candidates.length), c = number % candidates.length;
    const candidate = candidates[c]!, prepared = splitOf(repeat);
    const counts = classCounts(prepared.train);
    const loss = candidate.loss(counts), recovery = candidate.recovery(counts);
    const { train, validation } = prepared;
    const { trained, seconds } = await seat.run({
      data: { train, validation }, loss: { name: loss.name, parameters: loss.parameters, alpha: loss.alpha }, recovery, hidden,
      seed: plan.seed + repeat + candidate.seedShift, epochs, resume: state.underWay.get(number),
    }, {
      onProgress: (share) => tell(number, share),
      onCheckpoint(checkpoint) {
        state.underWay.set(number, checkpoint);
        watcher.onState(state, false);
      },
    });
    const judged = judge(trained, prepared, loss, recovery, { seconds, temperature: plan.temperature, curves: repeat === 0 ? names : undefined });
    state.runs[repeat]![c] = judged.run;
    if (repeat === 0) state.kept[c] = { model: trained.model, calibration: judged.calibration, decision: judged.decision };
    state.underWay.delete(number);
    if (repeat > 0 && candidates.every((_, k) => state.runs[repeat]![k])) splits.delete(repeat);
    watcher.onState(state, true);
    tell(number, 1);
  }

  const places = seats(Math.min(plan.jobs, Math.max(1, waiting.length)), watcher.signal);
  try {
    await Promise.all(places.map(async (seat) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await trainNumber(next, seat);
    }));
  } finally {
    for (const seat of places) seat.close();
  }
  for (let repeat = 0; repeat < repeats; repeat++) if (!divisions[repeat]) splitOf(repeat);
  return { runs: state.runs as Run[][], kept: state.kept as Keepsake[], first: splitOf(0), divisions };
}

function divisionOf({ train: training, validation, test, duplicateRows }: Prepared): Division {
  return {
    splits: { train: classCounts(training), validation: classCounts(validation), test: classCounts(test) },
    duplicateRows, testOverTrain: test.rows / training.rows,
  };
}
