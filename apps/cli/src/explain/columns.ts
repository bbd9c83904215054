import { FocalError } from "focal-loss";
import { quote, suggestion } from "../data/near.ts";
import { fileNames, findColumn, type NumberColumn, type Table } from "../data/table.ts";
import { readTarget } from "../data/target.ts";

/** What the user says about the columns; absent: found by their names. */
export interface ColumnOptions {
  readonly target: string | undefined;
  readonly scores: readonly string[];
  readonly positive: string | undefined;
}

/** The columns that hold scores, with the classes they are of. */
export interface ScoredColumns {
  readonly target: string;
  /** Two: the second is the positive one. */
  readonly classes: readonly string[];
  /** Class index per row; −1 where the target is missing. */
  readonly labels: Int32Array;
  /** One of the positive class (two classes only), or one per class of the target as it stands in the file. */
  readonly columns: readonly NumberColumn[];
  /** Which of several columns is the positive class's, where two classes are to be told apart. */
  readonly positive: number | undefined;
  /** The columns of the same classes after recovery and calibration, where this program wrote the file. */
  readonly recovered: readonly NumberColumn[] | undefined;
}

/** How this program names the network's own scores, and the probabilities after recovery. */
const RAW = "raw_";
const RECOVERED = "p_";

/**
 * Finds target and scores. In files that `focal train` and `focal predict` wrote they are known by their names; elsewhere
 * the target must be named, and the scores unless only one column of numbers is left.
 *
 * @throws FocalError "data" for columns that are not there, hold no numbers, or do not fit the classes
 */
export function findScores(table: Table, options: ColumnOptions): ScoredColumns {
  const own = withPrefix(table, RAW);
  const target = options.target ?? (own.length > 1 && table.columns.some(({ name }) => name === "label") ? "label" : undefined);
  if (target === undefined) throw new FocalError("argument", `name the column of true classes with --target: ${listOf(table, () => true)}`);
  const names = options.scores.length > 0 ? options.scores : own.length > 1 ? own : [theOnlyNumbers(table, target)];
  const columns = names.map((name) => numberColumn(table, name));
  if (columns.length === 1) return { ...oneColumn(table, target, columns[0]!, options.positive), columns, recovered: undefined };

  const values = readTarget(table, target).classes;
  const ofColumns = classesOf(names, values, target);
  const positive = options.positive ?? (ofColumns.length === 2 ? ofColumns[1] : undefined);
  const isPositive = positive === undefined ? undefined : ofColumns.indexOf(positive);
  if (isPositive === -1) throw new FocalError("data", `no score column of the positive class ${quote(positive!)}: ${suggestion(positive!, ofColumns)}`);
  const told = positive === undefined ? undefined : readTarget(table, target, positive);
  const recovered = names === own ? withPrefix(table, RECOVERED).map((name) => numberColumn(table, name)) : [];
  return {
    target, columns, positive: isPositive, recovered: recovered.length === columns.length ? recovered : undefined,
    ...(told ? { classes: told.classes, labels: told.labels } : { classes: ofColumns, labels: relabelled(table, target, ofColumns) }),
  };
}

/** One column of scores is of the positive class: the one it is named after, or named by the user, or the rarer. */
function oneColumn(table: Table, target: string, column: NumberColumn, asked: string | undefined): Pick<ScoredColumns, "target" | "classes" | "labels" | "positive"> {
  const values = readTarget(table, target).classes;
  const named = classNamed(column.name, values);
  if (asked === undefined && named === undefined && values.length > 2) {
    throw new FocalError("data", `one column of scores tells two classes apart, but target ${quote(target)} has ${values.length}: name a column per class with --scores, or the class that ${quote(column.name)} is of with --positive`);
  }
  if (asked !== undefined && named !== undefined && asked !== named) {
    throw new FocalError("data", `column ${quote(column.name)} is named after class ${quote(named)}, but --positive says ${quote(asked)}`);
  }
  const { classes, labels } = readTarget(table, target, asked ?? named);
  return { target, classes, labels, positive: undefined };
}

/** The class of each column: the target's value it is named after, else what its name adds to what the names have in common. */
function classesOf(names: readonly string[], values: readonly string[], target: string): string[] {
  const shared = commonPrefix(names);
  const classes = names.map((name) => classNamed(name, values) ?? name.slice(shared.length));
  const missing = values.find((value) => !classes.includes(value));
  if (missing !== undefined) {
    throw new FocalError("data", `class ${quote(missing)} of target ${quote(target)} has no score column: expected one of ${names.slice(0, 6).map(quote).join(", ")}${names.length > 6 ? ", …" : ""} to be named after it`);
  }
  const twice = classes.find((name, i) => classes.indexOf(name) < i);
  if (twice !== undefined) throw new FocalError("data", `two score columns are named after class ${quote(twice)}: name one per class with --scores`);
  return classes;
}

/** The longest value that a column's name ends in: "yes" of `p_yes`. */
function classNamed(name: string, values: readonly string[]): string | undefined {
  const fitting = values.filter((value) => name === value || (name.endsWith(value) && /[_.\- :]$/.test(name.slice(0, -value.length))));
  return fitting.sort((a, b) => b.length - a.length)[0];
}

function commonPrefix(names: readonly string[]): string {
  const first = names[0]!;
  let length = 0;
  while (length < first.length && names.every((name) => name[length] === first[length])) length++;
  return first.slice(0, length).replace(/[^_.\- :]*$/, "");
}

/** Labels in the order of the score columns. */
function relabelled(table: Table, name: string, classes: readonly string[]): Int32Array {
  const target = readTarget(table, name);
  const index = target.classes.map((value) => classes.indexOf(value));
  return target.labels.map((label) => (label < 0 ? -1 : index[label]!));
}

const withPrefix = (table: Table, prefix: string): string[] => table.columns.filter(({ kind, name }) => kind === "number" && name.startsWith(prefix)).map(({ name }) => name);

function numberColumn(table: Table, name: string): NumberColumn {
  const column = findColumn(table, name, "scores");
  if (column.kind !== "number") throw new FocalError("data", `scores ${quote(name)} of ${fileNames(table)} are ${column.kind === "text" ? "text" : `of type ${column.type}`}, expected numbers`);
  return column;
}

function theOnlyNumbers(table: Table, target: string): string {
  const others = table.columns.filter(({ kind, name }) => kind === "number" && name !== target);
  if (others.length === 1) return others[0]!.name;
  throw new FocalError("argument", others.length === 0
    ? `${fileNames(table)} has no column of numbers beside the target ${quote(target)}, expected scores`
    : `name the columns of scores with --scores, one of the positive class or one per class: ${listOf(table, ({ kind, name }) => kind === "number" && name !== target)}`);
}

function listOf(table: Table, wanted: (column: Table["columns"][number]) => boolean): string {
  const names = table.columns.filter(wanted).map(({ name }) => quote(name));
  return `there ${names.length === 1 ? "is" : "are"} ${names.slice(0, 12).join(", ")}${names.length > 12 ? ` and ${names.length - 12} more` : ""}`;
}
