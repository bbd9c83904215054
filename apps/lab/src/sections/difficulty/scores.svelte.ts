import { onDestroy, untrack } from "svelte";
import { connect } from "../../worker/index.ts";
import type { GammaCurves } from "./cumulative.ts";
import type { Counts, ModelRequest, ScoresJobs } from "./scores.worker.ts";

/** γs that are always drawn. */
export const GAMMAS = [0, 0.5, 1, 2, 5] as const;

/** The scores that are looked at, and what they make of the loss. */
export interface Scores {
  readonly counts: Counts | undefined;
  /** Of {@link GAMMAS} and then of the chosen γ. */
  readonly curves: readonly GammaCurves[];
  /** Name of the reader's own file, while it is what is looked at. */
  readonly file: string | undefined;
  /** Share of the training or reading that is done; undefined when nothing is under way. */
  readonly doing: number | undefined;
  readonly problem: string | undefined;
  open(file: File): void;
  /** Back to the trained model. */
  close(): void;
}

/** @param wanted - the model, the γ that the slider says, and the share of easiest examples: read in effects */
export function makeScores(wanted: { readonly request: ModelRequest; readonly gamma: number; readonly easiest: number }): Scores {
  const worker = connect<ScoresJobs>(() => new Worker(new URL("./scores.worker.ts", import.meta.url), { type: "module" }));
  onDestroy(() => worker.stop());

  let counts = $state.raw<Counts>(), curves = $state.raw<readonly GammaCurves[]>([]), file = $state.raw<File>();
  let doing = $state<number>(), problem = $state<string>(), asked = 0;

  $effect(() => {
    const source = file, request = wanted.request, controller = new AbortController(), { signal } = controller, onProgress = (share: number): void => { doing = share; };
    const timer = setTimeout(async () => {
      doing = 0;
      problem = undefined;
      try {
        const found = source ? await worker.run("file", source, { signal, onProgress }) : await worker.run("model", request, { signal, onProgress });
        if (!signal.aborted) counts = found;
      } catch (error) {
        if (!signal.aborted) problem = (error as Error).message;
      }
      if (!signal.aborted) doing = undefined;
    }, untrack(() => counts) === undefined ? 0 : 60);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  });

  $effect(() => {
    const { gamma, easiest } = wanted, own = ++asked;
    if (!counts) return;
    void worker.run("curves", { gammas: [...GAMMAS, gamma], easiest }).then((found) => { if (own === asked) curves = found; }, () => undefined);
  });

  return {
    get counts() { return counts; },
    get curves() { return curves; },
    get file() { return file?.name; },
    get doing() { return doing; },
    get problem() { return problem; },
    open(next) { file = next; },
    close() { file = undefined; },
  };
}
