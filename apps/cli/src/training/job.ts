import type { ErrorCode } from "focal-loss";

/** What a training tells while it runs. */
export interface JobListener<Checkpoint> {
  /** The share done, from 0 to 1. */
  onProgress(share: number): void;
  onCheckpoint(checkpoint: Checkpoint): void;
}

/** One training in this thread; the job is plain data, so that it can be sent to another. */
export type RunJob<Job, Result, Checkpoint> = (job: Job, listener: JobListener<Checkpoint>, signal?: AbortSignal) => Promise<Result>;

/** What a worker says. */
export type Answer<Result, Checkpoint> =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly code: ErrorCode | undefined; readonly message: string };
