import { defineLoss } from "focal-loss";
import type { Loss } from "focal-loss";
import { differentiate, fold, lower, mul, num, sigmoid, stabilize, sym } from "focal-loss/expr";
import type { Expr } from "focal-loss/expr";
import { symbolsOf } from "../../../../src/expr/expr.ts";
import { tex } from "../../../../src/targets/tex.ts";
import { costOf, listing, writtenOut } from "./listing.ts";
import { parseFormula } from "./parse.ts";

/** A formula's way to the machine, each step for people to read. */
export interface Stages {
  readonly written: string;
  /** TeX, or lines where that would be longer than a page is wide. */
  readonly stabilized: Shown;
  readonly slope: Shown;
  readonly curvature: Shown;
  readonly lowered: readonly string[];
  /** The slow operations of the lowered form, counted. */
  readonly cost: string;
  /** What runs: value, slope and curvature. */
  readonly exprs: readonly Expr[];
}

export type Shown = { readonly tex: string } | { readonly lines: readonly string[] };

/** TeX of more words is no longer read. */
const READABLE = 48;

const u = sym("u");

/** Reads a formula and makes it a loss; a parameter that has no value yet has that of `usual`. */
export function lossOf(text: string, values: Readonly<Record<string, number>>, alpha: number | undefined): { loss: Loss; parameters: Record<string, number> } {
  const { expr, parameters } = parseFormula(text);
  const defaults = Object.fromEntries(parameters.map((name) => [name, values[name] ?? usual(name)]));
  return { loss: defineLoss("mine", defaults, () => expr)(alpha === undefined ? {} : { alpha }), parameters: defaults };
}

/** γ is 2 in most papers, a threshold ½; of others nothing is known. */
const usual = (name: string): number => (name.startsWith("gamma") ? 2 : name === "threshold" ? 0.5 : 1);

/** The steps that the library goes for a positive example, or for any target t of one logit; said with its own words for them. */
export function stagesOf(loss: Loss): Stages {
  const weight = loss.alpha === undefined ? num(1) : sym("alphaT"), symbols = new Map<string, Expr>();
  for (const [name, value] of Object.entries(loss.parameters)) if (typeof value === "number") symbols.set(name, num(value));
  symbols.set("alphaT", weight);
  if (loss.kind === "margin") symbols.set("pt", sigmoid(u)).set("xt", u).set("own", num(1));
  else symbols.set("p", sigmoid(u)).set("t", sym("w"));
  const weighted = symbolsOf(loss.formula).has("alphaT") ? loss.formula : mul(sym("alphaT"), loss.formula);
  const value = stabilize(weighted, { symbols }), slope = differentiate(value, "u"), curvature = differentiate(slope, "u");
  const exprs = lower([value, slope, curvature]);
  return {
    written: fold(loss.formula, tex).text, stabilized: shown(value, "L"), slope: shown(slope, "L′"), curvature: shown(curvature, "L″"),
    lowered: listing(exprs, ["value", "slope", "curvature"]), cost: costOf(exprs), exprs,
  };
}

function shown(expr: Expr, name: string): Shown {
  if (writtenOut(expr) > READABLE) return { lines: listing([expr], [name]) };
  return { tex: fold(expr, { ...tex, sym: (symbol) => tex.sym(symbol === "w" ? "t" : symbol), softplus: (a) => ({ text: `\\operatorname{sp}(${a.text})`, tightness: 3 }) }).text };
}
