import type { Loss } from "../losses/loss.ts";
import type { Labels } from "../losses/derive.ts";
import type { Order } from "./scalar.ts";

export type Floats = Float32Array | Float64Array;
export type NumberArray = ArrayLike<number>;

/** One run of a loss over arrays. Everything has been checked. */
export interface Job {
  readonly loss: Loss;
  /** Whether some target stands between 0 and 1; a SIMD kernel finds out by itself. */
  readonly labels: Labels;
  readonly order: Order;
  readonly logits: Floats;
  readonly targets: NumberArray;
  /** One factor per example. */
  readonly weights: NumberArray | undefined;
  readonly ignoreIndex: number | undefined;
  /** Class weights: of a negative and of a positive, by column (sigmoid); of a label (softmax, `positive` only). */
  readonly alpha: { readonly negative: Float64Array; readonly positive: Float64Array };
  /** Row length: columns of a sigmoid head (1 when it has none), classes of a softmax head. */
  readonly classes: number;
  /** Distance in memory between the classes of one example: 1, or the pixels of an NCHW plane. */
  readonly inner: number;
  /** Factor on gradient and curvature: 1 / normaliser. */
  readonly scale: number;
  /** Where each example's loss goes, if it is wanted. */
  readonly losses: Floats | undefined;
  readonly grad: Floats | undefined;
  readonly hessian: Floats | undefined;
}

/** Runs a job and returns the sum of its losses. */
export type Kernel = (job: Job) => number;
