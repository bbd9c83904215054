import type { Floats, Job, NumberArray } from "../heads/job.ts";
import type { Curvature, Order } from "../losses/derive.ts";
import type { Plan } from "../options.ts";
import { chainToScores } from "../scores.ts";
import { reader } from "./batch.ts";
import type { Batch, Reader } from "./batch.ts";
import type { CallOptions, Logits } from "./call.ts";
import { dependsOnTargets, divisor, tally } from "./divisor.ts";

interface Results {
  readonly value: number | Floats;
  readonly grad?: Floats;
  readonly hessian?: Floats;
}

/** A plan that runs. */
export interface Bound {
  /** One call, from its arrays to its results. */
  run(scores: Logits, targets: NumberArray, order: Order, call: CallOptions): Results;
  /** What `run` does first. */
  readonly read: Reader;
  /** Runs the kernel; returns the sum of the losses. */
  perform(batch: Batch, order: Order, scale: number, results: Pick<Job, "losses" | "grad" | "hessian">): number;
}

export function bind(plan: Plan, curvature: Curvature): Bound {
  const { loss, form, head, reduction, classes, inner, from } = plan;
  const read = reader(plan, from === "logits" && curvature === "exact" && (form.simd?.supports(loss, plan) ?? false));

  function run(given: Logits, givenTargets: NumberArray, order: Order, call: CallOptions): Results {
    const batch = read(given, givenTargets, call, dependsOnTargets(plan, call?.normalizer));
    const { scores, logits } = batch;
    const scale = 1 / divisor(plan, tally(plan, batch.targets, batch.weights), call.normalizer);
    const array = (length: number): Floats => (scores instanceof Float32Array ? new Float32Array(length) : new Float64Array(length));
    const grad = order > 0 ? call.out ?? array(logits.length) : undefined;
    const hessian = order > 1 ? array(logits.length) : undefined;
    const losses = reduction === "none" ? array(head === "softmax" ? logits.length / classes : logits.length) : undefined;
    const total = perform(batch, order, scale, { losses, grad, hessian });
    chainToScores(scores, from, head, order, { grad, hessian });
    if (losses && scale !== 1) for (let i = 0; i < losses.length; i++) losses[i]! *= scale;
    const value = losses ?? total * scale;
    return hessian ? { value, grad: grad!, hessian } : grad ? { value, grad } : { value };
  }

  function perform({ logits, targets, weights, onSimd }: Batch, order: Order, scale: number, { losses, grad, hessian }: Pick<Job, "losses" | "grad" | "hessian">): number {
    const job: Job = {
      loss, labels: loss.kind === "score" || (targets.soft && head === "sigmoid") ? plan.soft : "hard", soft: plan.soft, order, curvature, relaxed: plan.engine === "relaxed", logits,
      targets: targets.values, weights, ignoreIndex: targets.ignoreIndex, alpha: plan.alpha, offsets: plan.offsets, classes, perColumn: plan.perColumn, inner, scale, losses, grad, hessian,
    };
    return onSimd ? form.simd!.run(job) : form.js(job, targets.mixed);
  }

  return { run, read, perform };
}
