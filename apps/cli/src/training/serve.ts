/** The other end of seats.ts: a worker that runs the jobs it is sent. */
import { parentPort } from "node:worker_threads";
import { FocalError } from "focal-loss";
import type { Answer, RunJob } from "./job.ts";

/** A progress bar redraws no faster. */
const progressEvery = 100;

export function serve<Job, Result, Checkpoint>(runJob: RunJob<Job, Result, Checkpoint>): void {
  const say = (answer: Answer<Result, Checkpoint>): void => parentPort!.postMessage(answer);

  parentPort!.on("message", async (job: Job) => {
    let last = 0;
    try {
      const result = await runJob(job, {
        onProgress(share) {
          if (performance.now() - last < progressEvery) return;
          last = performance.now();
          say({ kind: "progress", share });
        },
        onCheckpoint: (checkpoint) => say({ kind: "checkpoint", checkpoint }),
      });
      say({ kind: "done", result });
    } catch (error) {
      const { message, stack } = error as Error;
      say({ kind: "failed", code: error instanceof FocalError ? error.code : undefined, message: error instanceof FocalError ? message : stack ?? message });
    }
  });
}
