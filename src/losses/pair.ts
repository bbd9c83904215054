import { num, sym } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { differentiate } from "../expr/differentiate.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import { stabilize } from "../expr/stabilize.ts";
import { LossCache } from "./cache.ts";
import { symbolsFor } from "./family.ts";
import type { Given, Settings } from "./family.ts";
import { weightFrom } from "./derive.ts";
import type { PairLoss } from "./loss.ts";
import { defaultsOf, readSettings } from "./parameters.ts";
import type { Ranges } from "./parameters.ts";

/** Makes a {@link PairLoss}; without settings, with every default. */
export interface PairFamily<P> {
  (settings?: Settings<P>): PairLoss;
  readonly defaults: Readonly<Record<keyof P & string, number>>;
}

const words = ["pt", "pj", "alphaT"];

/** A loss over two probabilities of a row: the true class's and its strongest rival's below it. */
export function pairFamily<const P extends Ranges>(
  name: string, parameters: P, formula: (symbols: Given<P> & { readonly pt: Expr; readonly pj: Expr; readonly alphaT: Expr }) => Expr, reference: string,
): PairFamily<P> {
  const written = formula(symbolsFor(parameters, words) as never);
  const make = (settings: Settings<P> = {}): PairLoss => Object.freeze({ kind: "pair", name, parameters: readSettings(name, parameters, settings), alpha: settings.alpha, formula: written, reference });
  return Object.assign(make, { defaults: defaultsOf(parameters) });
}

/**
 * The formula over the probabilities of the label and its rival, stable.
 *
 * @param alphaT - the symbol of the label's weight, where classes have different ones
 */
export function pairFormula(loss: PairLoss, pt: Expr, pj: Expr, alphaT: string): Expr {
  const symbols = new Map([["pt", pt], ["pj", pj], ["alphaT", weightFrom(loss.alpha, alphaT)]]);
  for (const [key, value] of Object.entries(loss.parameters)) if (typeof value === "number") symbols.set(key, num(value));
  return stabilize(loss.formula, { symbols });
}

const derived = new LossCache<Expr[]>();

/**
 * Value, slopes and curvatures by the two margins u (of the label) and v (of the rival), lowered:
 * f, f_u, f_v, f_uu, f_uv, f_vv. Without a rival, p_j = 0 and only f, f_u, f_uu count.
 */
export const derivePair = (loss: PairLoss, hasRival: boolean): Expr[] => derived.get(loss, String(hasRival), () => {
  const f = pairFormula(loss, simplify.sigmoid(sym("u")), hasRival ? simplify.sigmoid(sym("w")) : num(0), "alphaT");
  const [byU, byV] = [differentiate(f, "u"), differentiate(f, "w")];
  return lower([f, byU, byV, differentiate(byU, "u"), differentiate(byU, "w"), differentiate(byV, "w")]);
});
