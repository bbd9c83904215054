import { onDestroy, untrack } from "svelte";
import { connect } from "../../worker/index.ts";
import { settingsOf, STEPS } from "./fields.ts";
import type { View } from "./fields.ts";
import type { Points } from "./data.ts";
import type { Frame } from "./session.ts";
import type { TrainJobs } from "./train.worker.ts";

/** Changes within so many milliseconds, as a slider makes them, begin one training. */
const SETTLE = 60;

/** The training as a component sees it. */
export interface Training {
  readonly frame: Frame | undefined;
  readonly points: Points | undefined;
  readonly playing: boolean;
  /** On the way to the step that the view names. */
  readonly busy: boolean;
  readonly problem: string | undefined;
  play(pace: number): void;
  pause(): void;
}

/**
 * Keeps a worker's training at what the view says: after any change of settings the models are brought to the view's step again,
 * so that what is seen depends on the view alone.
 */
export function makeTraining(view: View): Training {
  const worker = connect<TrainJobs>(() => new Worker(new URL("./train.worker.ts", import.meta.url), { type: "module" }));
  onDestroy(() => worker.stop());

  let frame = $state.raw<Frame>(), points = $state.raw<Points>(), playing = $state(false), busy = $state(true), problem = $state<string>();
  let running: AbortController | undefined;

  function show(next: Frame & { points?: Points }): void {
    if (next.points) points = next.points;
    frame = next;
  }
  /** Trains; what ran before ends. Resolves to false when it was ended itself. */
  async function train(until: number, pace: number | undefined): Promise<boolean> {
    running?.abort();
    const controller = running = new AbortController();
    try {
      show(await worker.run("train", { settings: settingsOf(view), until, ...(pace !== undefined && { pace }) }, { onProgress: (next) => { if (!controller.signal.aborted) show(next); }, signal: controller.signal }));
      problem = undefined;
      return true;
    } catch (error) {
      if (controller.signal.aborted) return false;
      problem = (error as Error).message;
      return true;
    }
  }

  // Reads all of the view, so that any change of it comes here.
  $effect(() => {
    const wanted = JSON.stringify([settingsOf(view), view.steps]);
    const timer = setTimeout(async () => {
      if (wanted === "") return;
      playing = false;
      busy = true;
      if (await train(view.steps, undefined)) busy = false;
    }, untrack(() => frame) === undefined ? 0 : SETTLE);
    return () => clearTimeout(timer);
  });

  return {
    get frame() { return frame; },
    get points() { return points; },
    get playing() { return playing; },
    get busy() { return busy; },
    get problem() { return problem; },
    async play(pace) {
      playing = true;
      busy = false;
      if (!await train(STEPS, pace)) return;
      playing = false;
      if (frame) view.steps = frame.steps;
    },
    pause() {
      void worker.run("halt", undefined);
    },
  };
}
