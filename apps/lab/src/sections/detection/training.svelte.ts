import type { Scene } from "focal-loss/detect";
import { onDestroy, untrack } from "svelte";
import { connect } from "../../worker/index.ts";
import type { DetectionJobs } from "./detection.worker.ts";
import { settingsOf } from "./fields.ts";
import type { View } from "./fields.ts";
import type { Look, LossPoint } from "./learn.ts";
import type { Places } from "./scenes.ts";
import { names } from "./settings.ts";
import type { Name } from "./settings.ts";

/** Changes within so many milliseconds, as a slider makes them, begin one preparation. */
const SETTLE = 60;

/** One detector as it has come. */
export interface Course extends Omit<Look, "losses"> {
  readonly losses: readonly LossPoint[];
  readonly scores: readonly { readonly step: number; readonly ap50: number }[];
}

export type Courses = Readonly<Partial<Record<Name, Course>>>;

/** The trainings as a component sees them. */
export interface Training {
  readonly courses: Courses;
  readonly shown: readonly Scene[];
  readonly places: Places | undefined;
  readonly playing: boolean;
  /** Steps of the detector that has come least far. */
  readonly steps: number;
  readonly problem: string | undefined;
  play(): void;
  pause(): void;
  restart(): void;
}

/** Three workers, one for each detector, so that they train at the same time. A change of settings ends all that they did. */
export function makeTraining(view: View): Training {
  const workers = names.map((name) => [name, connect<DetectionJobs>(() => new Worker(new URL("./detection.worker.ts", import.meta.url), { type: "module" }))] as const);
  let courses = $state.raw<Courses>({}), shown = $state.raw<readonly Scene[]>([]), places = $state.raw<Places>(), playing = $state(false), problem = $state<string>();
  let round = 0;

  function restart(): void {
    round++;
    for (const [, worker] of workers) worker.stop();
    courses = {};
    playing = false;
    problem = undefined;
  }
  onDestroy(restart);

  /** Does what a worker is asked for; an error is told unless a restart made it. */
  async function attempt(work: (isNow: () => boolean) => Promise<unknown>): Promise<void> {
    const mine = round, isNow = (): boolean => mine === round;
    try {
      await work(isNow);
    } catch (error) {
      if (isNow()) problem = (error as Error).message;
    }
  }
  function take(name: Name, { losses, ...look }: Look): void {
    const before = courses[name];
    courses = { ...courses, [name]: { ...look, losses: [...before?.losses ?? [], ...losses], scores: [...before?.scores ?? [], { step: look.step, ap50: look.ap50 }] } };
  }

  $effect(() => {
    const settings = settingsOf(view);
    const timer = setTimeout(() => {
      restart();
      void attempt(async (isNow) => {
        const made = await workers[0]![1].run("scenes", settings.seed);
        if (isNow()) ({ shown, places } = made);
      });
    }, untrack(() => shown).length === 0 ? 0 : SETTLE);
    return () => clearTimeout(timer);
  });

  return {
    get courses() { return courses; },
    get shown() { return shown; },
    get places() { return places; },
    get playing() { return playing; },
    get steps() { return Math.min(...names.map((name) => courses[name]?.step ?? 0)); },
    get problem() { return problem; },
    async play() {
      playing = true;
      await attempt(async (isNow) => {
        await Promise.all(workers.map(([name, worker]) => worker.run("learn", { name, settings: settingsOf(view) }, { onProgress: (look) => { if (isNow()) take(name, look); } })));
        if (isNow()) playing = false;
      });
    },
    pause() {
      for (const [, worker] of workers) void attempt(() => worker.run("halt", undefined));
    },
    restart,
  };
}
