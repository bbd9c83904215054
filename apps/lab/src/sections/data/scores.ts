import { classesOf, MOST_CLASSES } from "./classes.ts";
import { FileProblem } from "./csv/problem.ts";
import type { Column, Mark, Table } from "./table.ts";
import { count, listed, plural, quote } from "./words.ts";

/** What scores are. */
export const SCALES = ["probabilities", "percentages", "logits"] as const;
export type Scale = (typeof SCALES)[number];

export interface ScoreRequest {
  readonly target: number;
  readonly positive: number;
  /** One column of the positive class, or one for each class of the target, in their order. */
  readonly scores: readonly number[];
  readonly scale: Scale | "auto";
}

/** Rows that have a label and scores, as the library takes them. */
export interface Scored {
  /** Of two classes the second is the positive one. */
  readonly classes: readonly string[];
  readonly labels: Int32Array;
  /** One per row (two classes), or one per class. */
  readonly logits: Float64Array;
  readonly scale: Scale;
  readonly notes: readonly string[];
}

/** Takes the chosen columns out of the file; what cannot be scored is said, with its line. */
export function readScores(table: Table, { target, positive, scores, scale: asked }: ScoreRequest): Scored {
  const truth = table.columns[target]!, columns = scores.map((k) => table.columns[k]!), width = columns.length;
  const found = classesOf(truth);
  if (!found) throw new FileProblem(`Column ${quote(truth.name)} has more than ${MOST_CLASSES} different values, which are no classes: choose the column that says what is true.`);
  const { names, labels } = found, occurring = found.counts.filter((n) => n > 0).length;
  if (occurring === 0) throw new FileProblem(`Column ${quote(truth.name)} is empty in every row.`);
  if (occurring === 1) throw new FileProblem(`Every row is of one class, ${quote(names[found.counts.findIndex((n) => n > 0)]!)} in column ${quote(truth.name)}: without another there is nothing to tell apart.`);
  if (width > 1 && width !== names.length) throw new FileProblem(`Column ${quote(truth.name)} has ${plural(names.length, "class", "classes")}, but ${plural(width, "score column is", "score columns are")} chosen: choose one for the positive class, or one for each.`);
  const twice = columns.find((column, k) => columns.indexOf(column) < k);
  if (twice) throw new FileProblem(`Column ${quote(twice.name)} is chosen for two classes: each needs its own.`);
  if (scores.includes(target)) throw new FileProblem(`Column ${quote(truth.name)} is chosen both as the truth and as its score.`);
  for (const { name, words } of columns) if (words) throw new FileProblem(`Column ${quote(name)} has to hold scores, but line ${count(words.line)} says ${quote(words.text)}${words.count > 1 ? `, and ${plural(words.count - 1, "other row has", "other rows have")} words too` : ""}.`);

  const rows = Uint32Array.from({ length: table.rows }, (_, row) => row).filter((row) => labels[row]! >= 0 && columns.every(({ values }) => Number.isFinite(values[row]!)));
  if (rows.length === 0) throw new FileProblem(`No row has both a value of ${quote(truth.name)} and ${width === 1 ? `a score in ${quote(columns[0]!.name)}` : "a score for every class"}.`);
  const scale = asked === "auto" ? guessScale(columns, rows) : asked;
  const two = width === 1 || names.length === 2, k = width === 1 ? 0 : positive;
  const powers = powersOf(table, columns, rows, scale);
  const logits = two && width > 1 ? Float64Array.from(rows, (_, i) => powers.logs[2 * i + k]! - powers.logs[2 * i + 1 - k]!) : powers.logs;
  const kept = Int32Array.from(rows, (row) => (two ? Number(labels[row] === positive) : labels[row]!));
  const classes = two ? [names.length === 2 ? names[1 - positive]! : `not ${names[positive]!}`, names[positive]!] : names;
  const counts = classes.map((_, c) => kept.reduce((n, label) => n + (label === c ? 1 : 0), 0)), empty = counts.indexOf(0);
  if (two && empty >= 0) {
    throw new FileProblem(`No row with a score is of class ${quote(classes[empty]!)}: ${empty === 1 ? "without a positive" : "without a negative"} there is nothing to tell apart.`);
  }
  return { classes, labels: kept, logits, scale, notes: [...leftOut(table, truth, columns, rows), ...SAID[scale](asked === "auto"), ...powers.notes, ...hard(columns, rows)] };
}

