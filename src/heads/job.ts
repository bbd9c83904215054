import type { Curvature, Labels, Order } from "../losses/derive.ts";
import type { AnyLoss } from "../losses/loss.ts";

/** "sigmoid": each logit a yes-or-no question. "softmax": rows of logits that compete. */
export type Head = "sigmoid" | "softmax";
export type Floats = Float32Array | Float64Array;
export type NumberArray = ArrayLike<number>;

/** One run of a loss over arrays. Everything has been checked. */
export interface Job<L extends AnyLoss = AnyLoss> {
  readonly loss: L;
  /** How targets are read; a SIMD kernel that reads them as hard finds out by itself if some are not. */
  readonly labels: Labels;
  /** How targets between 0 and 1 are read. */
  readonly soft: Labels;
  readonly order: Order;
  readonly curvature: Curvature;
  /** Whether SIMD may fuse products into sums where the machine can: faster, and then not the same bits everywhere. */
  readonly relaxed: boolean;
  readonly logits: Floats;
  /** One per logit (sigmoid), one per row, or one per logit of a row (softmax). */
  readonly targets: NumberArray;
  /** One factor per example. */
  readonly weights: NumberArray | undefined;
  readonly ignoreIndex: number | undefined;
  /** Class weights: of a negative and of a positive, by column (sigmoid); of a label (softmax, `positive` only). */
  readonly alpha: { readonly negative: Float64Array; readonly positive: Float64Array };
  /** Added to the logits of each class (softmax) or to every logit (sigmoid). */
  readonly offsets: Float64Array;
  /** Row length: columns of a sigmoid head (1 when it has none), classes of a softmax head. */
  readonly classes: number;
  /** Whether settings are per column, as many as `classes`. */
  readonly perColumn: boolean;
  /** Distance in memory between the classes of one example: 1, or the pixels of an NCHW plane. */
  readonly inner: number;
  /** Factor on gradient and curvature: 1 / normaliser. */
  readonly scale: number;
  /** Where each example's loss goes, if it is wanted. */
  readonly losses: Floats | undefined;
  readonly grad: Floats | undefined;
  readonly hessian: Floats | undefined;
}

/** Leaves a row of classes without a loss and without derivatives. */
export function clearRow({ classes, inner, losses, grad, hessian }: Job, row: number): void {
  if (losses) losses[row] = 0;
  const start = rowStart(row, classes, inner);
  for (const array of [grad, hessian]) for (let j = 0; array && j < classes; j++) array[start + j * inner] = 0;
}

/** Where the logits of one row begin; the others follow `inner` apart. */
export const rowStart = (row: number, classes: number, inner: number): number => Math.floor(row / inner) * inner * classes + (row % inner);
