import { criterion } from "./criterion.ts";
import { FocalError } from "./errors.ts";
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
  if (!(prior > 0 && prior < 1)) throw new FocalError("argument", `prior must be in (0, 1), got ${prior}`);
  const expected = criterion(loss, { reduction: "sum" });
  const slope = (x: number): number => {
    const { grad } = expected.valueAndGrad([x, x], [1, 0], { weights: [prior, 1 - prior] });
    return grad[0]! + grad[1]!;
  };
  let low = -64, high = 64;
  if (!(slope(low) < 0 && slope(high) > 0)) throw new FocalError("argument", `${loss.name} has no best constant logit for a base rate of ${prior}: its expected gradient does not change sign`);
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
