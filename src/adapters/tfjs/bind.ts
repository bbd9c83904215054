import { cast, losses as tfLosses, Reduction, reshape, Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import type { TensorLike } from "@tensorflow/tfjs-core";
import { describe, FocalError } from "../../errors.ts";
import type { Head } from "../../heads/job.ts";
import type { Order } from "../../losses/derive.ts";
import type { AnyLoss, SoftRule } from "../../losses/loss.ts";
import { readOptions } from "../../options.ts";
import type { Plan } from "../../options.ts";
import { differentiable } from "./gradient.ts";
import { shapeOfLosses } from "./job.ts";
import { byKernel, hasKernel } from "./kernel.ts";
import type { KindOf } from "./kinds.ts";
import { byOps } from "./ops/index.ts";

/** What a loss is bound with. */
export interface TfjsOptions {
  /** "sigmoid" (default): each logit a yes-or-no question. "softmax": the last axis holds classes that compete. */
  readonly head?: Head;
  /** Sigmoid head: the size of the last axis, where alpha or a parameter has one value per column. Softmax needs none. */
  readonly classes?: number;
  /** What the scores are: "logits" (default), or the "probabilities" that a sigmoid or softmax layer has made of them. */
  readonly from?: "logits" | "probabilities";
  /** Label smoothing s in [0, 1), default 0: t becomes t(1 − s) + s/2, a softmax share t(1 − s) + s/classes. */
  readonly labelSmoothing?: number;
  /** How the sigmoid head reads targets between 0 and 1. Default: as the loss was published, mostly "interpolate". */
  readonly soft?: SoftRule;
  /** tfjs's own. Default SUM_BY_NONZERO_WEIGHTS, as in `tf.losses`: without weights the mean. */
  readonly reduction?: Reduction;
}

/** A loss of tensors, in the order of arguments of `tf.losses`. */
export type TensorLoss = (labels: Tensor | TensorLike, logits: Tensor | TensorLike, weights?: Tensor | TensorLike | null) => Tensor;

export const optionNames = ["head", "classes", "from", "labelSmoothing", "soft", "reduction"];

/** Binds a loss to its options, in the kinds that are named. */
export function bindTensors(loss: AnyLoss, options: TfjsOptions, kindOf: KindOf): TensorLoss {
  const { head = "sigmoid", reduction = Reduction.SUM_BY_NONZERO_WEIGHTS } = options;
  if (!(reduction in Reduction)) throw new FocalError("argument", `reduction must be one of tf.Reduction, got ${describe(reduction)}`);
  const planOf = planner(loss, options, kindOf), { ops } = kindOf(loss, head);
  return (labels, logits, weights) => tidy(() => {
    const scores = floats(logits), plan = planOf(scores.shape.at(-1) ?? 1), targets = fitting(plan, asTensor(labels), scores);
    const compute = (total: boolean, divisor: number): Tensor => differentiable({
      name: loss.name, curved: plan.head === "sigmoid" && loss.kind !== "batch",
      run(given: Tensor, at: Tensor, order: Order) {
        const job = { plan, labels: given, logits: at, order, total, divisor };
        return hasKernel() ? byKernel(job) : byOps(job, ops);
      },
    }, targets, scores);
    if (loss.kind === "batch") {
      if (weights !== undefined && weights !== null) throw new FocalError("argument", `${loss.name} is one number for the whole batch: weights must be left out`);
      return compute(true, 1);
    }
    if (weights !== undefined && weights !== null) return tfLosses.computeWeightedLoss(compute(false, 1), asTensor(weights), reduction);
    if (reduction === Reduction.NONE) return compute(false, 1);
    const count = shapeOfLosses({ plan, logits: scores }).reduce((a, b) => a * b, 1);
    return compute(true, reduction === Reduction.SUM ? 1 : Math.max(1, count));
  });
}

const asTensor = (given: Tensor | TensorLike): Tensor => (given instanceof Tensor ? given : tensor(given as number[]));
const floats = (given: Tensor | TensorLike): Tensor => {
  const scores = asTensor(given);
  return scores.dtype === "float32" ? scores : cast(scores, "float32");
};

/** A loss's plans, by the number of classes; that of a sigmoid head, which does not depend on it, is checked at once. */
function planner(loss: AnyLoss, { head = "sigmoid", classes, from = "logits", labelSmoothing = 0, soft }: TfjsOptions, kindOf: KindOf): (last: number) => Plan {
  const plans = new Map<number, Plan>();
  const read = (count: number | undefined): Plan => readOptions(loss, { head, from, smoothing: labelSmoothing, ...(count !== undefined && { classes: count }), ...(soft && { soft }) }, (of, over) => kindOf(of, over).form);
  if (head !== "softmax") {
    const plan = read(classes);
    return (last) => {
      if (classes !== undefined && last !== classes) throw new FocalError("shape", `the last axis of the logits must be classes = ${classes} long, got ${last}`);
      return plan;
    };
  }
  if (classes !== undefined) throw new FocalError("argument", `with the softmax head the last axis of the logits says how many classes there are: classes must be left out, got ${describe(classes)}`);
  return (last) => {
    let plan = plans.get(last);
    if (!plan) plans.set(last, (plan = read(last)));
    return plan;
  };
}

/** Labels in the shape that engines take them in. */
function fitting({ head }: Plan, labels: Tensor, logits: Tensor): Tensor {
  const same = (shape: readonly number[]): boolean => labels.shape.length === shape.length && shape.every((length, i) => length === labels.shape[i]);
  if (same(logits.shape)) return labels;
  const rows = logits.shape.slice(0, -1);
  if (head === "softmax" && same(rows)) return labels;
  if (head === "softmax" && same([...rows, 1])) return reshape(labels, rows);
  throw new FocalError("shape", `labels must have the shape of the logits, [${logits.shape}]${head === "softmax" ? `, or one class for each of [${rows}]` : ""}, got [${labels.shape}]`);
}
