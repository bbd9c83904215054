/** Central differences: what a gradient and the diagonal of a Hessian must be, told from values alone. */
import { expect } from "vitest";

export interface Derived {
  readonly value: number | ArrayLike<number>;
  readonly grad: ArrayLike<number>;
  readonly hessian: ArrayLike<number>;
}

const total = (value: number | ArrayLike<number>): number => (typeof value === "number" ? value : Array.from(value).reduce((a, b) => a + b, 0));

/** What a difference of values may be off by: 1e-5 of a step leaves rounding of 1e-11 and a curve's third derivative times 1e-10. */
export const tolerance = 1e-6;
const step = 1e-5;

export function close(got: number, want: number, relative: number, absolute = 0, what = ""): void {
  expect(Math.abs(got - want), `${what} ${got} should be ${want}`).toBeLessThanOrEqual(relative * Math.abs(want) + absolute);
}

/**
 * Checks that `derive`'s gradient is the slope of its value, and its Hessian that of its gradient, by each input,
 * within 1e-6 of the value's size.
 */
export function expectDerivatives(derive: (at: number[]) => Derived, at: number[], size = step): void {
  const here = derive(at), allowed = tolerance * (1 + Math.abs(total(here.value)));
  at.forEach((x, j) => {
    const below = derive(at.with(j, x - size)), above = derive(at.with(j, x + size));
    close(here.grad[j]!, (total(above.value) - total(below.value)) / (2 * size), tolerance, allowed, `gradient ${j}:`);
    close(here.hessian[j]!, (above.grad[j]! - below.grad[j]!) / (2 * size), tolerance, allowed, `Hessian ${j}:`);
  });
}
