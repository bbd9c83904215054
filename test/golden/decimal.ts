/**
 * Arithmetic with 300 digits, and derivatives as central differences.
 *
 * A step of 1e-60 leaves a relative error of 1e-120 and an absolute one of 1e-175, so 50 digits are right
 * wherever the result is above 1e-120. Smaller results are stored as null, the rest as the nearest double.
 */
import { Decimal } from "decimal.js";

Decimal.set({ precision: 300, toExpNeg: -1e6 });

export type Numbers = readonly Decimal[];
export const zero = new Decimal(0), one = new Decimal(1), two = new Decimal(2);
const step = new Decimal("1e-60");

/** The double itself, not the number whose digits it prints. */
export const exact = (x: number): Decimal => new Decimal(x.toPrecision(100));
export const sum = (values: Numbers): Decimal => values.reduce((a, b) => a.plus(b), zero);
export const mean = (values: Numbers): Decimal => sum(values).div(values.length);

/** Remembers what a function made of its numbers: the same few logits, moved by the same steps, come back in every table. */
export function remembered<Args extends readonly unknown[], T>(of: (...args: Args) => T): (...args: Args) => T {
  const known = new Map<string, T>();
  return (...args) => {
    const key = args.join(" ");
    let found = known.get(key);
    if (found === undefined) known.set(key, found = of(...args));
    return found;
  };
}

export const power = remembered((x: Decimal): Decimal => x.exp());

export interface Derivatives {
  readonly value: number | null;
  readonly grad: (number | null)[];
  readonly hessian: (number | null)[];
}

/** A function of some variables, its gradient and the diagonal of its Hessian. */
export function derivatives(f: (at: Numbers) => Decimal, at: Numbers): Derivatives {
  const trusted = (result: Decimal): number | null => (result.isZero() || result.abs().gt("1e-120") ? result.toNumber() : null);
  const here = f(at);
  const sides = at.map((x, j) => [x.minus(step), x.plus(step)].map((moved) => f(at.with(j, moved))) as [Decimal, Decimal]);
  return {
    value: trusted(here),
    grad: sides.map(([below, above]) => trusted(above.minus(below).div(step.times(2)))),
    hessian: sides.map(([below, above]) => trusted(above.minus(here.times(2)).plus(below).div(step.times(step)))),
  };
}

/** Refuses a point where a definition changes its piece: a difference there would straddle both. */
export function awayFrom(kink: Decimal, x: Decimal): Decimal {
  if (x.minus(kink).abs().lt("1e-3")) throw new RangeError(`${x.toPrecision(6)} is too near the kink at ${kink.toPrecision(6)}`);
  return x;
}