/** Probabilities where all lie in [0, 1]; percentages where none is negative, most are above 1 and none above 100; else logits. */
export function guessScale(columns: readonly Column[], rows: Uint32Array): Scale {
  let least = Infinity, most = -Infinity, above = 0;
  for (const { values } of columns) {
    for (const row of rows) {
      const score = values[row]!;
      if (score < least) least = score;
      if (score > most) most = score;
      if (score > 1) above++;
    }
  }
  if (least >= 0 && most <= 1) return "probabilities";
  if (columns.length > 1) return least >= 0 && rows.every((row) => Math.abs(columns.reduce((sum, { values }) => sum + values[row]!, 0) - 100) <= columns.length) ? "percentages" : "logits";
  // No trained model's logits reach 30 without one that is negative.
  return least >= 0 && 2 * above > rows.length && most >= 30 && most <= 100 ? "percentages" : "logits";
}

const SAID: Readonly<Record<Scale, (guessed: boolean) => string[]>> = {
  probabilities: (guessed) => (guessed ? ["Every score lies between 0 and 1, so scores were read as probabilities."] : []),
  percentages: (guessed) => (guessed ? ["Scores lie between 0 and 100, so they were read as percentages."] : []),
  logits: (guessed) => (guessed ? ["Some scores lie outside 0 to 1, so scores were read as logits."] : []),
};

/** The nearest to 0 and 1 that scores are taken to say: the least float32, and the greatest float64 below 1. */
const LEAST = 2 ** -149, MOST = 1 - 2 ** -53;

/** Logits of one column; of several, numbers whose softmax gives the probabilities. */
function powersOf({ lines }: Table, columns: readonly Column[], rows: Uint32Array, scale: Scale): { logs: Float64Array; notes: string[] } {
  const width = columns.length, logs = new Float64Array(rows.length * width), whole = scale === "percentages" ? 100 : 1;
  let ends = 0;
  columns.forEach(({ name, values }, k) => rows.forEach((row, i) => {
    const score = values[row]!;
    if (scale === "logits") return void (logs[i * width + k] = score);
    const p = score / whole;
    if (!(p >= 0 && p <= 1)) throw new FileProblem(`Column ${quote(name)} says ${score} on line ${count(lines[row]!)}, which is no ${scale === "percentages" ? "percentage" : "probability"}: say that scores are ${p > 1 && p <= 100 && whole === 1 ? "percentages or logits" : "logits"}.`);
    if (p === 0 || p === 1) ends++;
    const inside = Math.min(MOST, Math.max(LEAST, p));
    logs[i * width + k] = width === 1 ? Math.log(inside) - Math.log1p(-inside) : Math.log(Math.max(p, LEAST));
  }));
  if (width > 1 && scale !== "logits") rows.forEach((row, i) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += Math.exp(logs[i * width + k]!);
    // Rounded to two digits, columns still sum to 1 within a hundredth each.
    if (Math.abs(sum - 1) > 0.01 * width) throw new FileProblem(`The probabilities on line ${count(lines[row]!)} sum to ${Number(sum.toPrecision(3))} and not to 1: choose the columns that belong together, or say that they are logits.`);
  });
  return { logs, notes: ends > 0 && width === 1 ? [`${plural(ends, "score is", "scores are")} exactly 0 or 1, and taken as the nearest number between.`] : [] };
}

function leftOut({ rows: all }: Table, truth: Column, columns: readonly Column[], rows: Uint32Array): string[] {
  const lost = all - rows.length;
  if (lost === 0) return [];
  const why = (column: Column, mark: Mark | undefined, what: string): string[] => (mark ? [`${quote(column.name)} ${what} on line ${count(mark.line)}`] : []);
  const reasons = [...why(truth, truth.missing, "is missing"), ...columns.flatMap((column) => [...why(column, column.missing, "is missing"), ...why(column, column.infinite, "is infinite")])];
  return [`${plural(lost, "row was", "rows were")} left out, where the truth or a score is missing or infinite (first: ${listed(reasons, 3)}).`];
}

/** Decisions have been cut already: there is no curve in them. */
function hard(columns: readonly Column[], rows: Uint32Array): string[] {
  const seen = new Set<number>();
  for (const { values } of columns) for (const row of rows) if (seen.add(values[row]!).size > 2) return [];
  return ["The scores take two values only: they are decisions and not scores, and curves of them have a single point."];
}
