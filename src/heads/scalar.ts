import { LossCache } from "../losses/cache.ts";
import { derive } from "../losses/derive.ts";
import type { Labels } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import { evaluate } from "../targets/evaluate.ts";
import { js } from "../targets/js.ts";

/** How many derivatives are wanted: the value, and the gradient, and the curvature. */
export type Order = 0 | 1 | 2;

/**
 * A loss at one margin: writes value, slope and curvature by u (as many as the order asks for) into `out`.
 *
 * @param w - how wrong the logit's side is, for soft targets
 * @param k - the class, for parameters given per class
 */
export type Scalar = (out: Float64Array, u: number, w: number, alphaT: number, k: number) => void;

const compiled = new LossCache<Scalar>();

/** The loss as a function of one margin, compiled where the page allows code to be made, else evaluated. */
export const scalar = (loss: Loss, labels: Labels, order: Order): Scalar =>
  compiled.get(loss, `${labels} ${order}`, () => compile(loss, labels, order));

function compile(loss: Loss, labels: Labels, order: Order): Scalar {
  const { value, slope, curvature } = derive(loss, labels);
  const exprs = [value, slope, curvature].slice(0, order + 1);
  const tables: Record<string, readonly number[]> = {};
  for (const [name, given] of Object.entries(loss.parameters)) if (typeof given !== "number") tables[name] = given;
  const { statements, values } = js(exprs, (name) => (name in tables ? `tables.${name}[k]` : name));
  const body = [...statements, ...values.map((result, i) => `out[${i}] = ${result};`)].join("\n");
  try {
    return new Function("tables", `return function (out, u, w, alphaT, k) {\n${body}\n}`)(tables) as Scalar;
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    return (out, u, w, alphaT, k) => {
      const perClass = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table[k]!]));
      out.set(evaluate(exprs, { u, w, alphaT, ...perClass }));
    };
  }
}
