import type { Floats } from "../heads/job.ts";
import { cholesky, solve } from "./cholesky.ts";
import type { Layout } from "./layout.ts";
import type { Table } from "./table.ts";

/** Applies an approximate inverse of the Hessian, in place. */
export type Preconditioner = (v: Float64Array) => void;

/**
 * The inverse Hessian of a linear model, class by class.
 *
 * Columns of different spread or leaning on each other, rare classes, and rows that are long decided make plain L-BFGS
 * crawl: hundreds of passes where this takes tens. Class k's block is Xᵀ diag(h_k) X/n + l2, with h_k the curvature of
 * the loss by its logit (negative where focal loss is concave: taken as 0) and the bias as a column of ones; it is
 * factored by Cholesky. Only the coupling between classes is left to L-BFGS to find out.
 *
 * @param curvature - d²L/dz² of the mean loss, rows × outputs
 */
export function preconditioner(table: Table, { layers }: Layout, curvature: Floats, l2: number): Preconditioner {
  const { outputs } = layers[0]!;
  const size = table.features + 1;
  const factors = Array.from({ length: outputs }, (_, o) => cholesky(block(table, curvature, outputs, o, l2), size));
  const rhs = new Float64Array(size);
  return (v) => {
    factors.forEach((factor, o) => {
      for (let i = 0; i < size; i++) rhs[i] = v[i * outputs + o]!;
      solve(factor, rhs);
      for (let i = 0; i < size; i++) v[i * outputs + o] = rhs[i]!;
    });
  };
}

/** Xᵀ diag(h) X + l2, lower half, with a little more on the diagonal so that a constant or doubled column does no harm. */
function block({ x, rows, features }: Table, curvature: Floats, outputs: number, o: number, l2: number): Float64Array {
  const size = features + 1;
  const sums = new Float64Array(size * size);
  const used = new Int32Array(size), values = new Float64Array(size);
  let most = 0;
  for (let row = 0; row < rows; row++) most = Math.max(most, curvature[row * outputs + o]!);
  for (let row = 0; row < rows; row++) {
    const h = curvature[row * outputs + o]!;
    if (h <= 1e-7 * most) continue;
    let count = 0;
    for (let i = 0; i < size; i++) {
      const value = i < features ? x[row * features + i]! : 1;
      if (value === 0) continue;
      used[count] = i;
      values[count++] = value;
    }
    for (let a = 0; a < count; a++) {
      const at = used[a]! * size, factor = h * values[a]!;
      for (let b = 0; b <= a; b++) sums[at + used[b]!]! += factor * values[b]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < size; i++) trace += sums[i * size + i]!;
  for (let i = 0; i < size; i++) sums[i * size + i]! += l2 + Math.max((1e-7 * trace) / size, 1e-12);
  return sums;
}
