import type { numpy as np } from "@jax-js/jax";
import { sym } from "../../expr/expr.ts";
import type { Expr } from "../../expr/expr.ts";
import { toFloat32 } from "../../expr/float32.ts";
import { LossCache } from "../../losses/cache.ts";
import type { PairLoss } from "../../losses/loss.ts";
import { derivePair } from "../../losses/pair.ts";
import type { Plan } from "../../options.ts";
import { lowest, marginOf, strongest } from "./margins.ts";
import type { Scope, Tensor } from "./scope.ts";
import { perRow, rowsOf, sharesOf } from "./softmax.ts";
import type { Tables } from "./tables.ts";
import { say } from "./words.ts";

const lowered = new LossCache<Expr[]>();
const tails = new Map([["u", sym("tail")], ["w", sym("rivalTail")]]);
const formulas = (loss: PairLoss, hasRival: boolean): Expr[] => lowered.get(loss, String(hasRival), () => toFloat32(derivePair(loss, hasRival), tails));

/** Each row's loss, where it also looks at the label's strongest rival below it: see `pairHead`. Which class that is has no slope. */
export function pairLosses(scope: Scope, plan: Plan, logits: np.Array, labels: np.Array, tables: Tables): np.Array {
  const { fixed, add, mul, where, reaches, total, greatest, floats } = scope, loss = plan.loss as PairLoss;
  const rows = rowsOf(scope, plan, logits, tables), own = reaches(sharesOf(scope, plan, logits, labels, tables), 0.5);
  const below = where(reaches(rows.z, total(where(own, rows.z, 0))), lowest, rows.z), hasRival = reaches(greatest(below), lowest / 2);
  const rival = reaches(mul(floats(strongest(scope, below, tables["columns"]!)), floats(hasRival)), 0.5);
  const { u, tail, step } = marginOf(scope, rows, own), other = marginOf(scope, rows, rival);
  const alpha = tables["positive"]!, alphaT = typeof alpha === "number" ? alpha : total(where(own, alpha, 0));
  const symbols = { u, tail, w: other.u, rivalTail: other.tail, alphaT };
  const alone = say(scope, formulas(loss, false), symbols), together = say(scope, formulas(loss, true), symbols);
  const [f, byU, byV, byUU, byUV, byVV] = together.map((part, i) => fixed(where(hasRival, part, [2, 4, 5].includes(i) ? 0 : alone[i]!))) as [np.Array, np.Array, np.Array, np.Array, np.Array, np.Array];
  const half = (a: Tensor): Tensor => mul(a, 0.5);
  const alongU = mul(step, add(byU, add(mul(half(step), byUU), mul(other.step, byUV)))), alongV = mul(other.step, add(byV, mul(half(other.step), byVV)));
  return perRow(scope, logits, mul(add(f, add(alongU, alongV)), total(floats(own))));
}
