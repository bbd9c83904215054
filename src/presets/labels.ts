import type { Criterion, Reduction } from "../criterion.ts";
import { FocalError } from "../errors.ts";
import type { NumberArray } from "../heads/job.ts";
import { rowStart } from "../heads/job.ts";
import { eachClass } from "./sides.ts";
import { view } from "./view.ts";

/** Takes one-hot rows where the criterion wants a label for each; −1 for rows without any. */
export const fromOneHot = (core: Criterion<Reduction>, classes: number, inner: number): Criterion<Reduction> =>
  view(core, (run) => (run.targets.length === run.logits.length ? { ...run, targets: labelsOf(run.targets, classes, inner) } : run));

const labelsOf = (oneHot: NumberArray, classes: number, inner: number): Float64Array =>
  Float64Array.from({ length: oneHot.length / classes }, (_, row) => {
    let label = -1;
    for (let k = 0, at = rowStart(row, classes, inner); k < classes; k++, at += inner) {
      if (oneHot[at] === 1 && label < 0) label = k;
      else if (oneHot[at] !== 0) throw new FocalError("target", `targets[${at}] must leave its row one-hot, as every element's own loss asks for, got ${oneHot[at]}`);
    }
    return label;
  });

/** A factor for each row, looked up by its label; 1 for labels without one. */
export function weighedByLabel(core: Criterion<Reduction>, weight: readonly number[], classes: number): Criterion<Reduction> {
  const each = eachClass("weight", weight, classes);
  return view(core, (run) => {
    const { weights } = run.call;
    return { ...run, call: { ...run.call, weights: Float64Array.from(run.targets, (label, row) => (each[label] ?? 1) * (weights?.[row] ?? 1)) } };
  });
}
