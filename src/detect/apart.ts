import { numpy as np } from "@jax-js/jax";

/**
 * The same array in memory of its own.
 *
 * jax-js fuses operations, and a fused kernel runs four numbers at a time only if all of it can: neither a division nor the
 * edge of a padded map may be in it. What is padded has to be there first; taking the padding off again costs nothing.
 */
export function apart(a: np.Array): np.Array {
  const length = a.shape[0]!;
  return np.pad(a, { 0: [0, 1] }).slice([0, length]);
}
