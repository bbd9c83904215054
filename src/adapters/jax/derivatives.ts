import type { numpy as np } from "@jax-js/jax";
import type { Scope, Tensor } from "./scope.ts";

/** Stands for −∞, as of a class that is masked, where arithmetic goes on. */
const lowest = -1.5e38;

/** Logits as formulas take them, and a step away from them: always 0, but its derivative by the logits is 1. */
export interface Stepped {
  readonly x: np.Array;
  readonly step: np.Array;
}

export function stepFrom({ floats, fixed, max, min, sub }: Scope, logits: np.Array): Stepped {
  const x = max(floats(logits), lowest), still = max(floats(fixed(logits)), lowest);
  // Held between 0 and 0, which lets derivatives through, and which jax-js understands: where only the value is wanted, it
  // leaves out what a step is multiplied by.
  return { x: still, step: min(max(sub(x, still), 0), 0) };
}

/**
 * A value with derivatives of our own: Taylor's series over a step, f + f′·step + f″·step²/2.
 *
 * jax-js has no custom derivatives, and its own of powers, logarithms and exponentials are NaN in the tails. This is f to it,
 * the first derivative is f′, the second f″, both exact; a third is 0.
 */
export function withDerivatives({ fixed, apart, add, mul }: Scope, [value, slope, curvature]: readonly Tensor[], step: Tensor): np.Array {
  return add(apart(fixed(value!)), mul(step, add(fixed(slope!), mul(mul(step, 0.5), fixed(curvature!)))));
}
