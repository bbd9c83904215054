import { batchHead } from "../heads/batch.ts";
import type { Head, Job, Kernel } from "../heads/job.ts";
import { mixtureHead } from "../heads/mixture.ts";
import { pairHead } from "../heads/pair.ts";
import { sigmoidHead } from "../heads/sigmoid.ts";
import { softmaxHead } from "../heads/softmax.ts";
import type { AnyLoss } from "../losses/loss.ts";

/** Plain JavaScript, float64 arithmetic whatever the arrays hold. Runs everything, everywhere. */
export function cpu(loss: AnyLoss, head: Head, mixed: boolean): Kernel {
  if (loss.kind === "batch") return ((job: Job<typeof loss>) => batchHead(head, job)) as Kernel;
  if (loss.kind === "pair") return pairHead as Kernel;
  return (head === "sigmoid" ? sigmoidHead : mixed ? mixtureHead : softmaxHead) as Kernel;
}
