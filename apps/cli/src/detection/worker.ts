/** The other end of pool.ts: trains the detectors it is sent. */
import { parentPort } from "node:worker_threads";
import { FocalError } from "focal-loss";
import { runJob } from "./job.ts";
import type { Job } from "./job.ts";
import type { Answer } from "./pool.ts";

/** A progress bar redraws no faster. */
const progressEvery = 100;

const say = (answer: Answer): void => parentPort!.postMessage(answer);

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
