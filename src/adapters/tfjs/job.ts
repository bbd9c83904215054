import type { Tensor } from "@tensorflow/tfjs-core";
import type { Order } from "../../losses/derive.ts";
import type { Plan } from "../../options.ts";

/** One run of a loss over tensors. */
export interface TensorJob {
  readonly plan: Plan;
  /** In the shape of the logits; with the softmax head also one class per row. */
  readonly labels: Tensor;
  /** Or what the plan says the scores are. */
  readonly logits: Tensor;
  readonly order: Order;
  /** Whether the losses are added up; else each one is answered. */
  readonly total: boolean;
  /** What the losses and derivatives are divided by. */
  readonly divisor: number;
}

/** The losses or their total and, as the order asks, the derivative of each loss by its logits, and the second one. */
export type Answer = readonly Tensor[];

/** The shape of the losses. */
export const shapeOfLosses = ({ plan: { head }, logits: { shape } }: Pick<TensorJob, "plan" | "logits">): number[] => (head === "softmax" ? shape.slice(0, -1) : shape);
