import type { numpy as np } from "@jax-js/jax";
import { log, sym } from "../../expr/expr.ts";
import { expOfNegative, toFloat32 } from "../../expr/float32.ts";
import { less } from "./rounded.ts";
import type { Rounded } from "./rounded.ts";
import type { Scope, Tensor } from "./scope.ts";
import { say } from "./words.ts";

/** Stands for −∞ where arithmetic goes on. */
export const lowest = -3e38;

/** Margins of rows, and a step from them: 0, with the derivatives of u by the logits. */
export interface Margins extends Required<Rounded> {
  readonly step: np.Array;
}

/** Rows of logits, a step from them, and what is added to the logits of each class. */
export interface Rows {
  readonly z: np.Array;
  readonly steps: np.Array;
  readonly offsets: Tensor;
}

const power = expOfNegative(sym("u"), sym("tail")), logarithm = toFloat32([log(sym("u"))]);

/** e^(z + offset − top), where top is nowhere exceeded. */
function powersOf(scope: Scope, z: np.Array, offsets: Tensor, top: Tensor): np.Array {
  return say(scope, [power], { ...less(scope, less(scope, { u: z }, top), scope.neg(offsets)) })[0] as np.Array;
}

/** z + offset − top − log(sum). */
function marginFrom(scope: Scope, z: np.Array, offsets: Tensor, top: Tensor, sum: Tensor): Required<Rounded> {
  const [logSum] = say(scope, logarithm, { u: sum }) as [Tensor];
  return less(scope, less(scope, less(scope, { u: z }, top), scope.neg(offsets)), logSum) as Required<Rounded>;
}

/** The logits as they compete. */
const shifted = ({ z, offsets }: Rows, scope: Scope): np.Array => (offsets === 0 ? z : scope.add(z, offsets));

/**
 * The margin of one class of each row, u = z_y − log Σ_{j≠y} e^{z_j}, in a row of its own.
 *
 * Its derivatives are those of a logarithm of a sum of powers, with r_j the softmax of the others:
 * ∂u/∂z_j = [j = y] − r_j and ∂²u/∂z_j∂z_k = −r_j ([j = k] − r_k).
 *
 * @param own - true at the class, and nowhere for rows without one, whose margins mean nothing
 */
export function marginOf(scope: Scope, rows: Rows, own: np.Array): Margins {
  const { sub, mul, where, total, greatest, inverse } = scope, { z, steps, offsets } = rows;
  const ofOwn = (a: Tensor): np.Array => total(where(own, a, 0));
  const top = greatest(where(own, lowest, shifted(rows, scope))), powers = where(own, 0, powersOf(scope, where(own, lowest, z), offsets, top)), sum = total(powers);
  const shares = mul(powers, inverse(sum)), pulled = mul(shares, steps), pull = total(pulled);
  // As a variance, of which nothing is lost where one share is almost 1.
  const first = total(sub(where(own, steps, 0), pulled)), away = sub(steps, pull), second = total(mul(shares, mul(away, away)));
  return { ...marginFrom(scope, ofOwn(z), offsets === 0 ? 0 : ofOwn(offsets), top, sum), step: sub(first, mul(second, 0.5)) };
}

/** The first of the greatest of each row. */
export function strongest({ neg, where, equal, greatest }: Scope, z: Tensor, columns: Tensor): np.Array {
  const early = neg(columns), first = greatest(where(equal(z, greatest(z)), early, lowest));
  return equal(early, first);
}

/**
 * The margins of all classes of each row.
 *
 * All but the greatest share one sum of powers, in which the greatest is 1 and their own is taken away again. The
 * greatest, of which nothing would be left, has its own sum.
 */
export function everyMargin(scope: Scope, rows: Rows, columns: Tensor): Margins {
  const { add, sub, mul, where, total, greatest, inverse } = scope, { z, steps, offsets } = rows, competing = shifted(rows, scope);
  const top = strongest(scope, competing, columns), one = greatest(competing), two = greatest(where(top, lowest, competing));
  const powers = powersOf(scope, z, offsets, one), rest = total(where(top, 0, powers));
  const rivals = where(top, 0, powersOf(scope, where(top, lowest, z), offsets, two)), rivalSum = total(rivals);
  const sums = where(top, rivalSum, add(1, sub(rest, powers))), inverses = inverse(sums), shares = mul(rivals, inverse(rivalSum));
  /** Σ_{j≠k} r_j a_j, with r the softmax of the classes other than k. */
  const mean = (a: Tensor): np.Array => {
    const moved = mul(powers, a);
    return where(top, total(mul(shares, a)), mul(sub(total(moved), moved), inverses));
  };
  const pull = mean(steps), second = sub(mul(pull, pull), mean(mul(steps, steps)));
  return { ...marginFrom(scope, z, offsets, where(top, two, one), sums), step: add(sub(steps, pull), mul(second, 0.5)) };
}
