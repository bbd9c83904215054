import { FocalError } from "../errors.ts";
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
  const hardOnes = ignoreIndex === 0 || ignoreIndex === 1 ? undefined : onesIfHard(targets, from, to);
  if (hardOnes !== undefined) return { soft: false, valid: to - from, positives: hardOnes };
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

/** Checks the labels of a softmax head: whole numbers below `classes`, or the ignored value. */
export function inspectLabels(labels: NumberArray, classes: number, ignoreIndex: number | undefined): Inspection {
  let ignored = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label === ignoreIndex) ignored++;
    else if (!(label >= 0 && label < classes && Number.isInteger(label))) {
      const hint = label < 0 && ignoreIndex === undefined ? `; ignoreIndex: ${label} would leave such rows out` : "";
      throw new FocalError("label", `labels[${i}] must be a class from 0 to ${classes - 1}${orIgnored(ignoreIndex)}, got ${label}${hint}`);
    }
  }
  return { soft: false, valid: labels.length - ignored, positives: 0 };
}

const orIgnored = (ignoreIndex: number | undefined): string => (ignoreIndex === undefined ? "" : ` or the ignored ${ignoreIndex}`);

/** How many targets are 1, if all are 0 or 1: without a branch that random targets would mislead. */
function onesIfHard(targets: NumberArray, from: number, to: number): number | undefined {
  let ones = 0, stray = 0;
  for (let i = from; i < to; i++) {
    const t = targets[i]!;
    ones += t;
    stray += Math.abs(t * (1 - t));
  }
  return stray === 0 ? ones : undefined;
}
