import type { Expr } from "../expr/expr.ts";

/**
 * How classes are weighted: the paper's α_t.
 *
 * - a number: α for positives and 1 − α for negatives (sigmoid head)
 * - an array: one weight per class; `[negative, positive]` for the sigmoid head without `classes`,
 *   one α per column with `classes`, one weight per label for the softmax head
 * - `{ uniform }`: the same factor for every class
 */
export type Alpha = number | readonly number[] | { readonly uniform: number };

/** A parameter's value: one number, or one per class. */
export type Parameter = number | readonly number[];

/** A loss with its parameters set: a formula over p_t, not yet bound to logits, arrays or an engine. */
export interface Loss {
  readonly name: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly alpha: Alpha | undefined;
  /** As written, over the symbols `pt`, `alphaT` and the parameters' names. */
  readonly formula: Expr;
  /** Where the formula was published. */
  readonly reference: string | undefined;
  /** The loss in another language: its source text. */
  render(language: Language): string;
}

/** The languages a loss can be printed in. */
export type Language = "tex" | "js" | "wasm";
