import type { numpy as np } from "@jax-js/jax";
import type { Scope, Tensor } from "./scope.ts";

/** Numbers that differences have been taken of, with what rounding took from them, if anything. */
export interface Rounded {
  readonly u: np.Array;
  readonly tail?: np.Array;
}

/** u − amount, with what rounding took from it, whichever is larger. */
export function less({ add, sub }: Scope, { u, tail }: Rounded, amount: Tensor): Rounded {
  if (amount === 0) return { u, ...(tail && { tail }) };
  const rest = sub(u, amount), back = sub(rest, u), lost = sub(sub(u, sub(rest, back)), add(amount, back));
  return { u: rest, tail: tail ? add(tail, lost) : lost };
}
