import { FocalError } from "../errors.ts";
import { symbolsOf } from "../expr/expr.ts";
import type { AnyLoss } from "../losses/loss.ts";
import { inspectLabels, inspectShares, inspectTargets } from "./labels.ts";
import type { Inspection } from "./labels.ts";
import { rowStart } from "./job.ts";
import type { NumberArray } from "./job.ts";

/** How rows of classes lie in memory, and what their labels may be. */
export interface Layout {
  readonly classes: number;
  readonly inner: number;
  readonly ignoreIndex: number | undefined;
  /** A label that names none of the classes (sigmoid head). */
  readonly background: number | undefined;
  /** How much of every target is spread over all classes. */
  readonly smoothing: number;
}

/** Targets as a kernel takes them, and what they say about themselves. */
export interface Targets extends Inspection {
  readonly values: NumberArray;
  readonly ignoreIndex: number | undefined;
  /** Each holds a share of every class of a softmax row, in the layout of the logits. */
  readonly mixed: boolean;
  /** Whether an example (a logit, or a softmax row) is not ignored. */
  counts(example: number): boolean;
}

/** What decides how targets are read. */
export interface Reader extends Layout {
  readonly loss: AnyLoss;
}

/**
 * Reads the targets of a sigmoid head: one per logit, or one label per row.
 *
 * @param length - how many logits they belong to
 * @param ahead - whether to look at them at all; a SIMD kernel checks plain ones as it reads them
 * @throws FocalError `shape`, `target` or `label`
 */
export function readSigmoidTargets(reader: Reader, length: number, given: NumberArray, ahead: boolean): Targets {
  const { classes, smoothing } = reader, rows = length / classes;
  const labelled = given.length === rows && (classes > 1 || reader.background !== undefined);
  if (labelled && length > 0) return oneVersusRest(given, reader);
  if (given.length !== length) refuseLength(`one value per logit${classes > 1 ? " or one label per row" : ""}: expected ${length}${classes > 1 ? ` or ${rows}` : ""}`, given);
  return ahead || smoothing > 0 ? smoothTargets(given, reader) : plain(given, undefined, { soft: false, valid: length, positives: 0 });
}

/**
 * Reads the targets of softmax rows: one label per row, or a share of every class.
 *
 * @param length - how many logits they belong to
 * @param ahead - whether to look at labels at all; a SIMD kernel checks those of typed arrays as it reads them
 * @throws FocalError `shape`, `target` or `label`
 */
export function readSoftmaxTargets(reader: Reader, length: number, given: NumberArray, ahead: boolean): Targets {
  const { loss, classes, smoothing } = reader, rows = length / classes;
  const takesShares = loss.kind === "batch" ? loss.per === "class" : loss.kind === "margin" && loss.labels === "classes";
  if (takesShares && given.length === length && length > 0) return smoothShares(given, reader);
  if (given.length !== rows) refuseLength(`one label per row${takesShares ? " or one share per logit" : ""}: expected ${rows}${takesShares ? ` or ${length}` : ""}`, given);
  if (loss.kind === "margin" && loss.labels === "between") return sharesBetween(given, reader);
  const needsShares = smoothing > 0 || (loss.kind === "margin" && symbolsOf(loss.formula).has("own"));
  if (needsShares) return sharesOf(given, reader);
  // In float32 a label of 1 + 1e-9 would pass for 1.
  const untold = !ahead && ArrayBuffer.isView(given) && !(given instanceof Float64Array);
  return plain(given, reader.ignoreIndex, untold ? { soft: false, valid: rows, positives: 0 } : inspectLabels(given, classes, reader.ignoreIndex));
}

function refuseLength(expected: string, given: NumberArray): never {
  throw new FocalError("shape", `targets must have ${expected}, got ${given.length}`);
}

// Written out: spreading an object costs more than a small batch does.
const plain = (values: NumberArray, ignoreIndex: number | undefined, { soft, valid, positives }: Inspection): Targets =>
  ({ soft, valid, positives, values, ignoreIndex, mixed: false, counts: (i) => values[i] !== ignoreIndex });

/** Shares of classes; a row without any counts for nothing. */
const mixed = (values: NumberArray, { classes, inner }: Layout, seen: Inspection): Targets => ({
  ...seen, values, ignoreIndex: undefined, mixed: true,
  counts: (row) => hasShare(values, rowStart(row, classes, inner), classes, inner),
});

