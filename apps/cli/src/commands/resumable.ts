import type { CheckpointFile } from "../experiment/checkpoint.ts";
import type { Watcher } from "../training/progress.ts";
import { progress } from "../terminal/progress.ts";
import { Stopped } from "./options.ts";

/** Seconds between checkpoints of a training under way. */
const checkpointEvery = 10;

/** The state to go on from; or an empty one, and what an earlier run had left is kept aside with a word. */
export function stateFrom<State>(checkpoint: CheckpointFile<State>, resume: boolean, empty: State): State {
  if (resume) return checkpoint.load();
  const kept = checkpoint.setAside();
  if (kept !== undefined) console.error(`note: an earlier run was not finished; its checkpoint is kept as ${kept}, and this run starts anew (--resume would go on with it)`);
  return empty;
}

/**
 * Long work that can be interrupted: a progress bar while it runs, a checkpoint now and then and on Ctrl-C, none when it is done.
 *
 * @param state - what the work has found so far, updated in place
 * @throws Stopped when the user ended it
 */
export async function resumable<State, Result>(
  checkpoint: CheckpointFile<State>, state: State, { quiet }: { readonly quiet: boolean }, work: (watcher: Watcher, state: State) => Promise<Result>,
): Promise<Result> {
  const bar = progress({ quiet });
  const interruption = new AbortController();
  const onInterrupt = (): void => interruption.abort(new Interrupted());
  process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
  let saved = performance.now();
  try {
    const result = await work({
      signal: interruption.signal,
      onProgress: (done, total, what) => bar.update(done / total, what),
      onState(urgent) {
        if (!urgent && performance.now() - saved < checkpointEvery * 1e3) return;
        saved = performance.now();
        checkpoint.save(state);
      },
    }, state);
    checkpoint.remove();
    return result;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    checkpoint.save(state);
    throw new Stopped("stopped; go on with the same command and --resume");
  } finally {
    bar.done();
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
  }
}

class Interrupted extends Error {}
