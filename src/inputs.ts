import { describe, FocalError } from "./errors.ts";
import type { Floats, Head, NumberArray } from "./heads/job.ts";
import type { AnyLoss } from "./losses/loss.ts";

/** The weights of a negative and of a positive, by column; of a label under softmax (`positive` only). */
export interface ClassWeights {
  readonly negative: Float64Array;
  readonly positive: Float64Array;
}

/** Class weights by the head's rule (see {@link Alpha}), times the criterion's own. */
export function classWeights(loss: AnyLoss, head: Head, classes: number | undefined, factors?: readonly number[]): ClassWeights {
  const weights = alphaWeights(loss, head, classes);
  if (factors === undefined) return weights;
  if (head === "sigmoid" && classes === undefined) throw new FocalError("argument", "classWeights are per column: with the sigmoid head classes must say how many there are; the weights of no and yes are alpha: [no, yes]");
  expectNumbers("classWeights", factors);
  expectLength("classWeights", factors, classes!, "one per class");
  checkWeights(factors, "classWeights");
  return { negative: weights.negative.map((w, k) => w * factors[k]!), positive: weights.positive.map((w, k) => w * factors[k]!) };
}

function alphaWeights(loss: AnyLoss, head: Head, classes: number | undefined): ClassWeights {
  const { alpha } = loss;
  const size = classes ?? 1;
  const fill = (weight: number): Float64Array => new Float64Array(size).fill(weight);
  if (alpha === undefined) return { negative: fill(1), positive: fill(1) };
  if (typeof alpha === "object" && "uniform" in alpha) return { negative: fill(alpha.uniform), positive: fill(alpha.uniform) };
  if (head === "softmax") {
    if (typeof alpha === "number") {
      throw new FocalError("argument", `with the softmax head alpha must be an array of ${size} class weights or { uniform: ${alpha} }, got ${alpha}: α and 1 − α name two classes only`);
    }
    expectLength("alpha", alpha, size, "one per class");
    return { negative: fill(1), positive: Float64Array.from(alpha) };
  }
  if (typeof alpha === "number") return { negative: fill(1 - alpha), positive: fill(alpha) };
  if (classes === undefined) {
    expectLength("alpha", alpha, 2, "for negatives and for positives");
    return { negative: Float64Array.of(alpha[0]!), positive: Float64Array.of(alpha[1]!) };
  }
  expectLength("alpha", alpha, classes, "one per column");
  const tooLarge = alpha.find((a) => a > 1);
  if (tooLarge !== undefined) throw new FocalError("argument", `alpha of a column must be in [0, 1] (positives weigh alpha, negatives 1 − alpha), got ${tooLarge}`);
  return { negative: Float64Array.from(alpha, (a) => 1 - a), positive: Float64Array.from(alpha) };
}

function expectLength(name: string, values: readonly number[], length: number, which: string): void {
  if (values.length !== length) throw new FocalError("argument", `${name} must have ${length} values, ${which}, got ${values.length}`);
}

/** A parameter given per class must have one value for each. */
export function checkParameters(loss: AnyLoss, head: Head, classes: number | undefined): void {
  for (const [name, value] of Object.entries(loss.parameters)) {
    if (typeof value !== "number") expectLength(name, value, classes ?? 2, classes === undefined && head === "sigmoid" ? "for negatives and for positives" : "one per class");
  }
}

/** float32 and float64 arrays as they are, plain arrays of numbers as float64. */
export function toFloats(name: string, values: Floats | readonly number[]): Floats {
  if (values instanceof Float32Array || values instanceof Float64Array) return values;
  if (Array.isArray(values)) {
    const wrong = values.findIndex((value) => typeof value !== "number");
    if (wrong < 0) return Float64Array.from(values as readonly number[]);
    throw new FocalError("argument", `${name}[${wrong}] must be a number, got ${describe(values[wrong])}${Array.isArray(values[wrong]) ? ": pass nested rows as one flat array" : ""}`);
  }
  throw new FocalError("argument", `${name} must be a Float32Array, a Float64Array or an array of numbers, got ${describe(values)}`);
}

/** Targets, labels and weights may be any array of numbers. */
export function expectNumbers(name: string, values: unknown): asserts values is NumberArray {
  if (values instanceof Float32Array || values instanceof Uint8Array || values instanceof Int32Array || values instanceof Float64Array) return;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    throw new FocalError("argument", `${name} must hold numbers, got ${describe(values)}; Int32Array.from(${name}, Number) makes them so`);
  }
  if (ArrayBuffer.isView(values) && !(values instanceof DataView)) return;
  if (!Array.isArray(values)) throw new FocalError("argument", `${name} must be a typed array or an array of numbers, got ${describe(values)}`);
  const wrong = values.findIndex((value) => typeof value !== "number");
  if (wrong >= 0) throw new FocalError("argument", `${name}[${wrong}] must be a number, got ${describe(values[wrong])}`);
}

/** Factors on examples must be usable, or they would turn up in the sum as nonsense. */
export function checkWeights(weights: NumberArray, name = "weights"): void {
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i]! >= 0 && weights[i]! < Infinity)) throw new FocalError("argument", `${name}[${i}] must be a finite number ≥ 0, got ${weights[i]}`);
  }
}

/** Whether a gradient is written over the logits it belongs to; it must not be over some others of them. */
export function isWrittenOver(logits: Floats, out: Floats): boolean {
  if (logits.buffer !== out.buffer) return false;
  if (logits.byteOffset === out.byteOffset) return true;
  const [first, second] = logits.byteOffset < out.byteOffset ? [logits, out] : [out, logits];
  if (first.byteOffset + first.byteLength > second.byteOffset) throw new FocalError("argument", "out must be the logits' own memory or apart from it, got memory that overlaps it in part");
  return false;
}

/** The index of the first NaN or infinite value, or −1. */
export const firstNotFinite = (values: Floats): number => values.findIndex((value: number) => !Number.isFinite(value));

/** Scores all between 0 and 1 are hardly logits. A few, or all the same, prove nothing. */
export function looksLikeProbabilities(logits: Floats): boolean {
  if (logits.length < 16) return false;
  for (let i = 0; i < logits.length; i++) if (!(logits[i]! >= 0 && logits[i]! <= 1)) return false;
  return logits.some((x: number) => x !== logits[0]);
}
