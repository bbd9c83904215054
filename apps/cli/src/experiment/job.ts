import { calibrate } from "focal-loss/evaluate";
import type { Loss } from "focal-loss";
import type { Calibration } from "focal-loss/evaluate";
import { train } from "focal-loss/train";
import type { Checkpoint, Dataset, Trained } from "focal-loss/train";
import { families, type Family, type FamilyName } from "./families.ts";

/** One training, as plain data: it can be sent to another thread. */
export interface Job {
  readonly data: Dataset;
  readonly family: FamilyName;
  readonly loss: Pick<Loss, "parameters" | "alpha">;
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

/** Trains in this thread. */
export async function runJob({ data, family, loss, recovery, hidden, seed, epochs, resume }: Job, listener: JobListener, signal?: AbortSignal): Promise<JobResult> {
  const start = performance.now();
  const { make }: Family = families[family];
  const trained = await train(data, {
    loss: make({ ...loss.parameters, ...(loss.alpha !== undefined && { alpha: loss.alpha }) }),
    hidden, seed, ...(epochs !== undefined && { epochs }), ...(resume && { resume }), ...(signal && { signal }),
    posterior: (scores) => calibrate(scores, data.train.classes, recovery),
    onProgress: ({ step, total }) => listener.onProgress(Math.min(1, step / total)),
    onCheckpoint: (checkpoint) => listener.onCheckpoint(checkpoint),
  });
  return { trained, seconds: (performance.now() - start) / 1e3 };
}
