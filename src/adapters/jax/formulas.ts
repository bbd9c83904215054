import { sym } from "../../expr/expr.ts";
import type { Expr } from "../../expr/expr.ts";
import { toFloat32 } from "../../expr/float32.ts";
import { LossCache } from "../../losses/cache.ts";
import { derive } from "../../losses/derive.ts";
import type { Labels } from "../../losses/derive.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Scope, Tensor } from "./scope.ts";
import { say } from "./words.ts";

const lowered = new LossCache<Expr[]>();
const tails = new Map([["u", sym("tail")]]);

/**
 * A loss, its slope and its curvature by u.
 *
 * @param symbols - u and whatever else the formulas mention; for hard labels u has been taken `less` its margin. A `tail` is
 *   what rounding took from u
 */
export function derivatives(scope: Scope, loss: Loss, labels: Labels, symbols: Readonly<Record<string, Tensor>>): Tensor[] {
  const exact = "tail" in symbols;
  const exprs = lowered.get(loss, `${labels} ${exact}`, () =>
    toFloat32(derive(labels === "hard" || labels === "other" ? { ...loss, margins: undefined } : loss, labels, 2), exact ? tails : new Map()));
  return say(scope, exprs, symbols);
}
