import { clone, customGrad, engine, expandDims, getBackend, mul } from "@tensorflow/tfjs-core";
import type { GradSaveFunc, Tensor } from "@tensorflow/tfjs-core";
import { FocalError } from "../../errors.ts";
import type { Order } from "../../losses/derive.ts";
import type { Answer } from "./job.ts";

/** What stands behind an operation: its value at labels and logits, and as many derivatives by the logits as are asked for. */
export interface Differentiable {
  readonly name: string;
  run(labels: Tensor, logits: Tensor, order: Order): Answer;
  /** Whether `run` knows second derivatives: those of losses that are each a function of one logit. */
  readonly curved: boolean;
}

type CustomGradient = (x: Tensor, save: GradSaveFunc) => { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor };
const custom = (f: CustomGradient, x: Tensor): Tensor => customGrad(f as never)(x);

/** Open gradients: 1 while one is taken, more while its own gradient is to be taken. */
const depth = (): number => engine().state.gradientDepth;

/**
 * Runs a loss and, where a gradient will be asked for, its gradient in the same pass; tfjs keeps that until then.
 * The gradient of the gradient is the exact curvature; what cannot be differentiated again says so.
 */
export function differentiable(loss: Differentiable, labels: Tensor, logits: Tensor): Tensor {
  return custom((x, save) => {
    const [value, grad] = loss.run(labels, x, depth() > 0 ? 1 : 0) as [Tensor, Tensor?];
    if (grad) save(depth() > 1 ? [grad, labels, x] : [grad]);
    return { value, gradFunc: (dy, [slope, given, again]) => times(dy, given && again ? slopeAt(loss, given, again, slope!) : slope!) };
  }, logits);
}

/** The slope as an operation that has a gradient itself. */
function slopeAt(loss: Differentiable, labels: Tensor, logits: Tensor, slope: Tensor): Tensor {
  if (!loss.curved) return final(logits, slope, `${loss.name} has no second derivatives in TensorFlow.js here: losses with the sigmoid head that are not of a whole batch have`);
  return custom((x, save) => {
    save([labels, x]);
    const curvature = (given: Tensor, again: Tensor): Tensor => final(again, loss.run(given, again, 2)[2]!, `${loss.name} has no third derivatives in TensorFlow.js`);
    return { value: clone(slope), gradFunc: (dy, [given, again]) => times(dy, curvature(given!, again!)) };
  }, logits);
}

/** A function of the logits that refuses to be differentiated, where anything would. */
function final(logits: Tensor, value: Tensor, refusal: string): Tensor {
  if (depth() === 0) return value;
  return custom(() => ({ value: clone(value), gradFunc: () => { throw new FocalError("engine", refusal); } }), logits);
}

/** What comes back for a loss, times the loss's slope: one loss, one per logit or one per row. */
function times(dy: Tensor, slope: Tensor): Tensor {
  const perRow = dy.rank > 0 && dy.rank < slope.rank;
  // Mostly it is 1, and these two backends know that at once: nothing needs to be multiplied.
  if (dy.rank === 0 && depth() === 0 && ["cpu", "wasm"].includes(getBackend()) && dy.dataSync()[0] === 1) return clone(slope);
  return mul(perRow ? expandDims(dy, -1) : dy, slope);
}
