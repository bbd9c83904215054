import { lax, numpy as np } from "@jax-js/jax";

/** An array, or the number that all its elements would be. */
export type Tensor = np.Array | number;

/** Tracers are arrays, too, though none of the class of that name. */
const isArray = (thing: unknown): thing is np.Array => thing instanceof Object && "ref" in thing;

/**
 * Arrays that formulas may use as often as they need, until the scope closes.
 *
 * In jax-js a use consumes an array. Here operations take a reference of what they use, and note what they make.
 */
export class Scope {
  readonly #made: np.Array[] = [];

  own(array: np.Array): np.Array {
    this.#made.push(array);
    return array;
  }

  close(): void {
    for (const array of this.#made) array.dispose();
  }

  /** Applies an operation of jax-js. */
  readonly of = <A extends readonly unknown[]>(operation: (...args: A) => np.Array, ...args: A): np.Array =>
    this.own(operation(...(args.map((arg) => (isArray(arg) ? arg.ref : arg)) as unknown as A)));

  readonly neg = (a: Tensor): Tensor => (typeof a === "number" ? -a : this.of(np.negative, a));
  readonly add = (a: Tensor, b: Tensor): np.Array => this.of(np.add, a, b);
  readonly sub = (a: Tensor, b: Tensor): np.Array => this.of(np.subtract, a, b);
  readonly mul = (a: Tensor, b: Tensor): np.Array => this.of(np.multiply, a, b);
  readonly max = (a: Tensor, b: Tensor): np.Array => this.of(np.maximum, a, b);
  readonly min = (a: Tensor, b: Tensor): np.Array => this.of(np.minimum, a, b);
  readonly abs = (a: Tensor): np.Array => this.of(np.abs, a);
  readonly where = (condition: np.Array, a: Tensor, b: Tensor): np.Array => this.of(np.where, condition, a, b);
  /** Whether a ≥ b. */
  readonly reaches = (a: Tensor, b: Tensor): np.Array => this.of(np.greaterEqual, a, b);
  readonly equal = (a: Tensor, b: Tensor): np.Array => this.of(np.equal, a, b);
  readonly floats = (a: np.Array): np.Array => this.of((array: np.Array) => array.astype(np.float32), a);
  /** A number that no derivative sees. */
  readonly fixed = (a: Tensor): np.Array => this.of(lax.stopGradient, a);

  /** Over the classes, the first axis, which stays as one of length 1. */
  readonly total = (a: Tensor): np.Array => this.of(np.sum, a, 0, { keepdims: true });
  readonly greatest = (a: Tensor): np.Array => this.of(np.max, a, 0, { keepdims: true });

  /**
   * The same array, computed in a kernel of its own.
   *
   * jax-js fuses operations, and on WebAssembly a fused kernel is vectorised only if all of it can be: no division, no bits,
   * no sum over everything. What can be vectorised is kept apart from those. It says so by a detour: what is padded has to
   * be there first; taking the padding off again costs nothing.
   */
  readonly apart = (a: Tensor): Tensor => {
    if (typeof a === "number" || a.ndim === 0) return a;
    const length = a.shape[0]!;
    return this.of((array: np.Array) => np.pad(array, { 0: [0, 1] }).slice([0, length]), a);
  };
  readonly inverse = (a: Tensor): Tensor => (typeof a === "number" ? 1 / a : this.apart(this.of(np.reciprocal, this.apart(a))));
}

/** Runs formulas that may use arrays freely, and consumes the arrays. */
export function within(arrays: readonly np.Array[], formulas: (scope: Scope) => np.Array): np.Array {
  const scope = new Scope();
  for (const array of arrays) scope.own(array);
  try {
    return formulas(scope).ref;
  } finally {
    scope.close();
  }
}
