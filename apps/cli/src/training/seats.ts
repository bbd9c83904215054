import { Worker } from "node:worker_threads";
import { FocalError } from "focal-loss";
import type { Answer, JobListener, RunJob } from "./job.ts";

/** Jobs of one kind: how they are run in this thread, and the script of a worker that serves them in another. */
export interface Trade<Job, Result, Checkpoint> {
  readonly runJob: RunJob<Job, Result, Checkpoint>;
  readonly worker: URL;
}

/** A place where one training at a time can run. */
export interface Seat<Job, Result, Checkpoint> {
  run(job: Job, listener: JobListener<Checkpoint>): Promise<Result>;
  close(): void;
}

/** Seats for so many trainings side by side. One seat is this thread; so are all when run from source, where no worker can be loaded. */
export function seats<Job, Result, Checkpoint>(count: number, { runJob, worker }: Trade<Job, Result, Checkpoint>, signal: AbortSignal): Seat<Job, Result, Checkpoint>[] {
  const here: Seat<Job, Result, Checkpoint> = { run: (job, listener) => runJob(job, listener, signal), close() {} };
  return count === 1 || import.meta.url.endsWith(".ts") ? [here] : Array.from({ length: count }, () => workerSeat<Job, Result, Checkpoint>(worker, signal));
}

function workerSeat<Job, Result, Checkpoint>(script: URL, signal: AbortSignal): Seat<Job, Result, Checkpoint> {
  const worker = new Worker(script);
  return {
    run: (job, listener) => new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        worker.off("message", hear).off("error", fail);
        signal.removeEventListener("abort", stop);
        end();
      };
      const stop = (): void => settle(() => reject(signal.reason as Error));
      const fail = (error: Error): void => settle(() => reject(error));
      const hear = (answer: Answer<Result, Checkpoint>): void => {
        if (answer.kind === "progress") listener.onProgress(answer.share);
        else if (answer.kind === "checkpoint") listener.onCheckpoint(answer.checkpoint);
        else if (answer.kind === "done") settle(() => resolve(answer.result));
        else fail(answer.code ? new FocalError(answer.code, answer.message) : new Error(answer.message));
      };
      worker.on("message", hear).on("error", fail);
      signal.addEventListener("abort", stop);
      worker.postMessage(job);
    }),
    close: () => void worker.terminate(),
  };
}
