import { log, mul, neg } from "../expr/expr.ts";
import { family } from "./family.ts";

/**
 * Distribution focal loss: a position learned as a distribution over whole numbers.
 *
 * Box edges are ambiguous; a softmax over 0 … n says how, and the loss pulls its mass to the two whole numbers around
 * the true position. A label y between classes i and i + 1 is the mixture of both, in parts i + 1 − y and y − i.
 * Nothing in it is focal but the place it is pulled to.
 *
 * DFL = −[(i + 1 − y) log(p_i) + (y − i) log(p_{i+1})],  i = ⌊y⌋
 *
 * Its labels are real numbers in [0, classes − 1].
 *
 * @param alpha - one weight per class; see {@link Alpha}
 *
 * @example
 * criterion(distributionFocal(), { head: "softmax", classes: 4 }).value([0, 1, 1, 0], [1.25]);   // 1.00640…
 *
 * @see Li et al.: Generalized Focal Loss, 2020, https://arxiv.org/abs/2006.04388
 */
export const distributionFocal = family(
  "distributionFocal", {},
  ({ pt, alphaT }) => neg(mul(alphaT, log(pt))),
  { reference: "https://arxiv.org/abs/2006.04388", labels: "between" },
);
