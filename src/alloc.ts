import { describe, FocalError } from "./errors.ts";
import { commonMachine, machineWithRoom } from "./kernels/machine.ts";
import type { ArrayType } from "./kernels/machine.ts";

/** Arrays of one length that share the memory of the SIMD kernels. */
export interface Room<T extends Float32Array | Uint8Array = Float32Array> {
  readonly logits: Float32Array;
  readonly targets: T;
  readonly weights: Float32Array;
  readonly grad: Float32Array;
  readonly hessian: Float32Array;
}

/**
 * Arrays that the SIMD kernels work on without copying.
 *
 * Other arrays are copied through the kernels' memory block by block, which costs a fifth of the time at a million logits.
 * Arrays of one room go together; those left unused take up no memory. A room lives as long as one of its arrays.
 * Where SIMD is missing they are arrays like any other.
 *
 * @param length - numbers per array; with softmax, rows × classes
 * @param type - of the targets: Float32Array (default) or, for targets of 0 and 1, Uint8Array, a quarter of the memory
 * @throws FocalError `argument` when the length is no whole number or memory runs out
 *
 * @example
 * const { logits, targets, grad } = alloc(1_000_000);
 * logits.fill(-3);                                                                // fill in place, do not replace
 * criterion(focal()).valueAndGrad(logits, targets, { out: grad }).grad === grad;   // true
 */
export function alloc<T extends Float32Array | Uint8Array = Float32Array>(length: number, type: ArrayType<T> = Float32Array as never): Room<T> {
  if (!(Number.isSafeInteger(length) && length >= 0)) throw new FocalError("argument", `length must be a whole number ≥ 0, got ${String(length)}`);
  const asked: unknown = type;
  if (asked !== Float32Array && asked !== Uint8Array) throw new FocalError("argument", `type must be Float32Array or Uint8Array, got ${describe(type)}`);
  try {
    const machine = commonMachine() && machineWithRoom(5 * (4 * length + 64));
    const take = (): Float32Array => (machine ? machine.take(length, Float32Array) : new Float32Array(length));
    return { logits: take(), targets: machine ? machine.take(length, type) : new type(length), weights: take(), grad: take(), hessian: take() };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FocalError("argument", `length must leave room in a memory of 4 GiB for five arrays, got ${length}`);
  }
}
