import type { numpy as np } from "@jax-js/jax";
import { symbolsOf } from "../../expr/expr.ts";
import type { Labels } from "../../losses/derive.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Plan } from "../../options.ts";
import { stepFrom, withDerivatives } from "./derivatives.ts";
import { derivatives } from "./formulas.ts";
import { isFloat } from "./labels.ts";
import { everyMargin, marginOf, strongest } from "./margins.ts";
import type { Rows } from "./margins.ts";
import { less } from "./rounded.ts";
import type { Scope, Tensor } from "./scope.ts";
import type { Tables } from "./tables.ts";

/** The classes of rows, side by side in memory, as the first axis: what is one per row then lies as its row's logits do. */
export const byClass = (scope: Scope, a: np.Array, classes: number): np.Array => scope.of((array: np.Array) => array.reshape([-1, classes]).transpose(), a);

/** Rows of logits as formulas take them. */
export function rowsOf(scope: Scope, { classes }: Plan, logits: np.Array, { offsets }: Tables): Rows {
  const { x, step } = stepFrom(scope, logits);
  return { z: scope.apart(byClass(scope, x, classes)) as np.Array, steps: byClass(scope, step, classes), offsets: offsets! };
}

/** The class of each row, as true among false; undefined where labels may give shares to many. */
export function ownOf(scope: Scope, { loss, classes }: Plan, logits: np.Array, labels: np.Array, { columns }: Tables): np.Array | undefined {
  const { of, floats, fixed, equal, reaches } = scope;
  if (labels.ndim === logits.ndim) return isFloat(labels) ? undefined : reaches(floats(fixed(byClass(scope, labels, classes))), 0.5);
  if (loss.kind === "margin" && loss.labels === "between") return undefined;
  return equal(of((array: np.Array) => array.reshape([1, -1]), floats(fixed(labels))), columns!);
}

/** The share of every class: as labels give it, or of a real number between two classes. */
export function sharesOf(scope: Scope, plan: Plan, logits: np.Array, labels: np.Array, tables: Tables): np.Array {
  const { floats, fixed, of, sub, abs, max } = scope, own = ownOf(scope, plan, logits, labels, tables);
  if (own) return floats(own);
  const given = floats(fixed(labels));
  if (labels.ndim === logits.ndim) return byClass(scope, given, plan.classes);
  return max(sub(1, abs(sub(of((array: np.Array) => array.reshape([1, -1]), given), tables["columns"]!))), 0);
}

/** One number per row, in the shape of the logits without their last axis. */
export const perRow = (scope: Scope, logits: np.Array, a: np.Array): np.Array => scope.of((array: np.Array) => array.reshape(logits.shape.slice(0, -1)), a);

/** Each row's loss: the softmax head, see `softmaxHead` and, where labels give shares, `mixtureHead`. A row without any share loses nothing. */
export function softmaxLosses(scope: Scope, plan: Plan, logits: np.Array, labels: np.Array, tables: Tables): np.Array {
  const { mul, floats, where, total } = scope, loss = plan.loss as Loss;
  const rows = rowsOf(scope, plan, logits, tables), own = ownOf(scope, plan, logits, labels, tables), { columns, positive: alphaT } = tables as Tables & Record<"columns" | "positive", Tensor>;
  if (own) {
    const { step, ...margin } = marginOf(scope, rows, own), ofLabel = (table: Tensor | undefined): Tensor => (typeof table === "object" ? total(where(own, table, 0)) : table ?? 0);
    const symbols = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, ofLabel(table)] as const));
    const losses = derivatives(scope, loss, "hard", { ...symbols, ...less(scope, margin, ofLabel(tables["margins"])), alphaT: ofLabel(alphaT) });
    return perRow(scope, logits, mul(withDerivatives(scope, losses, step), total(floats(own))));
  }
  const shares = sharesOf(scope, plan, logits, labels, tables), { step, ...margins } = everyMargin(scope, rows, columns);
  const read = (as: Labels): Tensor[] => derivatives(scope, loss, as, { ...tables, ...less(scope, margins, tables["margins"] ?? 0), alphaT });
  let found = read("hard");
  if (symbolsOf(loss.formula).has("own")) {
    const label = strongest(scope, shares, columns), others = read("other");
    found = found.map((part, i) => where(label, part, others[i]!));
  }
  return perRow(scope, logits, total(mul(shares, withDerivatives(scope, found, step))));
}
