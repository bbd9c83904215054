import { describe, expectKnown, FocalError } from "../../errors.ts";
import type { AnyLoss } from "../../losses/loss.ts";
import { bindTensors, optionNames } from "./bind.ts";
import type { TensorLoss, TfjsOptions } from "./bind.ts";
import { kindOf } from "./kinds.ts";

/**
 * Any loss of the family in TensorFlow.js, with its exact gradient.
 *
 * `tf.losses` has no focal loss, and one composed of its operations loses its digits: the gradient of `tf.pow` is NaN at
 * γ = 0 and 0.5, log1p on the wasm backend 0 for confident examples. Here value and gradient come from the loss's own
 * formula in one pass: on the cpu and wasm backends from this library's kernels (SIMD on tfjs's own heap), elsewhere from
 * operations of the backend. Nothing is leaked, inside `tf.tidy` or not.
 *
 * @param loss - e.g. `focal({ gamma: 2, alpha: 0.25 })`
 * @param options - head (default "sigmoid"), from, labelSmoothing, soft, reduction (default as in `tf.losses`), classes
 * @returns a function of labels, logits and weights. Labels (float32, int32 or bool) have the shape of the logits; with the
 *   softmax head they may also be one class per row, in the logits' shape without its last axis. Weights broadcast to the
 *   losses. The gradient is by the logits (and the weights); with the sigmoid head it can be differentiated once more
 * @throws FocalError `argument` for impossible options, `shape` for shapes that do not fit; on cpu and wasm also
 *   `target` and `label` for labels out of range, which other backends cannot see
 *
 * @example
 * const loss = tfjsLoss(focal({ gamma: 2, alpha: 0.25 }), { reduction: tf.Reduction.SUM });
 * loss([1, 0], [0, 0]).dataSync()[0];                                           // 0.17328…
 * tf.grad((x) => loss([1, 0], x))(tf.tensor1d([0, 0])).dataSync();   // Float32Array [ -0.0745…, 0.2237… ]
 */
export function tfjsLoss(loss: AnyLoss, options: TfjsOptions = {}): TensorLoss {
  if (!loss?.formula) throw new FocalError("argument", `tfjsLoss takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  expectKnown("tfjsLoss", options, optionNames);
  return bindTensors(loss, options, kindOf);
}
