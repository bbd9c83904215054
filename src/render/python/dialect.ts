import type { ArrayLibrary } from "../../targets/python.ts";

/** How one Python library writes what formulas do not say: where scores come from and where a loss goes. */
export interface Dialect {
  readonly library: ArrayLibrary;
  /** What stands above the functions: imports, and functions that they call; `margin(logits, labels)` for softmax. */
  readonly imports: readonly string[];
  readonly margin: readonly string[];
  readonly helpers: readonly string[];
  readonly sigmoid: Frame;
  readonly softmax: Frame;
  /** Settings after the loss's own. */
  readonly settings: readonly string[];
  /** For `labels` that stand between two classes: `lower`, the class below, and `fraction`, how much is the class above. */
  readonly between: Pick<Frame, "about" | "read">;
  /** `p_j`, the strongest rival's probability below the label's; 0 if there is none. */
  readonly rival: readonly string[];
  readonly batch: BatchWords;
  /** A list as an array like the logits; a list of one number per class, at labels or at targets of 0 and 1. */
  readonly array: (list: string) => string;
  readonly at: (list: string, labels: string) => string;
  /** The smallest normal number of the logits' type, and its square root. */
  readonly tiny: string;
  readonly floor: string;
}

/** How losses of a whole batch are written: `u`, margins, and `t`, shares, as arrays of (classes, examples). */
interface BatchWords {
  /** The function `margins(logits)`: of every class of softmax rows. */
  readonly margins: readonly string[];
  readonly softmax: readonly string[];
  /** A sigmoid head's no and yes, or its yes alone. */
  readonly both: readonly string[];
  readonly positive: readonly string[];
  /** A sum over examples, or over everything. */
  readonly sum: (text: string, perClass: boolean) => string;
  /** How many examples and classes there are. */
  readonly count: { readonly sigmoid: string; readonly softmax: string };
  readonly classes: string;
  /** 1 for the first class, else 0. */
  readonly background: string;
  /** One number per class, for every example. */
  readonly column: (list: string) => string;
}

/** What stands around the formula of one head. */
interface Frame {
  readonly arguments: string;
  /** What the docstring says of the arguments, and of the result. */
  readonly about: readonly string[];
  readonly answers: string;
  /** The lines that make `logits` and `targets`, or `logits` and `labels`, out of the arguments. */
  readonly read: readonly string[];
  /** What becomes of `loss`, one number per example. */
  readonly result: string;
}
