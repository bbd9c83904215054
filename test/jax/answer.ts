/** What jax-js answers for a golden table, on whichever device is the default: in Node and in a page. */
import { grad, hessian, jit, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { Criterion } from "focal-loss";
import { jaxLoss } from "focal-loss/jax";
import type { Entry } from "../golden/entry.ts";
import { lossOf } from "../golden/lossOf.ts";

export interface Answer {
  readonly value: number | number[];
  readonly grad: number[];
  readonly hessian: number[];
}

/** Of integers a loss knows that they are hard. Rows of floats are shares of every class. */
export type LabelType = "int32" | "float32";

const numbers = async (array: np.Array): Promise<number[]> => Array.from(await array.data());

/**
 * Losses and gradient in one compiled program; the Hessian's diagonal by differentiating again, if `curved`: of one-logit
 * losses by the gradient of the gradient's sum, else out of the whole Hessian.
 */
export async function answer(entry: Entry, type: LabelType, curved: boolean): Promise<Answer> {
  const { head, classes, options, logits, targets } = entry, loss = lossOf(entry) as Criterion["loss"], n = logits.length;
  const soft = options?.soft, f = jaxLoss(loss, { head, ...(soft && { soft }), ...(head === "sigmoid" && classes !== undefined && { classes }) });
  const shape = classes === undefined ? [n] : [n / classes, classes];
  const x = np.array(Float32Array.from(logits), { shape }), isRow = targets.length < n, between = loss.kind === "margin" && loss.labels === "between";
  const shares = isRow && !between && type === "float32" ? logits.map((_, i) => (targets[Math.floor(i / classes!)] === i % classes! ? 1 : 0)) : undefined;
  const t = np.array(type === "int32" ? Int32Array.from(targets) : Float32Array.from(shares ?? targets), { shape: isRow && !shares ? [n / classes!] : shape });
  const total = (z: np.Array, y: np.Array): np.Array => np.sum(f(z, y));
  const both = jit((z: np.Array, y: np.Array): [np.Array, np.Array] => {
    const [sum, gradient] = valueAndGrad(total)(z.ref, y.ref) as [np.Array, np.Array];
    sum.dispose();
    return [f(z, y), gradient];
  });
  const [value, gradient] = both(x.ref, t.ref) as [np.Array, np.Array];
  const answers = { value: loss.kind === "batch" ? (await numbers(value))[0]! : await numbers(value), grad: await numbers(gradient) };
  both.dispose();
  if (!curved) {
    [x, t].forEach((array) => array.dispose());
    return { ...answers, hessian: [] };
  }
  if (head === "sigmoid" && loss.kind !== "batch") {
    return { ...answers, hessian: await numbers(jit(grad((z: np.Array, y: np.Array) => np.sum(grad(total)(z, y))))(x, t)) };
  }
  const matrix = await numbers(hessian((flat: np.Array) => total(flat.reshape(shape), t.ref))(x.reshape([n])));
  t.dispose();
  return { ...answers, hessian: logits.map((_, i) => matrix[i * n + i]!) };
}
