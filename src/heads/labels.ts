import { FocalError } from "../errors.ts";
import { rowStart } from "./job.ts";
import type { NumberArray } from "./job.ts";

/** What the targets say about themselves, found while checking them. */
export interface Inspection {
  /** Some target stands between 0 and 1. */
  readonly soft: boolean;
  /** Examples that are not ignored. */
  readonly valid: number;
  /** Targets above 0. */
  readonly positives: number;
}

/** Checks the targets of a sigmoid head: 0, 1, anything between, or the ignored value. */
export function inspectTargets(targets: NumberArray, ignoreIndex: number | undefined, from = 0, to = targets.length): Inspection {
  const hard = ignoreIndex === undefined ? inspectHard(targets, from, to) : Number.isInteger(ignoreIndex) && Math.abs(ignoreIndex) < 1024 ? inspectHardOrIgnored(targets, ignoreIndex, from, to) : undefined;
  if (hard) return hard;
  let ones = 0, between = 0, ignored = 0;
  for (let i = from; i < to; i++) {
    const t = targets[i]!;
    if (t === ignoreIndex) ignored++;
    else if (t === 1) ones++;
    else if (t !== 0) {
      if (!(t > 0 && t < 1)) throw new FocalError("target", `targets[${i}] must be in [0, 1]${orIgnored(ignoreIndex)}, got ${t}`);
      between++;
    }
  }
  return { soft: between > 0, valid: to - from - ignored, positives: ones + between };
}

/** Checks labels of rows: whole numbers below `classes`, the ignored value, or the one that names no class. */
export function inspectLabels(labels: NumberArray, classes: number, ignoreIndex: number | undefined, background?: number): Inspection {
  let ignored = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label === ignoreIndex) ignored++;
    else if (label !== background && !(label >= 0 && label < classes && Number.isInteger(label))) {
      const hint = label < 0 && ignoreIndex === undefined ? `; ignoreIndex: ${label} would leave such rows out` : "";
      throw new FocalError("label", `labels[${i}] must be ${classes === 1 ? "0" : `a class from 0 to ${classes - 1}`}${background === undefined ? "" : `, the background ${background}`}${orIgnored(ignoreIndex)}, got ${label}${hint}`);
    }
  }
  return { soft: false, valid: labels.length - ignored, positives: 0 };
}

/** Checks rows that hold a share of every class. A row without any counts for nothing. */
export function inspectShares(shares: NumberArray, { classes, inner }: { readonly classes: number; readonly inner: number }): Inspection {
  let valid = 0;
  for (let row = 0; row < shares.length / classes; row++) {
    let sum = 0;
    for (let k = 0, start = rowStart(row, classes, inner); k < classes; k++) {
      const at = start + k * inner, share = shares[at]!;
      if (!(share >= 0 && share <= 1)) throw new FocalError("target", `targets[${at}] must be a share in [0, 1], got ${share}`);
      sum += share;
    }
    if (sum > 0) valid++;
    if (sum > 0 && !(Math.abs(sum - 1) <= 1e-3)) throw new FocalError("target", `the shares of row ${row} must add up to 1 (or be all 0, for a row to be left out), got ${sum}`);
  }
  return { soft: true, valid, positives: 0 };
}

const orIgnored = (ignoreIndex: number | undefined): string => (ignoreIndex === undefined ? "" : ` or the ignored ${ignoreIndex}`);

/** What targets that are all 0 or 1 say: without a branch that random targets would mislead. */
function inspectHard(targets: NumberArray, from: number, to: number): Inspection | undefined {
  let ones = 0, stray = 0;
  for (let i = from; i < to; i++) {
    const t = targets[i]!;
    ones += t;
    stray += Math.abs(t * (1 - t));
  }
  return stray === 0 ? { soft: false, valid: to - from, positives: ones } : undefined;
}

/**
 * The same where some are a small whole number that is ignored. With n₁ ones and m times the number v, Σt = n₁ + vm and Σt² = n₁ + v²m:
 * exact sums, so both numbers follow. Where v is 0 or 1 they do not.
 */
function inspectHardOrIgnored(targets: NumberArray, value: number, from: number, to: number): Inspection | undefined {
  const between = value * (value - 1);
  let sum = 0, squares = 0, stray = 0;
  for (let i = from; i < to; i++) {
    const t = targets[i]!;
    sum += t;
    squares += t * t;
    stray += Math.abs(t * (1 - t) * (t - value));
  }
  const ignored = (squares - sum) / between;
  return stray === 0 && between !== 0 ? { soft: false, valid: to - from - ignored, positives: sum - value * ignored } : undefined;
}
