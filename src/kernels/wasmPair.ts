import type { Job } from "../heads/job.ts";
import type { AnyLoss, PairLoss } from "../losses/loss.ts";
import { pairPasses } from "./pairPasses.ts";
import { kernelOf, runPlanes, supportsPasses } from "./planes.ts";

/** Whether the SIMD kernel can run a loss over a label and its strongest rival. */
export const supportsPair = (loss: AnyLoss, { classes }: Pick<Job, "classes">): loss is PairLoss => loss.kind === "pair" && supportsPasses(loss, classes);

/** The softmax head for such losses in WebAssembly SIMD, float32 arithmetic, one example per lane. */
export function wasmPair(job: Job<PairLoss>): number {
  const { loss, order, scale, alpha, losses, classes } = job;
  let total = 0;
  runPlanes(kernelOf(loss, String(order), () => pairPasses(loss, order)), job, 0, classes, (k) => ({ alphaT: alpha.positive[k]!, scale }), ({ weights }, from, to) => {
    const own = weights.subarray(0, to - from);
    for (const loss of own) total += loss;
    losses?.set(own, from);
  });
  return total;
}
