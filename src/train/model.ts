import { FocalError } from "../errors.ts";

/** One affine map, y = xW + b. */
export interface Layer {
  /** inputs × outputs, row-major. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
}

/** A trained classifier: layers with a ReLU between them. Plain data, for storing as it is. */
export interface Model {
  readonly layers: readonly Layer[];
  /** Two classes end in one logit of class 1 (sigmoid), more in one logit per class (softmax). */
  readonly head: "sigmoid" | "softmax";
  readonly features: number;
  readonly classes: number;
}

/**
 * The model's logits.
 *
 * @param x - rows × features, row-major, encoded as for training
 * @returns rows (sigmoid) or rows × classes (softmax)
 * @throws FocalError `shape` when x has another size
 */
export function logits(model: Model, x: Float32Array, rows: number): Float32Array {
  if (x.length !== rows * model.features) {
    throw new FocalError("shape", `x must hold rows × features = ${rows} × ${model.features} values, got ${x.length}`);
  }
  let activations = x;
  model.layers.forEach((layer, l) => {
    activations = affine(layer, activations, rows, l < model.layers.length - 1);
  });
  return activations;
}

/**
 * The probability of every class, without any training engine.
 *
 * These are σ and softmax of the logits. After focal loss or class weights they are scores rather than
 * probabilities; `recoverPosterior` puts them back on that scale.
 *
 * @param x - rows × features, row-major, encoded as for training
 * @returns rows × classes, row-major; for two classes both columns
 * @throws FocalError `shape` when x has another size
 */
export function predict(model: Model, x: Float32Array, rows: number): Float32Array {
  return probabilities(model, logits(model, x, rows));
}

/** What the head makes of logits. */
export function probabilities({ head, classes }: Pick<Model, "head" | "classes">, z: Float32Array): Float32Array {
  if (head === "sigmoid") {
    const out = new Float32Array(2 * z.length);
    for (let i = 0; i < z.length; i++) {
      out[2 * i] = 1 / (1 + Math.exp(z[i]!));
      out[2 * i + 1] = 1 / (1 + Math.exp(-z[i]!));
    }
    return out;
  }
  const out = new Float32Array(z.length);
  const powers = new Float64Array(classes);
  for (let start = 0; start < z.length; start += classes) {
    let top = -Infinity, sum = 0;
    for (let k = 0; k < classes; k++) top = Math.max(top, z[start + k]!);
    for (let k = 0; k < classes; k++) sum += powers[k] = Math.exp(z[start + k]! - top);
    for (let k = 0; k < classes; k++) out[start + k] = powers[k]! / sum;
  }
  return out;
}

/**
 * xW + b, row by row. Zeros are skipped (after a ReLU, and among one-hot columns, most inputs are) and the rest
 * taken four at a time, which halves the time of the plain loop.
 */
function affine({ weight, bias, inputs, outputs }: Layer, x: Float32Array, rows: number, relu: boolean): Float32Array {
  const out = new Float32Array(rows * outputs);
  const w = Float64Array.from(weight), sums = new Float64Array(outputs);
  const values = new Float64Array(inputs + 4), at = new Int32Array(inputs + 4);
  for (let row = 0; row < rows; row++) {
    let used = 0;
    for (let i = 0; i < inputs; i++) {
      const value = x[row * inputs + i]!;
      if (value === 0) continue;
      values[used] = value;
      at[used++] = i * outputs;
    }
    values.fill(0, used, used + 4);
    sums.set(bias);
    for (let i = 0; i < used; i += 4) {
      const v0 = values[i]!, v1 = values[i + 1]!, v2 = values[i + 2]!, v3 = values[i + 3]!;
      const a0 = at[i]!, a1 = at[i + 1]!, a2 = at[i + 2]!, a3 = at[i + 3]!;
      for (let o = 0; o < outputs; o++) sums[o]! += v0 * w[a0 + o]! + v1 * w[a1 + o]! + v2 * w[a2 + o]! + v3 * w[a3 + o]!;
    }
    for (let o = 0; o < outputs; o++) out[row * outputs + o] = relu && sums[o]! < 0 ? 0 : sums[o]!;
  }
  return out;
}
