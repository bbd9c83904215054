import type { Expr } from "../expr/expr.ts";
import { LossCache } from "../losses/cache.ts";
import { derive } from "../losses/derive.ts";
import type { Curvature, Labels, Order } from "../losses/derive.ts";
export type { Order } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import { evaluate } from "../targets/evaluate.ts";
import { js } from "../targets/js.ts";

/**
 * Formulas at one example: writes the value of each into `out`.
 *
 * @param u - what the formulas are a function of: a margin or a logit
 * @param w - how wrong the logit's side is, or the target itself; see `Labels`
 * @param k - the class, for parameters given per class
 */
export type Scalar = (out: Float64Array, u: number, w: number, alphaT: number, alphaRest: number, k: number) => void;

const compiled = new LossCache<Scalar>();

/** A loss by one margin or logit: value, slope and curvature, as many as the order asks for. */
export const scalar = (loss: Loss, labels: Labels, order: Order, curvature: Curvature = "exact"): Scalar =>
  compiled.get(loss, `${labels} ${order} ${curvature}`, () => compile(derive(loss, labels, order, curvature), tablesOf(loss)));

/** What the loss has one number per class of. */
function tablesOf({ parameters, margins }: Loss): Record<string, readonly number[]> {
  const tables: Record<string, readonly number[]> = margins === undefined ? {} : { margins };
  for (const [name, given] of Object.entries(parameters)) if (typeof given !== "number") tables[name] = given;
  return tables;
}

/** Formulas as a function of numbers, compiled where the page allows code to be made, else evaluated. */
export function compile(exprs: readonly Expr[], tables: Readonly<Record<string, readonly number[]>> = {}): Scalar {
  const { statements, values } = js(exprs, (name) => (name in tables ? `tables.${name}[k]` : name));
  const body = [...statements, ...values.map((result, i) => `out[${i}] = ${result};`)].join("\n");
  try {
    return new Function("tables", `return function (out, u, w, alphaT, alphaRest, k) {\n${body}\n}`)(tables) as Scalar;
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    return (out, u, w, alphaT, alphaRest, k) => {
      const perClass = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table[k]!]));
      out.set(evaluate(exprs, { u, w, alphaT, alphaRest, ...perClass }));
    };
  }
}
