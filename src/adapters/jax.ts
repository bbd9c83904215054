import { lax, numpy as np } from "@jax-js/jax";
import { FocalError } from "../errors.ts";
import type { Expr } from "../expr/expr.ts";
import { fold } from "../expr/fold.ts";
import type { Target } from "../expr/fold.ts";
import { classWeights } from "../inputs.ts";
import type { Head } from "../heads/job.ts";
import { derive } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";

type Tensor = np.Array | number;

/** In jax-js a use consumes an array: whoever needs it again takes a reference. */
const keep = <T extends Tensor>(a: T): T => (typeof a === "number" ? a : (a as np.Array).ref as T);
const one = (op: (a: Tensor) => np.Array) => (a: Tensor): Tensor => op(keep(a));
const two = (op: (a: Tensor, b: Tensor) => np.Array) => (a: Tensor, b: Tensor): Tensor => op(keep(a), keep(b));

const words = (symbols: Readonly<Record<string, np.Array>>): Target<Tensor> => ({
  num: (value) => value,
  sym: (name) => symbols[name]!,
  neg: one(np.negative),
  add: two(np.add),
  sub: two(np.subtract),
  mul: two(np.multiply),
  div: two(np.divide),
  pow: two(np.power),
  exp: one(np.exp),
  log: one(np.log),
  sigmoid: one((a) => np.reciprocal(np.add(1, np.exp(np.negative(a))))),
  softplus: one((a) => np.logaddexp(a, 0)),
  abs: one(np.abs),
  max: two(np.maximum),
  min: two(np.minimum),
  select: (c, a, b) => np.where(np.greaterEqual(keep(c), 0), keep(a), keep(b)),
  sqrt: one(np.sqrt),
  log1p: one(np.log1p),
});

/** Says formulas in jax-js operations, every shared part once. Consumes the symbols. */
function say(exprs: readonly Expr[], symbols: Readonly<Record<string, np.Array>>): np.Array[] {
  const memo = new Map<Expr, Tensor>();
  const target = words(symbols);
  const results = exprs.map((expr) => keep(fold(expr, target, memo)) as np.Array);
  const made = new Set([...memo.values(), ...Object.values(symbols)]);
  for (const tensor of made) if (typeof tensor !== "number") tensor.dispose();
  return results;
}

/**
 * A loss inside a jax-js program: the mean over a batch, differentiable by `grad`, inside `jit`.
 *
 * The gradient is the analytic one, attached to the logits, so it is finite for every logit; jax-js
 * never differentiates through the loss. Second derivatives through it are zero, not exact.
 *
 * @param loss - e.g. `focal({ gamma: 2 })`; parameters as single numbers
 * @param options - head "sigmoid" or "softmax" with its `classes`
 * @returns a function of logits (B) and targets (B) of 0 or 1; or of logits (B, C) and one-hot targets (B, C);
 *   all float32. As jax-js functions do, it consumes its arguments.
 *
 * @example
 * const loss = jaxLoss(focal({ gamma: 2, alpha: 0.25 }), { head: "sigmoid" });
 * loss(np.array([0, 0]), np.array([1, 0])).item();   // 0.0866…
 */
export function jaxLoss(loss: Loss, { head, classes }: { head: Head; classes?: number }): (logits: np.Array, targets: np.Array) => np.Array {
  if (loss.kind !== "margin" || loss.margins || loss.offsets || loss.labels !== "classes" || Object.values(loss.parameters).some((value) => typeof value !== "number")) {
    throw new FocalError("argument", `jaxLoss takes losses over p_t with one number per parameter, such as focal({ gamma: 2 }); ${loss.name} is not such a one`);
  }
  const [value, slope] = derive(loss, "hard", 1) as [Expr, Expr];
  const weights = classWeights(loss, head, classes);
  return head === "sigmoid" ? sigmoid : softmax;

  function sigmoid(logits: np.Array, targets: np.Array): np.Array {
    const x = lax.stopGradient(logits.ref);
    const side = targets.ref.mul(2).sub(1);
    const { negative, positive } = weights;
    const alphaT = targets.mul(positive[0]! - negative[0]!).add(negative[0]!);
    const [f, d] = say([value, slope], { u: side.ref.mul(x), alphaT }) as [np.Array, np.Array];
    return attach(np.mean(f), d.mul(side), logits);
  }

  function softmax(logits: np.Array, labels: np.Array): np.Array {
    const z = lax.stopGradient(logits.ref);
    const own = np.sum(z.ref.mul(labels.ref), 1, { keepdims: true });
    const others = np.where(labels.ref.greater(0), -Infinity, z);
    const top = np.max(others.ref, 1, { keepdims: true });
    const powers = np.exp(others.sub(top.ref));
    const sum = np.sum(powers.ref, 1, { keepdims: true });
    const rest = powers.div(sum.ref);
    const u = own.sub(top).sub(np.log(sum));
    const alphaT = np.sum(labels.ref.mul(np.array([...weights.positive])), 1, { keepdims: true });
    const [f, d] = say([value, slope], { u, alphaT }) as [np.Array, np.Array];
    return attach(np.mean(f), d.mul(labels.sub(rest)), logits);
  }
}

/** The value, with a gradient of our own: value + Σ gradient · (x − stop(x)) / rows. */
function attach(value: np.Array, gradient: np.Array, logits: np.Array): np.Array {
  const rows = logits.shape[0]!;
  const nothing = logits.ref.sub(lax.stopGradient(logits));
  return value.add(np.sum(gradient.mul(nothing)).div(rows));
}
