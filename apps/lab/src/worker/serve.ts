import { Moved } from "./protocol.ts";
import type { Ask, Context, Jobs, Tell } from "./protocol.ts";

/**
 * The worker's side: runs the jobs that the page asks for, one message each.
 *
 * @example
 * const jobs = { async train(input: Request, { progress, pause }: Context<Step>): Promise<Result> { … } };
 * export type TrainJobs = typeof jobs;
 * serve(jobs);
 */
export function serve(jobs: Jobs): void {
  const running = new Map<number, AbortController>();
  const tell = (message: Tell, buffers: readonly Transferable[] = []): void => postMessage(message, { transfer: [...buffers] });

  addEventListener("message", async ({ data }: MessageEvent<Ask>) => {
    if ("cancel" in data) return running.get(data.cancel)?.abort();
    const { id, name, input } = data, controller = new AbortController(), { signal } = controller;
    running.set(id, controller);
    const context: Context<unknown> = {
      signal,
      progress: (progress) => tell({ id, progress }),
      async pause() {
        await nextTask();
        signal.throwIfAborted();
      },
    };
    try {
      const made = await jobs[name]!(input, context);
      if (made instanceof Moved) tell({ id, result: made.value }, made.buffers);
      else tell({ id, result: made });
    } catch (error) {
      const { name: kind, message, code } = error as Error & { code?: unknown };
      tell({ id, error: { name: kind, message, code: typeof code === "string" ? code : undefined } });
    } finally {
      running.delete(id);
    }
  });
}

const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

/** After the messages that are already there; a timer would wait four milliseconds. */
const nextTask = (): Promise<void> => new Promise((resume) => {
  waiting.push(resume);
  port2.postMessage(undefined);
});
