import { FocalError } from "../errors.ts";
import { checkWeights, expectNumbers } from "../inputs.ts";
import { expectRows } from "./inputs.ts";
import type { Numbers } from "./inputs.ts";

/** How probabilities become a class: a threshold on class 1 of two, or one multiplier per class before the largest is taken. */
export type Decision = number | Numbers;

/**
 * The class of each row.
 *
 * @param probabilities - rows × classes, row-major (two classes: both columns)
 * @param decision - two classes: class 1 where its probability ≥ the threshold. Any number of classes: the class with
 *   the largest multiplier × probability, the first of equals. Default: 0.5, or every multiplier 1
 * @throws FocalError `argument` for values outside [0, 1], a threshold with more than two classes, or a wrong number of multipliers
 *
 * @example
 * decide([0.8, 0.2, 0.6, 0.4], 2, 0.3);   // Int32Array [0, 1]
 */
export function decide(probabilities: Numbers, classes: number, decision?: Decision): Int32Array {
  expectRows(probabilities, classes);
  return decideBy(probabilities, classes, decision === undefined ? (classes === 2 ? 0.5 : new Float64Array(classes).fill(1)) : decision);
}

function decideBy(probabilities: Numbers, classes: number, decision: Decision): Int32Array {
  const out = new Int32Array(probabilities.length / classes);
  if (typeof decision === "number") {
    if (classes !== 2) throw new FocalError("argument", `a threshold decides between two classes, got ${classes}; pass one multiplier per class`);
    if (Number.isNaN(decision)) throw new FocalError("argument", "the threshold must be a number, got NaN");
    for (let i = 0; i < out.length; i++) out[i] = probabilities[2 * i + 1]! >= decision ? 1 : 0;
    return out;
  }
  expectNumbers("decision", decision);
  if (decision.length !== classes) throw new FocalError("argument", `there must be one multiplier per class: expected ${classes}, got ${decision.length}`);
  checkWeights(decision, "decision");
  for (let i = 0; i < out.length; i++) out[i] = largest(probabilities, i * classes, decision);
  return out;
}

/** The column with the largest multiplier × probability, the first of equals. */
export function largest(probabilities: Numbers, start: number, multipliers: Numbers): number {
  let top = 0;
  for (let k = 1; k < multipliers.length; k++) {
    if (multipliers[k]! * probabilities[start + k]! > multipliers[top]! * probabilities[start + top]!) top = k;
  }
  return top;
}
