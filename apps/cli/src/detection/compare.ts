import type { DetectorCheckpoint, DetectorModel, DetectorSpec } from "focal-loss/detect";
import { Progress, type Watcher } from "../training/progress.ts";
import type { Seat } from "../training/seats.ts";
import { trainAll } from "../training/trainAll.ts";
import { runJob, type Job, type JobResult } from "./job.ts";
import type { Recipe } from "./losses.ts";
import type { Run } from "./results.ts";
import type { Source } from "./source.ts";

export interface Plan {
  readonly recipes: readonly Recipe[];
  readonly spec: DetectorSpec;
  readonly repeats: number;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number | undefined;
  readonly seed: number;
  /** Trainings side by side. */
  readonly jobs: number;
}

/** All that has been found so far: plain data, so that it can be put down and taken up again. */
export interface State {
  /** runs[repeat][recipe], with gaps where a training is not done. */
  readonly runs: (Run | undefined)[][];
  /** The first repeat's models, by recipe. */
  readonly models: (DetectorModel | undefined)[];
  /** The trainings under way, by their number, and the seconds that they took so far. */
  readonly underWay: Map<number, { readonly checkpoint: DetectorCheckpoint; readonly seconds: number }>;
}

export const emptyState = (): State => ({ runs: [], models: [], underWay: new Map() });

/** Held-out pictures whose detections are kept for the report. */
export const SHOWN = 6;

/**
 * Trains every loss on every division of the pictures: the same pictures, first weights and batches for all losses of a repeat.
 *
 * @param state - where to go on, updated in place; an interrupted comparison continued this way ends with the same numbers
 * @returns runs[repeat][recipe]
 */
export async function compare(source: Source, plan: Plan, state: State, watcher: Watcher): Promise<Run[][]> {
  const { recipes, repeats } = plan;
  for (let repeat = 0; repeat < repeats; repeat++) state.runs[repeat] ??= [];
  const place = (number: number): readonly [repeat: number, recipe: number] => [Math.floor(number / recipes.length), number % recipes.length];
  const progress = new Progress(repeats * recipes.length, (number) => {
    const [repeat, r] = place(number);
    return state.runs[repeat]![r] !== undefined;
  }, (number) => {
    const [repeat, r] = place(number);
    return `${repeats > 1 ? `repeat ${repeat + 1} of ${repeats}, ` : ""}${recipes[r]!.name}`;
  }, watcher);

  async function trainNumber(number: number, seat: Seat<Job, JobResult, DetectorCheckpoint>): Promise<void> {
    const [repeat, r] = place(number), { steps, batch, learningRate, spec } = plan;
    const begun = performance.now(), { checkpoint: resume, seconds: earlier } = state.underWay.get(number) ?? { checkpoint: undefined, seconds: 0 };
    const { levels, train, test, windows = train } = source.divide(repeat);
    const { run, model } = await seat.run({
      train: windows, test, spec: { ...spec, levels }, recipe: recipes[r]!, steps, batch, learningRate, seed: plan.seed + repeat, augmentation: source.augmentation,
      shown: repeat === 0 ? SHOWN : 0, resume,
    }, {
      onProgress: (share) => progress.tell(number, share),
      onCheckpoint(checkpoint) {
        state.underWay.set(number, { checkpoint, seconds: earlier + (performance.now() - begun) / 1e3 });
        watcher.onState(false);
      },
    });
    state.runs[repeat]![r] = { ...run, metrics: { ...run.metrics, seconds: earlier + run.metrics.seconds } };
    if (repeat === 0) state.models[r] = model;
    state.underWay.delete(number);
    watcher.onState(true);
  }

  await trainAll(progress, plan.jobs, { runJob, worker: new URL("./worker.js", import.meta.url) }, watcher.signal, trainNumber);
  // Resumed with fewer repeats, more is known than is asked for.
  return state.runs.slice(0, repeats) as Run[][];
}
