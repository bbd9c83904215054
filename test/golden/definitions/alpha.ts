/** Class weights: what α makes of each class. */
import type { Decimal } from "decimal.js";
import { exact, one, sum } from "../decimal.ts";
import type { Numbers } from "../decimal.ts";
import type { Settings } from "./margin.ts";

/** (1 − β) ÷ (1 − β^n), scaled to sum to the number of classes. */
function effectiveNumber(counts: readonly number[], beta: Decimal): Decimal[] {
  const raw = counts.map((n) => one.minus(beta).div(one.minus(beta.pow(n))));
  return raw.map((weight) => weight.times(counts.length).div(sum(raw)));
}

/** One weight per class; under the sigmoid head those of negatives and of positives. */
export function alphaOf(loss: string, settings: Settings, classes: number): Numbers {
  const alpha = settings["alpha"] as undefined | number | readonly number[] | { readonly uniform: number };
  if (loss === "classBalancedFocal") return effectiveNumber(settings["counts"] as number[], exact((settings["beta"] as number | undefined) ?? 0.9999));
  if (alpha === undefined) return Array.from({ length: classes }, () => one);
  if (typeof alpha === "number") return [one.minus(exact(alpha)), exact(alpha)];
  if (Array.isArray(alpha)) return (alpha as number[]).map(exact);
  return Array.from({ length: classes }, () => exact((alpha as { uniform: number }).uniform));
}
