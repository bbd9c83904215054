import * as raw from "../expr/expr.ts";
import type { Order } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import { spread } from "./batchPasses.ts";
import type { Program } from "./emitPasses.ts";
import { bind, meaningsOf, power, powers, shares, strongest, t, weight, z } from "./rowPasses.ts";
import { formulasOf } from "./softmax/tables.ts";

const { add, mul, sym, symbolsOf } = raw;
const u = sym("u"), value = sym("value");
/** What no parameter of a loss is called. */
const own = (name: string): string => `#${name}`;
export const scaleName = own("scale");

/** What each class has its own of, as formulas and as programs call it. */
export const perClassOf = (loss: Loss): [name: string, parameter: string][] =>
  [...symbolsOf(...formulasOf(loss, 0))].filter((name) => name !== "u").map((name) => [name, own(name)]);

/** A loss at every class of an example, Σ_k t_k f(u_k), as passes; each example's goes where its weight was. */
export function mixturePasses(loss: Loss, order: Order): Program {
  const perClass = perClassOf(loss), meanings = [...meaningsOf(u, power, z), ...perClass.map(([name, parameter]) => [sym(name), sym(parameter)] as const)];
  const [f, ...derivatives] = bind(formulasOf(loss, order), meanings) as [raw.Expr, ...raw.Expr[]];
  const [slope, curvature] = derivatives.map((derivative) => mul(mul(mul(weight, sym(scaleName)), t), derivative));
  return {
    parameters: [...perClass.map(([, parameter]) => parameter), scaleName], start: { top: -Infinity },
    passes: [
      strongest, powers, shares,
      { perClass: true, out: { value: add(value, mul(t, f)) } },
      ...(slope ? spread(slope, curvature) : []),
      { perClass: false, out: { weights: mul(weight, value) } },
    ],
  };
}

/** Whether a loss is a formula of p_k alone, the same for every class but for numbers. */
export const canMix = (loss: Loss): boolean => loss.margins === undefined && ["own", "xt"].every((name) => !symbolsOf(loss.formula).has(name));
