import { calibrate, crossEntropy, focal } from "focal-loss";
import type { Calibration, Loss } from "focal-loss";
import { train } from "focal-loss/train";
import type { Checkpoint, Dataset, Trained } from "focal-loss/train";

/** One training, as plain data: it can be sent to another thread. */
export interface Job {
  readonly data: Dataset;
  readonly loss: Pick<Loss, "name" | "parameters" | "alpha">;
  readonly recovery: readonly Calibration[];
  readonly hidden: readonly number[];
  readonly seed: number;
  readonly epochs: number | undefined;
  readonly resume: Checkpoint | undefined;
}

/** What a training tells while it runs. */
export interface JobListener {
  /** The share done, from 0 to 1. */
  onProgress(share: number): void;
  onCheckpoint(checkpoint: Checkpoint): void;
}

export interface JobResult {
  readonly trained: Trained;
  readonly seconds: number;
}

const families = { focal, crossEntropy };

/** Trains in this thread. */
export async function runJob({ data, loss, recovery, hidden, seed, epochs, resume }: Job, listener: JobListener, signal?: AbortSignal): Promise<JobResult> {
  const start = performance.now();
  const { name, parameters, alpha } = loss;
  const trained = await train(data, {
    loss: families[name as keyof typeof families]({ ...parameters, ...(alpha !== undefined && { alpha }) }),
    hidden, seed, ...(epochs !== undefined && { epochs }), ...(resume && { resume }), ...(signal && { signal }),
    posterior: (scores) => calibrate(scores, data.train.classes, recovery),
    onProgress: ({ step, total }) => listener.onProgress(Math.min(1, step / total)),
    onCheckpoint: (checkpoint) => listener.onCheckpoint(checkpoint),
  });
  return { trained, seconds: (performance.now() - start) / 1e3 };
}
