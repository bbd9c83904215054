import { FocalError } from "../errors.ts";

/** Labels and scores are read by index only: typed arrays and plain arrays alike. */
export type Numbers = ArrayLike<number>;

export function expectSameLength(scores: Numbers, labels: Numbers, classes = 1): void {
  if (labels.length === 0) throw new FocalError("shape", "labels must hold at least one value, got none");
  if (scores.length !== labels.length * classes) {
    const per = classes === 1 ? "one score per label" : `${classes} probabilities per label`;
    throw new FocalError("shape", `there must be ${per}: expected ${labels.length * classes}, got ${scores.length}`);
  }
}

export function expectClasses(classes: number): void {
  if (!(Number.isInteger(classes) && classes >= 2)) throw new FocalError("argument", `classes must be a whole number ≥ 2, got ${String(classes)}`);
}

/** A NaN compares with nothing, so a ranking with one in it would be an accident of the sort. */
export function expectNoNaN(name: string, values: Numbers): void {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) throw new FocalError("argument", `${name}[${i}] must be a number, got NaN`);
}

export function expectLabels(name: string, labels: Numbers, classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!(label >= 0 && label < classes && Number.isInteger(label))) {
      throw new FocalError("label", `${name}[${i}] must be a class from 0 to ${classes - 1}, got ${label}`);
    }
  }
}

/** Probabilities of all classes, row by row, with the class each row belongs to. */
export function expectTable(probabilities: Numbers, labels: Numbers, classes: number): void {
  expectClasses(classes);
  expectSameLength(probabilities, labels, classes);
  expectLabels("labels", labels, classes);
  expectNoNaN("probabilities", probabilities);
}
