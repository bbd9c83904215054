import { DType } from "@jax-js/jax";
import type { numpy as np } from "@jax-js/jax";

/** Whether an array's type has numbers between 0 and 1. */
export const isFloat = ({ dtype }: Pick<np.Array, "dtype">): boolean => dtype === DType.Float16 || dtype === DType.Float32 || dtype === DType.Float64;
