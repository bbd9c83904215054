import type { DetectorCheckpoint, Scene } from "focal-loss/detect";
import type { Context } from "../../worker/index.ts";
import { serve } from "../../worker/serve.ts";
import type { Look } from "./learn.ts";
import { countPlaces, makeScenes } from "./scenes.ts";
import type { Places, SceneSet } from "./scenes.ts";
import { SHOWN } from "./settings.ts";
import type { Name, Settings } from "./settings.ts";

export interface LearnRequest {
  readonly name: Name;
  readonly settings: Settings;
}

let key = "", reached: DetectorCheckpoint | undefined, stop: AbortController | undefined;
let made: { readonly seed: number; readonly scenes: SceneSet } | undefined;

function scenesOf(seed: number): SceneSet {
  if (made?.seed !== seed) made = { seed, scenes: makeScenes(seed) };
  return made.scenes;
}

// The arrays' compiler would run each small piece of a step in workers of its own. Three detectors that train at once keep the machine busy
// without them, and faster; and Firefox now and then stops for good where several workers start others at the same time.
Reflect.deleteProperty(globalThis, "Worker");

const jobs = {
  /** The pictures that are shown, and what the places on those to train on belong to. */
  scenes(seed: number): { shown: readonly Scene[]; places: Places } {
    const { train, held } = scenesOf(seed);
    return { shown: held.slice(0, SHOWN), places: countPlaces(train) };
  },
  /** Trains to the end or until `halt`, from where it stopped before; answers the step it came to. */
  async learn({ name, settings }: LearnRequest, { progress }: Context<Look>): Promise<number> {
    const wanted = JSON.stringify([name, settings]);
    if (wanted !== key) reached = undefined;
    key = wanted;
    stop = new AbortController();
    // The compiler for arrays is large: it comes with the first training.
    const { learn } = await import("./learn.ts");
    reached = await learn(name, settings, scenesOf(settings.seed), { resume: reached, signal: stop.signal, onLook: progress });
    return reached.step;
  },
  /** Lets training come to its end where it is. */
  halt(): void {
    stop?.abort();
  },
};

export type DetectionJobs = typeof jobs;
serve(jobs);
