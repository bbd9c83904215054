import type { Job } from "../heads/job.ts";
import type { AnyLoss, Loss } from "../losses/loss.ts";
import { commonMachine } from "./machine.ts";
import { canMix, mixturePasses, perClassOf, scaleName } from "./mixturePasses.ts";
import { kernelOf, runPlanes } from "./planes.ts";
import { tableOf } from "./softmax/tables.ts";

/** The most classes whose planes fit into a block. */
const mostClasses = 256;

/** Whether the SIMD kernel can run a loss over shares of every class. */
export const supportsMixture = (loss: AnyLoss, { classes, offsets }: Pick<Job, "classes" | "offsets">): loss is Loss =>
  loss.kind === "margin" && canMix(loss) && classes <= mostClasses && offsets.every((by) => by === 0) && commonMachine() !== null;

/** The softmax head with a share of every class as its target, in WebAssembly SIMD, float32 arithmetic, one example per lane. */
export function wasmMixture(job: Job<Loss>): number {
  const { loss, order, scale, losses, classes } = job;
  const tables = perClassOf(loss).map(([name, parameter]) => [parameter, tableOf(name, job)] as const);
  let total = 0;
  runPlanes(kernelOf(loss, `mixture ${order}`, () => mixturePasses(loss, order)), job, 0, classes,
    (k) => ({ ...Object.fromEntries(tables.map(([parameter, table]) => [parameter, table[k]!])), [scaleName]: scale }),
    ({ weights }, from, to) => {
      const own = weights.subarray(0, to - from);
      for (const value of own) total += value;
      losses?.set(own, from);
    });
  return total;
}
