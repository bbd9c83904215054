import type { Criterion, Logits, Reduction } from "../criterion.ts";
import type { Floats, NumberArray } from "../heads/job.ts";
import { rowStart } from "../heads/job.ts";
import { like, view, without } from "./view.ts";

/**
 * Drops the first class before anything else, as MONAI does with a background that shall not count: its scores and
 * targets are taken out, labels move down by one, and its gradient is 0. Where nothing is reduced, the answer lacks it too.
 *
 * @param core - a criterion of one class less, in which −1 names no class
 */
export const withoutFirstClass = (core: Criterion<Reduction>, classes: number, inner: number): Criterion<Reduction> =>
  view(core, (run) => ({
    logits: rest(run.logits, classes, inner) as Logits,
    targets: run.targets.length === run.logits.length ? rest(run.targets, classes, inner) : Float64Array.from(run.targets, (label) => label - 1),
    call: without(run.call, "out"),
  }), (answer, { logits, call }) => ({
    value: answer.value,
    ...(answer.grad && { grad: back(answer.grad, classes, inner, call.out ?? like(answer.grad, logits.length)) }),
    ...(answer.hessian && { hessian: back(answer.hessian, classes, inner, like(answer.hessian, logits.length)) }),
  }));

/** Where class k + 1 of all classes and class k of the others stand, row by row. */
function eachPair(length: number, classes: number, inner: number, visit: (all: number, other: number) => void): void {
  for (let row = 0; row < length / classes; row++) {
    const all = rowStart(row, classes, inner), other = rowStart(row, classes - 1, inner);
    for (let k = 1; k < classes; k++) visit(all + k * inner, other + (k - 1) * inner);
  }
}

function rest(values: NumberArray, classes: number, inner: number): Floats {
  const length = (values.length * (classes - 1)) / classes;
  const kept = values instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  eachPair(values.length, classes, inner, (all, other) => { kept[other] = values[all]!; });
  return kept;
}

function back(values: Floats, classes: number, inner: number, into: Floats): Floats {
  into.fill(0);
  eachPair(into.length, classes, inner, (all, other) => { into[all] = values[other]!; });
  return into;
}
