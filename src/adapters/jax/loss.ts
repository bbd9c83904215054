import type { numpy as np } from "@jax-js/jax";
import { describe, expectKnown, FocalError } from "../../errors.ts";
import { formOf } from "../../forms.ts";
import type { Head } from "../../heads/job.ts";
import type { AnyLoss, SoftRule } from "../../losses/loss.ts";
import { readOptions } from "../../options.ts";
import { isFloat } from "./labels.ts";
import { programOf } from "./program.ts";
import type { ArrayLoss } from "./program.ts";
export type { ArrayLoss } from "./program.ts";

/** What a loss is bound with. */
export interface JaxOptions {
  /** "sigmoid" (default): each logit a yes-or-no question. "softmax": the last axis holds classes that compete. */
  readonly head?: Head;
  /** Sigmoid head: the size of the last axis, where alpha or a parameter has one value per column. Softmax needs none. */
  readonly classes?: number;
  /** How the sigmoid head reads labels between 0 and 1. Default: as the loss was published, mostly "interpolate". */
  readonly soft?: SoftRule;
}

/**
 * Any loss of the family in jax-js, one loss per example as optax has it, with its exact derivatives.
 *
 * Composed of jax-js's own operations a focal loss loses its digits (`nn.softplus(100)` is infinite, `nn.logSigmoid(-89)`
 * too) and its gradient is NaN where a logit is sure of itself. Here value, gradient and second derivative come from the
 * loss's own formula. They go through `grad`, `valueAndGrad`, `jvp`, `hessian`, `vmap` and `jit`, and through whatever you
 * make of the losses: `np.mean(loss(…))`, weights, masks. Third derivatives are 0.
 *
 * @param loss - e.g. `focal({ gamma: 2, alpha: 0.25 })`
 * @param options - head (default "sigmoid"); classes; soft
 * @returns a function of logits and labels that consumes both. Logits of any shape and float type, computed and answered in
 *   float32. Labels in the shape of the logits: 0 or 1, of a float type also anything between (with the softmax head, a
 *   share of every class); integers and booleans are known to be hard and take less time. Softmax also takes one class per
 *   row, in the logits' shape without its last axis; a row of no such class loses nothing. Losses have the shape of the
 *   logits, with the softmax head without its last axis; those of a whole batch are one number
 * @throws FocalError `argument` for impossible options, `shape` for shapes that do not fit
 *
 * @example
 * const loss = jaxLoss(focal({ gamma: 2, alpha: 0.25 }));
 * loss(np.array([0, 0]), np.array([1, 0])).js();                                          // [ 0.0433…, 0.1299… ]
 * grad((x) => np.sum(loss(x, np.array([1, 0]))))(np.array([0, 0])).js();   // [ -0.0745…, 0.2237… ]
 */
export function jaxLoss(loss: AnyLoss, options: JaxOptions = {}): ArrayLoss {
  if (!loss?.formula) throw new FocalError("argument", `jaxLoss takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  expectKnown("jaxLoss", options, ["head", "classes", "soft"]);
  const { head = "sigmoid", classes, soft } = options;
  const bind = (count: number | undefined): ArrayLoss => programOf(readOptions(loss, { head, ...(count !== undefined && { classes: count }), ...(soft !== undefined && { soft }) }, formOf));
  const bySize = new Map<number, ArrayLoss>(), only = head === "softmax" ? undefined : bind(classes);
  if (head === "softmax" && classes !== undefined) throw new FocalError("argument", `with the softmax head the last axis of the logits says how many classes there are: classes must be left out, got ${describe(classes)}`);
  return (logits, labels) => {
    checkShapes(head, classes, logits, labels);
    if (only) return only(logits, labels);
    const last = logits.shape.at(-1)!;
    let bound = bySize.get(last);
    if (!bound) bySize.set(last, (bound = bind(last)));
    return bound(logits, labels);
  };
}

function checkShapes(head: Head, classes: number | undefined, logits: np.Array, labels: np.Array): void {
  for (const [name, array] of [["logits", logits], ["labels", labels]] as const) {
    if (!(array instanceof Object && "aval" in array)) throw new FocalError("argument", `${name} must be an array of jax-js, like np.array([1, 0]), got ${describe(array)}`);
  }
  if (!isFloat(logits)) throw new FocalError("argument", `logits must be of a float type, got ${logits.dtype}`);
  const last = logits.shape.at(-1);
  if (head === "softmax" && last === undefined) throw new FocalError("shape", "logits must have a last axis of classes, got a scalar");
  if (classes !== undefined && last !== classes) throw new FocalError("shape", `the last axis of the logits must be classes = ${classes} long, got [${logits.shape}]`);
  const fits = (shape: readonly number[]): boolean => labels.shape.length === shape.length && shape.every((length, i) => length === labels.shape[i]);
  if (fits(logits.shape) || (head === "softmax" && fits(logits.shape.slice(0, -1)))) return;
  throw new FocalError("shape", `labels must have the shape of the logits, [${logits.shape}]${head === "softmax" ? `, or one class for each of [${logits.shape.slice(0, -1)}]` : ""}, got [${labels.shape}]`);
}
