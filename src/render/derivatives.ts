import { symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { derive } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";

/** What printed code calls the formulas of a loss. */
export const results = ["value", "slope", "curvature"];

/** The stable formulas that run, for a hard label or, of a loss of p and t, for any target; and the numbers they take. */
export function derivatives(loss: Loss): { exprs: Expr[]; inputs: string[] } {
  const exprs = derive(loss, loss.kind === "margin" ? "hard" : "score", 2);
  return { exprs, inputs: ["u", ...[...symbolsOf(...exprs)].filter((name) => name !== "u").sort()] };
}

/** What the formulas are a function of, in words. */
export const by = ({ kind, offsets }: Loss): string =>
  kind === "margin" ? `the margin u = logit of the true class${offsets ? `, of logits with ${offsets.map((offset) => Number(offset.toPrecision(4))).join(", ")} added` : ""}` : "the logit u, for a target w";
