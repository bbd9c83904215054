import { numpy as np } from "@jax-js/jax";
import { sym } from "../../expr/expr.ts";
import type { Expr } from "../../expr/expr.ts";
import { toFloat32 } from "../../expr/float32.ts";
import { lower } from "../../expr/lower.ts";
import { deriveBatch, scaleOf, stepOf } from "../../losses/batch.ts";
import { LossCache } from "../../losses/cache.ts";
import type { BatchLoss } from "../../losses/loss.ts";
import type { Plan } from "../../options.ts";
import { stepFrom, withDerivatives } from "./derivatives.ts";
import { everyMargin } from "./margins.ts";
import type { Scope, Tensor } from "./scope.ts";
import { byClass, rowsOf, sharesOf } from "./softmax.ts";
import type { Tables } from "./tables.ts";
import { say } from "./words.ts";

/** The classes a loss looks at, as the first axis: margins, a step from them and shares; and which examples count. */
interface Regions {
  readonly symbols: Readonly<Record<"u" | "w" | "alphaT", Tensor>>;
  readonly step: np.Array;
  readonly present: Tensor;
  readonly count: Tensor;
  readonly hasBackground: boolean;
}

function regionsOf(scope: Scope, plan: Plan, logits: np.Array, labels: np.Array, tables: Tables): Regions {
  const { of, neg, sub, floats, fixed, reaches, total, where } = scope, { positive, negative, columns } = tables as Tables & Record<"positive" | "negative" | "columns", Tensor>;
  if (plan.head === "softmax") {
    const { step, ...margins } = everyMargin(scope, rowsOf(scope, plan, logits, tables), columns), w = sharesOf(scope, plan, logits, labels, tables);
    const present = floats(reaches(total(w), 1e-30));
    return { symbols: { ...margins, w, alphaT: positive }, step, present, count: of(np.sum, present), hasBackground: true };
  }
  const both = (plan.loss as BatchLoss).binary === "both", { x, step } = stepFrom(scope, byClass(scope, logits, plan.classes)), t = byClass(scope, floats(fixed(labels)), plan.classes);
  if (!both) return { symbols: { u: x, w: t, alphaT: positive }, step, present: 1, count: logits.size, hasBackground: false };
  const noAndYes = (no: Tensor, yes: Tensor): np.Array => of((a: np.Array, b: np.Array) => np.concatenate([a, b]), no as np.Array, yes as np.Array);
  const alphaT = negative === positive ? positive : where(reaches(columns, 0.5), positive, negative);
  return { symbols: { u: noAndYes(neg(x), x), w: noAndYes(sub(1, t), t), alphaT }, step: noAndYes(neg(step), step), present: 1, count: logits.size, hasBackground: true };
}

const lowered = new LossCache<{ readonly terms: Expr[]; readonly whole: Expr[] }>();
const tails = new Map([["u", sym("tail")]]);
const formulas = (loss: BatchLoss, exact: boolean) => lowered.get(loss, String(exact), () => {
  const { terms, whole, first, second } = deriveBatch(loss);
  return { terms: toFloat32(terms, exact ? tails : new Map()), whole: toFloat32(lower([whole, ...first, ...second.flat()])) };
});

/** The one loss of a whole batch: see `batchHead`. Its derivatives by the sums are by the sums' own size, as there. */
export function batchLoss(scope: Scope, plan: Plan, logits: np.Array, labels: np.Array, tables: Tables): np.Array {
  const { of, fixed, add, mul, min, max, where, equal, inverse } = scope, loss = plan.loss as BatchLoss;
  const { symbols, step, present, count, hasBackground } = regionsOf(scope, plan, logits, labels, tables);
  const { terms, whole } = formulas(loss, "tail" in symbols), said = say(scope, terms, symbols), names = Object.keys(loss.sums);
  const sumUp = (a: Tensor): np.Array => {
    const everywhere = mul(add(mul(step, 0), a), present);
    return of(np.sum, everywhere, loss.per === "class" ? 1 : null, { keepdims: true });
  };
  const sums = names.map((_, k) => fixed(sumUp(said[3 * k]!))), scales = sums.map((s) => where(equal(s, 0), 1, s)), groups = sums[0]!.size;
  const steps = names.map((_, k) => mul(sumUp(withDerivatives(scope, [0, said[3 * k + 1]!, said[3 * k + 2]!], step)), inverse(scales[k]!)));
  const symbolsOfSums = Object.fromEntries(names.flatMap((name, k) => [[name, sums[k]!], [scaleOf(name), scales[k]!], [stepOf(name), 0]] as const));
  const background = hasBackground && groups > 1 ? where(equal(tables["columns"]!, 0), 1, 0) : 0;
  // A derivative of no size may meet a slope of any: both stay finite, so that their product is 0.
  const [value, ...derivatives] = say(scope, whole, { ...symbolsOfSums, count, classes: groups, background }).map((part) => fixed(min(max(part, -3e38), 3e38))) as [np.Array, ...np.Array[]];
  const m = names.length;
  const along = steps.map((_, k) => steps.reduce<Tensor>((slope, other, l) => add(slope, mul(mul(other, 0.5), derivatives[m + k * m + l]!)), derivatives[k]!)).map((slope, k) => mul(steps[k]!, slope));
  return of((array: np.Array) => np.sum(array), along.reduce<np.Array>((a, b) => add(a, b), value));
}
