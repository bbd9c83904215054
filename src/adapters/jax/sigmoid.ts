import type { numpy as np } from "@jax-js/jax";
import type { Loss } from "../../losses/loss.ts";
import type { Plan } from "../../options.ts";
import { stepFrom, withDerivatives } from "./derivatives.ts";
import { derivatives } from "./formulas.ts";
import { isFloat } from "./labels.ts";
import { less } from "./rounded.ts";
import type { Rounded } from "./rounded.ts";
import type { Scope, Tensor } from "./scope.ts";
import { listsOf } from "./tables.ts";
import type { Tables } from "./tables.ts";

/** Weights of a negative and of a positive, for labels between them. */
const between = ({ add, sub, mul }: Scope, t: () => Tensor, negative: Tensor, positive: Tensor): Tensor =>
  negative === positive ? positive : add(mul(t(), positive), mul(sub(1, t()), negative));

/**
 * Every logit's own loss: the sigmoid head, see `sigmoidHead`.
 *
 * Labels of a float type may stand between 0 and 1, which only the device knows. The formulas for such labels say the same
 * of 0 and 1 as those for hard ones, in more operations.
 */
export function sigmoidLosses(scope: Scope, plan: Plan, logits: np.Array, labels: np.Array, tables: Tables): np.Array {
  const { floats, fixed, neg, add, sub, mul, abs, where, reaches } = scope, loss = plan.loss as Loss;
  const { positive, negative, offsets, ...byColumn } = tables as Tables & Record<"positive" | "negative" | "offsets", Tensor>;
  const { x: given, step } = stepFrom(scope, logits), t = (): np.Array => floats(fixed(labels));
  const lists = plan.perColumn ? [] : listsOf(loss), reading = loss.kind === "score" ? "score" : lists.length > 0 || !isFloat(labels) ? "hard" : plan.soft;
  const bySide = ([no, yes]: readonly Tensor[]): Tensor => (no === yes ? no! : where(reaches(t(), 0.5), yes!, no!));
  const symbols: Tables = { ...byColumn, ...Object.fromEntries(lists.map(([name, list]) => [name, bySide(list)] as const)) };
  const x = offsets === 0 ? given : add(given, offsets);
  if (reading === "score" || reading === "mixture") {
    return withDerivatives(scope, derivatives(scope, loss, reading, { ...symbols, u: x, w: t(), alphaT: positive, alphaRest: negative }), step);
  }
  const hard = reading === "hard", right = hard ? t() : floats(reaches(x, 0)), side = sub(mul(right, 2), 1), alphaT = between(scope, t, negative, positive);
  const margin = (): Rounded => less(scope, less(scope, { u: mul(side, given) }, offsets === 0 ? 0 : mul(side, neg(offsets))), loss.margins ? bySide(loss.margins) : 0);
  const [value, slope, curvature] = derivatives(scope, loss, reading, { ...symbols, ...(hard ? margin() : { u: mul(side, x), w: abs(sub(t(), right)) }), alphaT }) as [Tensor, Tensor, Tensor];
  return withDerivatives(scope, [value, mul(side, slope), curvature], step);
}
