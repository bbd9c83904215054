import type { ArrayOf, CriterionOptions, Logits } from "./criterion.ts";
import { describe, expectKnown, FocalError } from "./errors.ts";
import type { NumberArray } from "./heads/job.ts";
import type { AnyLoss } from "./losses/loss.ts";
import { formOf } from "./forms.ts";
import { readOptions } from "./options.ts";
import { bind } from "./run/bind.ts";

/** How an objective reads a booster's scores and labels, as the criterion's options of these names do. */
export interface ObjectiveOptions extends Pick<CriterionOptions, "head" | "classes" | "classWeights" | "soft" | "smoothing" | "ignoreIndex"> {
  /** "majorized" (default): a positive upper bound of the curvature. "exact": the curvature itself, negative for hard examples. */
  readonly hessian?: "majorized" | "exact";
  /** How scores of several classes lie: "rows" (default) one example after another, "columns" one class after another. */
  readonly layout?: "rows" | "columns";
}

/** A custom objective: first and second derivatives of the sum of the losses, one per score. */
export type Objective = <L extends Logits>(scores: L, targets: NumberArray, weights?: NumberArray) => { grad: ArrayOf<L>; hess: ArrayOf<L> };

const optionNames = ["head", "classes", "classWeights", "soft", "smoothing", "ignoreIndex", "hessian", "layout"];

/**
 * A custom objective for gradient boosting: what XGBoost and LightGBM ask for, a gradient and a Hessian per raw score.
 *
 * Boosting divides by the Hessian, and focal loss's own is negative where an example is badly wrong (p_t below 0.057 at
 * γ = 2): a step there would go uphill. The default is a bound from above that is positive everywhere and equal to it for
 * easy examples, q = 1 − p_t:
 *
 *   w q^γ p_t [(1 + 2γ) q + γ² p_t (−log p_t)]  in place of  w q^γ p_t [(1 + 2γ) q + γ (γ p_t − q)(−log p_t)]
 *
 * Other losses, and soft targets, get the size of their curvature. With softmax the diagonal is returned, as both libraries use it.
 * Start boosting from {@link optimalBias}, and put scores back on the probability scale with `recoverPosterior`.
 *
 * @param loss - e.g. `focal({ gamma: 2, alpha: 0.25 })`
 * @returns a function of raw scores, targets and optionally weights that returns `{ grad, hess }`
 * @throws FocalError `argument` for an unknown or impossible option
 *
 * @example
 * const boost = objective(focal({ gamma: 2 }));
 * boost([-3, 0.5], [1, 0]);   // { grad: [-1.1267…, 0.5261…], hess: [0.2298…, 0.6704…] }
 */
export function objective(loss: AnyLoss, options: ObjectiveOptions = {}): Objective {
  if (!loss?.formula) throw new FocalError("argument", `objective takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  expectKnown("objective", options, optionNames);
  if (loss.kind === "batch" || loss.kind === "pair") throw new FocalError("argument", `boosting needs a loss of one margin, such as focal({ gamma: 2 }); ${loss.name} is none`);
  const { hessian = "majorized", layout = "rows", ...rest } = options;
  if (hessian !== "majorized" && hessian !== "exact") throw new FocalError("argument", `hessian must be "majorized" or "exact", got ${JSON.stringify(hessian)}`);
  if (layout !== "rows" && layout !== "columns") throw new FocalError("argument", `layout must be "rows" or "columns", got ${JSON.stringify(layout)}`);
  const runner = (inner: number) => bind(readOptions(loss, { ...rest, reduction: "sum", engine: "js", inner }, formOf), hessian);
  const byRows = runner(1);
  return (scores, targets, weights) => {
    const classes = options.classes ?? 1, rows = Math.max(1, Math.floor((scores?.length ?? 0) / classes));
    if (scores?.length % classes !== 0) throw new FocalError("shape", `scores must hold ${classes} per example, got ${scores?.length === undefined ? describe(scores) : `${scores.length} of them`}`);
    const { grad, hessian: hess } = (layout === "rows" ? byRows : runner(rows)).run(scores, targets, 2, weights === undefined ? {} : { weights });
    if (hessian === "majorized") for (let i = 0; i < scores.length; i++) hess![i] = Math.abs(hess![i]!);
    return { grad, hess } as never;
  };
}
