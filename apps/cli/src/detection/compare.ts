import type { DetectorCheckpoint, DetectorModel, DetectorSpec } from "focal-loss/detect";
import type { Watcher } from "../experiment/compare.ts";
import type { Recipe } from "./losses.ts";
import { seats, type Seat } from "./pool.ts";
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
  const { recipes, repeats } = plan, total = repeats * recipes.length;
  for (let repeat = 0; repeat < repeats; repeat++) state.runs[repeat] ??= [];
  const place = (number: number): readonly [repeat: number, recipe: number] => [Math.floor(number / recipes.length), number % recipes.length];
  const shares = Array.from({ length: total }, (_, number): number => {
    const [repeat, r] = place(number);
    return state.runs[repeat]![r] ? 1 : 0;
  });
  const waiting = [...shares.keys()].filter((number) => shares[number] === 0);
  const tell = (number: number, share: number): void => {
    shares[number] = share;
    const [repeat, r] = place(number);
    watcher.onProgress(shares.reduce((a, b) => a + b, 0), total, `${repeats > 1 ? `repeat ${repeat + 1} of ${repeats}, ` : ""}${recipes[r]!.name}`);
  };

  async function trainNumber(number: number, seat: Seat): Promise<void> {
    const [repeat, r] = place(number), { steps, batch, learningRate, spec } = plan;
    const begun = performance.now(), { checkpoint: resume, seconds: earlier } = state.underWay.get(number) ?? { checkpoint: undefined, seconds: 0 };
    const { run, model } = await seat.run({
      ...source.divide(repeat), spec, recipe: recipes[r]!, steps, batch, learningRate, seed: plan.seed + repeat, flip: source.flip, augmented: source.augmented,
      shown: repeat === 0 ? SHOWN : 0, resume,
    }, {
      onProgress: (share) => tell(number, share),
      onCheckpoint(checkpoint) {
        state.underWay.set(number, { checkpoint, seconds: earlier + (performance.now() - begun) / 1e3 });
        watcher.onState(false);
      },
    });
    state.runs[repeat]![r] = { ...run, metrics: { ...run.metrics, seconds: earlier + run.metrics.seconds } };
    if (repeat === 0) state.models[r] = model;
    state.underWay.delete(number);
    watcher.onState(true);
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
  // Resumed with fewer repeats, more is known than is asked for.
  return state.runs.slice(0, repeats) as Run[][];
}
