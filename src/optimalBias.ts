import { criterion } from "./criterion.ts";
import { describe, FocalError } from "./errors.ts";
import type { Loss } from "./losses/loss.ts";

/**
 * The one logit that a loss likes best for every example of a base rate: where boosting starts, or an output's first bias.
 *
 * Under focal loss it is not log(π/(1−π)): what is easy hardly counts, so the best constant lies much nearer to 0.
 *
 * argmin_x  π L(x as a positive) + (1 − π) L(x as a negative)
 *
 * @param loss - e.g. `focal({ gamma: 2, alpha: 0.25 })`; cross-entropy gives log(π/(1−π))
 * @param prior - π, the share of positives, in (0, 1)
 * @throws FocalError `argument` when the prior is outside (0, 1) or the loss has no such minimum
 *
 * @example
 * optimalBias(focal({ gamma: 2 }), 0.01);                // -1.7064527…
 * optimalBias(focal({ gamma: 2, alpha: 0.25 }), 0.01);   // -2.1073983…
 */
export function optimalBias(loss: Loss, prior: number): number {
  if (!(typeof prior === "number" && prior > 0 && prior < 1)) throw new FocalError("argument", `prior must be in (0, 1), got ${describe(prior)}`);
  const each = criterion(loss, { reduction: "none", from: "logits" });
  const slope = (x: number): number => {
    const { grad } = each.valueAndGrad([x, x], [1, 0], { weights: [prior, 1 - prior] });
    return grad[0]! + grad[1]!;
  };
  // A loss that changes its formula at some p_t may have several valleys: look everywhere before looking closely.
  const line = Float64Array.from({ length: 2 * widest * perUnit + 1 }, (_, i) => i / perUnit - widest);
  const asPositive = each.value(line, new Uint8Array(line.length).fill(1)), asNegative = each.value(line, new Uint8Array(line.length));
  const cost = (i: number): number => prior * asPositive[i]! + (1 - prior) * asNegative[i]!;
  const least = line.reduce((best, _, i) => (cost(i) < cost(best) ? i : best), 0);
  let low = line[least]! - 1 / perUnit, high = line[least]! + 1 / perUnit;
  if (!(slope(low) < 0 && slope(high) > 0)) throw new FocalError("argument", `${loss.name} has no best constant logit for a base rate of ${prior}: where its expected value is least, its gradient does not change sign`);
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** Logits from −widest to widest are looked at, so many per unit. */
const widest = 750, perUnit = 4;
