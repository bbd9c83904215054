import { dot } from "../../train/lbfgs.ts";
import { blocks, factored } from "./scale.ts";
import type { Scale } from "./scale.ts";

/** A point with value, gradient and, per logit, the upper triangle of its clipped second derivatives. */
export interface Curved {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly curvatures: readonly (readonly number[])[];
}

/**
 * One iteration of damped Newton: curvature that is negative counts as 0, and the damping grows until the value falls enough.
 *
 * The focal loss is not convex: Newton's own step may well go up.
 *
 * @returns where it led, the inverse Hessian that it used, and the damping for the next one; undefined where no step goes down
 */
export async function newtonStep(
  evaluate: (x: Float64Array) => Promise<Curved>, from: Curved, { width, l2, damping, rounding }: { readonly width: number; readonly l2: number; readonly damping: number; readonly rounding: number },
): Promise<{ at: Curved; scale: Scale; damping: number } | undefined> {
  for (let trial = 0, more = damping; trial < 25; trial++, more = Math.max(4 * more, 1e-3)) {
    const scale = blocks(from.curvatures.map((block) => factored(block, width, l2, more)), width);
    const direction = from.gradient.map((g) => -g);
    scale(direction);
    const slope = dot(direction, from.gradient);
    if (!(slope < 0)) return undefined;
    const at = await evaluate(from.x.map((value, i) => value + direction[i]!));
    if (at.value <= from.value + 1e-4 * slope + rounding * Math.abs(from.value)) return { at, scale, damping: more < 1e-3 ? 0 : more / 8 };
  }
  return undefined;
}
