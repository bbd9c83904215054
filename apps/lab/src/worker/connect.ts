import { FocalError } from "focal-loss";
import type { ErrorCode } from "focal-loss";
import type { Answer, Ask, Job, Jobs, Tell } from "./protocol.ts";

interface RunOptions<P> {
  readonly onProgress?: (value: P) => void;
  /** Aborted: the job is told, and the promise fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Buffers of the input that move instead of being copied. */
  readonly transfer?: readonly Transferable[];
}
type InputOf<J> = J extends Job<infer I> ? I : never;
type ProgressOf<J> = J extends Job<any, infer P> ? P : never;
type AnswerOf<J> = J extends Job<any, any, infer R> ? Answer<R> : never;

export interface Connection<J extends Jobs> {
  run<N extends keyof J & string>(name: N, input: InputOf<J[N]>, options?: RunOptions<ProgressOf<J[N]>>): Promise<AnswerOf<J[N]>>;
  /** Ends the worker, and with it all that it does; the next `run` starts another. */
  stop(): void;
}

interface Waiting {
  progress(value: unknown): void;
  done(result: unknown): void;
  fail(error: unknown): void;
}

/**
 * The page's side: starts the worker with the first job and asks it, by promises.
 *
 * @example
 * const worker = connect<TrainJobs>(() => new Worker(new URL("./train.worker.ts", import.meta.url), { type: "module" }));
 * const model = await worker.run("train", request, { onProgress: (step) => (losses = step), signal });
 */
export function connect<J extends Jobs>(start: () => Worker): Connection<J> {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined, count = 0;

  function stop(reason: Error = new DOMException("the worker was stopped", "AbortError")): void {
    worker?.terminate();
    worker = undefined;
    for (const { fail } of waiting.values()) fail(reason);
    waiting.clear();
  }
  function started(): Worker {
    const made = start();
    made.onmessage = ({ data }: MessageEvent<Tell>) => {
      const job = waiting.get(data.id);
      if ("progress" in data) return job?.progress(data.progress);
      waiting.delete(data.id);
      if ("error" in data) job?.fail(revived(data.error));
      else job?.done(data.result);
    };
    made.onerror = (event) => stop(new Error(event.message || "the worker could not be started"));
    return made;
  }
  return {
    stop: () => stop(),
    run: (name, input, { onProgress, signal, transfer = [] } = {}) => new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      worker ??= started();
      const id = count++, ask = (message: Ask, buffers: readonly Transferable[] = []): void => worker?.postMessage(message, [...buffers]);
      waiting.set(id, { progress: (value) => onProgress?.(value as never), done: (result) => resolve(result as never), fail: reject });
      signal?.addEventListener("abort", () => {
        if (waiting.delete(id)) ask({ cancel: id });
        reject(signal.reason);
      }, { once: true });
      ask({ id, name, input }, transfer);
    }),
  };
}

function revived({ name, message, code }: { name: string; message: string; code: string | undefined }): Error {
  return code !== undefined && name === "FocalError" ? new FocalError(code as ErrorCode, message) : Object.assign(new Error(message), { name });
}
