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

/**
 * How a target t between 0 and 1 is read by the sigmoid head. Hard targets mean the same under all three.
 *
 * - `interpolate`: p_t = t·p + (1−t)·(1−p), and −log p_t is the cross-entropy with t: torchvision, Keras, optax
 * - `mixture`: t·L(as a positive) + (1−t)·L(as a negative): kornia, and what a mean over drawn labels gives
 * - `quality`: 1 − p_t = |t − p|, and −log p_t is the cross-entropy with t: the only one whose minimum is at p = t
 */
export type SoftRule = "interpolate" | "mixture" | "quality";

/** What every loss says about itself, whatever it is a function of. */
interface Definition {
  readonly name: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly alpha: Alpha | undefined;
  /** As written, over its symbols and the parameters' names. */
  readonly formula: Expr;
  /** Where the formula was published. */
  readonly reference: string | undefined;
}

/**
 * A loss of one example, over one number: `margin` losses are written over the probability of the true class,
 * `pt` (or the margin `xt` itself), and serve both heads; `score` losses over the probability `p` and the target `t`
 * of one logit, and serve the sigmoid head.
 */
export interface Loss extends Definition {
  readonly kind: "margin" | "score";
  /** The soft rule it was published with. */
  readonly soft: SoftRule;
  /** A positive upper bound of the curvature by the margin, where one is known in closed form. */
  readonly majorizer: Expr | undefined;
  /** Subtracted from each class's margin; see `ldam`. */
  readonly margins: readonly number[] | undefined;
  /** Added to each class's logit; see `logitAdjusted`. */
  readonly offsets: readonly number[] | undefined;
  /** `between`: a softmax label is a real number that stands between two classes; see `distributionFocal`. */
  readonly labels: "classes" | "between";
}

/** A loss over two numbers of a softmax row: the true class's probability `pt` and its strongest rival's below it, `pj`. */
export interface PairLoss extends Definition {
  readonly kind: "pair";
}

/** A loss that is one number for a whole batch: a formula over sums, each a formula over `p` and `t`. */
export interface BatchLoss extends Definition {
  readonly kind: "batch";
  /** One term per example and class, added up per class (`class`), or over all of them, of which only an example's own then has one (`batch`). */
  readonly sums: Readonly<Record<string, Expr>>;
  readonly per: "class" | "batch";
  /** The classes of a sigmoid head's yes-or-no question: only the yes, or no and yes. */
  readonly binary: "positive" | "both";
}

/** A loss of any kind: of one margin or logit, of two margins of a row, or of a whole batch. */
export type AnyLoss = Loss | PairLoss | BatchLoss;
