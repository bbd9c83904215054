import type { Job } from "../heads/job.ts";
import { LossCache } from "../losses/cache.ts";
import type { AnyLoss, PairLoss } from "../losses/loss.ts";
import { emitPasses } from "./emitPasses.ts";
import type { Program } from "./emitPasses.ts";
import { commonMachine } from "./machine.ts";
import { pairPasses } from "./pairPasses.ts";
import { mostClasses, runRows, writeRecord } from "./planes.ts";
import type { Run } from "./planes.ts";

const compiled = new LossCache<{ readonly program: Program; readonly module: WebAssembly.Module }>();

/** Whether the SIMD kernel can run a loss over a label and its strongest rival. */
export const supportsPair = (loss: AnyLoss, { classes }: Pick<Job, "classes">): loss is PairLoss =>
  loss.kind === "pair" && classes <= mostClasses && Object.values(loss.parameters).every((value) => typeof value === "number") && commonMachine() !== null;

/** The softmax head for such losses in WebAssembly SIMD, float32 arithmetic, one example per lane. */
export function wasmPair(job: Job<PairLoss>): number {
  const { loss, order, scale, alpha, losses, classes } = job, machine = commonMachine()!;
  const { program, module } = compiled.get(loss, String(order), () => {
    const program = pairPasses(loss, order);
    return { program, module: new WebAssembly.Module(emitPasses(program)) };
  });
  for (let k = 0; k < classes; k++) writeRecord(machine, program, k, { alphaT: alpha.positive[k]!, scale });
  let total = 0;
  runRows(machine, machine.kernel(module) as unknown as Run, job, (from, to) => {
    const own = machine.blocks.weights.subarray(0, to - from);
    for (const loss of own) total += loss;
    losses?.set(own, from);
  });
  return total;
}
