import { Worker } from "node:worker_threads";
import { FocalError } from "focal-loss";
import type { ErrorCode } from "focal-loss";
import type { DetectorCheckpoint } from "focal-loss/detect";
import { runJob } from "./job.ts";
import type { Job, JobListener, JobResult } from "./job.ts";

/** What a worker says. */
export type Answer =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "checkpoint"; readonly checkpoint: DetectorCheckpoint }
  | { readonly kind: "done"; readonly result: JobResult }
  | { readonly kind: "failed"; readonly code: ErrorCode | undefined; readonly message: string };

/** A place where one detector at a time can be trained. */
export interface Seat {
  run(job: Job, listener: JobListener): Promise<JobResult>;
  close(): void;
}

/** Seats for so many trainings side by side. One seat is this thread; so are all when run from source, where no worker can be loaded. */
export function seats(count: number, signal: AbortSignal): Seat[] {
  const here: Seat = { run: (job, listener) => runJob(job, listener, signal), close() {} };
  const builtWorker = new URL("./worker.js", import.meta.url);
  return count === 1 || import.meta.url.endsWith(".ts") ? [here] : Array.from({ length: count }, () => workerSeat(builtWorker, signal));
}

function workerSeat(script: URL, signal: AbortSignal): Seat {
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
      const hear = (answer: Answer): void => {
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
