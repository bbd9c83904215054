import type { LossCurves } from "./curves.ts";

/** The loss goes to infinity at p_t = 0; its curves are cut here, times α. */
const CUT = 5;

/** Lowest and highest value worth drawing; 0 is always among them. */
export function valueRange({ what, alpha = 1, curves }: LossCurves): [low: number, high: number] {
  const values = curves.flatMap(({ points }) => points.map(({ value }) => value));
  const top = Math.max(...values, 0);
  const high = what === "loss" ? Math.min(top, CUT * alpha) : top;
  return [Math.min(...values, 0), high > 0 ? high : 1];
}
