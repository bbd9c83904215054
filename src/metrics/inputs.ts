import { describe, FocalError } from "../errors.ts";
import { expectNumbers } from "../inputs.ts";

/** Labels and scores are read by index only: typed arrays and plain arrays alike. */
export type Numbers = ArrayLike<number>;

/** Scores with a label each: numbers throughout, since "1" and true compare with nothing. */
export function expectScored(scores: Numbers, labels: Numbers): void {
  expectNumbers("scores", scores);
  expectNumbers("labels", labels);
  expectSameLength(scores, labels);
  expectNoNaN("scores", scores);
  expectNoNaN("labels", labels);
}

export function expectSameLength(scores: Numbers, labels: Numbers, classes = 1): void {
  if (labels.length === 0) throw new FocalError("shape", "labels must hold at least one value, got none");
  if (scores.length !== labels.length * classes) {
    const per = classes === 1 ? "one score per label" : `${classes} probabilities per label`;
    throw new FocalError("shape", `there must be ${per}: expected ${labels.length * classes}, got ${scores.length}`);
  }
}

export function expectClasses(classes: number): void {
  expectWhole("classes", classes, 2);
}

export function expectWhole(name: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least)) throw new FocalError("argument", `${name} must be a whole number ≥ ${least}, got ${describe(value)}`);
}

/** A NaN compares with nothing, so a ranking with one in it would be an accident of the sort. */
function expectNoNaN(name: string, values: Numbers): void {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) throw new FocalError("argument", `${name}[${i}] must be a number, got NaN`);
}

export function expectLabels(name: string, labels: Numbers, classes: number): void {
  expectNumbers(name, labels);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!(label >= 0 && label < classes && Number.isInteger(label))) {
      throw new FocalError("label", `${name}[${i}] must be a class from 0 to ${classes - 1}, got ${label}`);
    }
  }
}

/** What float32 may lose when a row is normalised. */
const ROUNDING = 1e-5;

/** Rows of probabilities, one of each class: whole rows, each value between 0 and 1. */
export function expectRows(probabilities: Numbers, classes: number): void {
  expectClasses(classes);
  expectNumbers("probabilities", probabilities);
  if (probabilities.length % classes !== 0) throw new FocalError("shape", `probabilities must come in rows of ${classes}, got ${probabilities.length} values`);
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    if (!(p >= 0 && p <= 1 + ROUNDING)) throw new FocalError("argument", `probabilities[${i}] must be in [0, 1], got ${p}${Number.isNaN(p) ? "" : "; a softmax makes probabilities of logits"}`);
  }
}

/** Probabilities of all classes, row by row, with the class each row belongs to. */
export function expectTable(probabilities: Numbers, labels: Numbers, classes: number): void {
  expectScoreTable(probabilities, labels, classes);
  expectRows(probabilities, classes);
}

/** The same for scores of any scale, that are only ranked. */
export function expectScoreTable(scores: Numbers, labels: Numbers, classes: number): void {
  expectClasses(classes);
  expectNumbers("probabilities", scores);
  expectNumbers("labels", labels);
  expectSameLength(scores, labels, classes);
  expectLabels("labels", labels, classes);
  expectNoNaN("probabilities", scores);
}