/** Whether the row that begins at `start` gives any class a share. */
export function hasShare(shares: NumberArray, start: number, classes: number, inner: number): boolean {
  for (let k = 0; k < classes; k++) if (shares[start + k * inner]! > 0) return true;
  return false;
}

/** What stands for an ignored logit in targets made here. */
const IGNORED = -1;

/** Targets of a sigmoid head, one per logit, smoothed: t(1 − s) + s/2. */
function smoothTargets(targets: NumberArray, { smoothing, ignoreIndex }: Layout): Targets {
  const seen = inspectTargets(targets, ignoreIndex);
  if (smoothing === 0) return plain(targets, ignoreIndex, seen);
  const values = Float64Array.from(targets, (t) => (t === ignoreIndex ? IGNORED : t * (1 - smoothing) + smoothing / 2));
  return plain(values, IGNORED, { ...seen, soft: true });
}

/** One label per row, as a yes-or-no target for each class. The background's rows are all no. */
function oneVersusRest(labels: NumberArray, layout: Layout): Targets {
  const { classes, inner, ignoreIndex, background } = layout;
  inspectLabels(labels, classes, ignoreIndex, background);
  const values = new Int8Array(labels.length * classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!, start = rowStart(row, classes, inner);
    if (label === ignoreIndex) for (let k = 0; k < classes; k++) values[start + k * inner] = IGNORED;
    else if (label !== background) values[start + label * inner] = 1;
  }
  return smoothTargets(values, { ...layout, ignoreIndex: IGNORED });
}

/** One value per row, for each of the row's logits. */
export function repeatOverClasses(values: NumberArray, { classes, inner }: Pick<Layout, "classes" | "inner">): Float64Array {
  const repeated = new Float64Array(values.length * classes);
  for (let row = 0; row < values.length; row++) {
    for (let k = 0, start = rowStart(row, classes, inner); k < classes; k++) repeated[start + k * inner] = values[row]!;
  }
  return repeated;
}

/** One label per softmax row, as the share of every class: 1 − s + s/C for the label's, s/C for the others. Ignored rows have none. */
function sharesOf(labels: NumberArray, layout: Layout): Targets {
  const { classes, inner, ignoreIndex, smoothing } = layout;
  const seen = inspectLabels(labels, classes, ignoreIndex);
  const values = new Float64Array(labels.length * classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!, start = rowStart(row, classes, inner);
    if (label === ignoreIndex) continue;
    for (let k = 0; k < classes; k++) values[start + k * inner] = (k === label ? 1 - smoothing : 0) + smoothing / classes;
  }
  return mixed(values, layout, seen);
}

/** Rows that say the share of every class themselves. */
function smoothShares(shares: NumberArray, layout: Layout): Targets {
  const { classes, inner, smoothing } = layout;
  const seen = inspectShares(shares, layout);
  if (smoothing === 0) return mixed(shares, layout, seen);
  const values = new Float64Array(shares.length);
  for (let row = 0; row < shares.length / classes; row++) {
    const start = rowStart(row, classes, inner);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += shares[start + k * inner]!;
    for (let k = 0; k < classes; k++) values[start + k * inner] = shares[start + k * inner]! * (1 - smoothing) + (sum * smoothing) / classes;
  }
  return mixed(values, layout, seen);
}

/** Real labels that stand between two classes, as the shares of both: i + 1 − y of class i = ⌊y⌋, y − i of the next. */
function sharesBetween(labels: NumberArray, layout: Layout): Targets {
  const { classes, inner, ignoreIndex } = layout;
  const values = new Float64Array(labels.length * classes);
  let valid = 0;
  for (let row = 0; row < labels.length; row++) {
    const y = labels[row]!, start = rowStart(row, classes, inner);
    if (y === ignoreIndex) continue;
    if (!(y >= 0 && y <= classes - 1)) throw new FocalError("label", `labels[${row}] must be a number from 0 to ${classes - 1}, got ${y}`);
    valid++;
    const i = Math.min(Math.floor(y), classes - 2);
    values[start + i * inner] = i + 1 - y;
    values[start + (i + 1) * inner] = y - i;
  }
  return mixed(values, layout, { soft: true, valid, positives: 0 });
}
