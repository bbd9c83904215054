import { sym, symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import type { Alpha, Loss, Parameter, SoftRule } from "./loss.ts";
import { defaultsOf, readSettings } from "./parameters.ts";
import type { Ranges } from "./parameters.ts";

export interface About {
  readonly reference?: string;
  /** How soft targets are read unless the criterion says otherwise. Default "interpolate". */
  readonly soft?: SoftRule;
}

export type Given<P> = { readonly [name in keyof P]: Expr };
export type Settings<P> = { readonly [name in keyof P]?: Parameter } & { readonly alpha?: Alpha };

/** What a formula may be written over, beside its parameters. */
export interface Symbols {
  /** The probability of the true class. */
  readonly pt: Expr;
  /** The true class's margin, with p_t = σ(x_t). */
  readonly xt: Expr;
  /** The class weight α_t. */
  readonly alphaT: Expr;
  /** 1 for the label's class, 0 for another one that label smoothing gives a share (softmax rows only). */
  readonly own: Expr;
  /** The predicted probability of a yes, σ(x), and the target in [0, 1]: for losses of the sigmoid head alone. */
  readonly p: Expr;
  readonly t: Expr;
}

/** Makes a loss; without settings, with every default and no class weighting. */
export interface LossFamily<P> {
  (settings?: Settings<P>): Loss;
  /** Names and defaults of the parameters. */
  readonly defaults: Readonly<Record<keyof P & string, number>>;
}

/** Makes a family from a formula over known symbols; `defineLoss` checks what users write. */
export function family<const P extends Ranges>(
  name: string, parameters: P, formula: (symbols: Given<P> & Symbols) => Expr,
  about: About & { readonly majorizer?: (symbols: Given<P> & Symbols) => Expr; readonly labels?: Loss["labels"] },
): LossFamily<P> {
  const symbols = symbolsFor<P>(parameters), written = formula(symbols), mentions = symbolsOf(written);
  const majorizer = about.majorizer?.(symbols);
  const make = (settings: Settings<P> = {}): Loss => Object.freeze({
    kind: mentions.has("p") || mentions.has("t") ? "score" : "margin", name, parameters: readSettings(name, parameters, settings), alpha: settings.alpha,
    formula: written, reference: about.reference, soft: about.soft ?? (mentions.has("xt") ? "mixture" : "interpolate"), majorizer, margins: undefined,
    offsets: undefined, labels: about.labels ?? "classes",
  });
  Object.defineProperty(make, "name", { value: name });
  return Object.assign(make, { defaults: defaultsOf(parameters) });
}

/** What a formula of one margin, or of p and t, may mention beside its parameters. */
export const words = ["pt", "xt", "alphaT", "own", "p", "t"];

export const symbolsFor = <P extends Ranges>(parameters: P, more: readonly string[] = words): Given<P> & Symbols =>
  Object.fromEntries([...Object.keys(parameters), ...more].map((key) => [key, sym(key)])) as Given<P> & Symbols;
