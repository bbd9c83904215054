/** Transforms of margin losses: they move logits by what the counts of the classes say. */
import type { Decimal } from "decimal.js";
import { exact, sum } from "../decimal.ts";
import type { Numbers } from "../decimal.ts";

export interface Transform {
  readonly name: "ldam" | "logitAdjusted";
  readonly counts: readonly number[];
  readonly options?: { readonly maxMargin?: number; readonly tau?: number };
}

/** Δ_k = maxMargin · (n_k / min n)^(−1/4) */
function margins({ counts, options }: Transform): Numbers {
  const least = Math.min(...counts);
  return counts.map((n) => exact(options?.maxMargin ?? 0.5).times(exact(n).div(least).pow(-0.25)));
}

/** π_k */
const priors = ({ counts }: Transform): Numbers => counts.map((n) => exact(n).div(sum(counts.map(exact))));

/** The logit of a yes-or-no question, as a positive or as a negative example sees it. */
export function moveLogit(transform: Transform | undefined): (x: Decimal, positive: boolean) => Decimal {
  if (!transform) return (x) => x;
  if (transform.name === "ldam") {
    const [negative, positive] = margins(transform);
    return (x, yes) => (yes ? x.minus(positive!) : x.plus(negative!));
  }
  const [negatives, positives] = priors(transform);
  const shift = positives!.div(negatives!).ln().times(exact(transform.options?.tau ?? 1));
  return (x) => x.plus(shift);
}

/** A row of logits, as an example of class k sees it. */
export function moveRow(transform: Transform | undefined): (row: Numbers, k: number) => Numbers {
  if (!transform) return (row) => row;
  if (transform.name === "ldam") {
    const byClass = margins(transform);
    return (row, k) => row.with(k, row[k]!.minus(byClass[k]!));
  }
  const shifts = priors(transform).map((prior) => prior.ln().times(exact(transform.options?.tau ?? 1)));
  return (row) => row.map((z, j) => z.plus(shifts[j]!));
}
