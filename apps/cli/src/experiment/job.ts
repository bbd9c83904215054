import { calibrate } from "focal-loss/evaluate";
import type { Loss } from "focal-loss";
import type { Calibration } from "focal-loss/evaluate";
import { train } from "focal-loss/train";
import type { Checkpoint, Table, Trained } from "focal-loss/train";
import { partsOf, type Scratch } from "../data/index.ts";
import type { JobListener } from "../training/job.ts";
import { families, type Family, type FamilyName } from "./families.ts";

/** One training, as plain data: it can be sent to another thread. */
export interface Job {
  /** What to train on, and `more` of it that is not held in memory. */
  readonly data: { readonly train: Table; readonly validation: Table; readonly more: Scratch | undefined };
  readonly family: FamilyName;
  readonly loss: Pick<Loss, "parameters" | "alpha">;
  readonly recovery: readonly Calibration[];
  readonly hidden: readonly number[];
  readonly seed: number;
  readonly epochs: number | undefined;
  readonly resume: Checkpoint | undefined;
}

export interface JobResult {
  readonly trained: Trained;
  readonly seconds: number;
}

/** Trains in this thread. */
export async function runJob({ data, family, loss, recovery, hidden, seed, epochs, resume }: Job, listener: JobListener<Checkpoint>, signal?: AbortSignal): Promise<JobResult> {
  const start = performance.now();
  const { make }: Family = families[family];
  const { train: held, validation, more } = data;
  const trained = await train(more ? { train: partsOf(held, more), validation } : { train: held, validation }, {
    loss: make({ ...loss.parameters, ...(loss.alpha !== undefined && { alpha: loss.alpha }) }),
    hidden, seed, ...(epochs !== undefined && { epochs }), ...(resume && { resume }), ...(signal && { signal }),
    posterior: (scores) => calibrate(scores, held.classes, recovery),
    onProgress: ({ step, total }) => listener.onProgress(Math.min(1, step / total)),
    onCheckpoint: (checkpoint) => listener.onCheckpoint(checkpoint),
  });
  return { trained, seconds: (performance.now() - start) / 1e3 };
}
