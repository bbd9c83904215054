import { FocalError } from "focal-loss";
import { joinTables } from "./join.ts";
import { numbersWithMarkers } from "./markers.ts";
import { quote } from "./near.ts";
import { looksLikeSplit, splitFromColumn, splitFromFiles, type OfficialSplit } from "./official.ts";
import { readTable } from "./read.ts";
import { readWithin, refuseRest, type Rest } from "./sample.ts";
import { fileNames, findColumn, type Table } from "./table.ts";
import { readTarget, type Target } from "./target.ts";

export interface DataOptions {
  /** Paths or globs of CSV, TSV, Parquet or JSON files. */
  readonly files: readonly string[];
  readonly target: string;
  /** The positive class; with more than two classes, that class against the rest. */
  readonly positive?: string;
  /** Columns that must not be used. */
  readonly drop?: readonly string[];
  /** Column of the words train, test and perhaps validation. */
  readonly split?: string;
  /** Files that hold the test rows. */
  readonly test?: readonly string[];
  /** Bytes that the table may take; of a larger one a sample is held, and the rest of its rows can be streamed. */
  readonly memory?: number;
}

/** A table with its target, before it is divided and encoded. */
export interface Dataset {
  readonly table: Table;
  readonly target: Target;
  readonly official: OfficialSplit | null;
  /** Columns that are no features, with the reason. The target is among them. */
  readonly ignored: ReadonlyMap<string, string>;
  /** Set where the table is a sample of a larger one. */
  readonly rest?: Rest;
  /** What a reader of the results should know about the data. */
  readonly notes: readonly string[];
}

/**
 * Reads files for training: the table, the classes, and the split that comes with them if one is named.
 *
 * @throws FocalError "data", one sentence, for anything wrong with the files or the names
 */
export async function loadDataset(options: DataOptions): Promise<Dataset> {
  const { target, positive, drop = [], split, test = [], memory = Infinity } = options;
  if (split !== undefined && test.length > 0) throw new FocalError("data", "give a split column or a test file, not both");
  const { table: training, rest } = await readWithin(options.files, memory);
  if (test.length > 0) refuseRest(rest, "--test");
  if (split !== undefined) refuseRest(rest, "--split");
  const testing = test.length > 0 ? await readTable(test, textColumns(training)) : null;
  const table = withNumbers(testing ? joinTables(training, testing) : training, [target, split, ...drop]);
  const classes = readTarget(table, target, positive);
  const official = testing ? splitFromFiles(training.rows, testing) : split !== undefined ? splitFromColumn(table, split) : null;

  const ignored = new Map([[target, "target"]]);
  for (const column of table.columns) {
    if (column.name !== target && looksLikeSplit(column)) ignored.set(column.name, column.name === split ? "official split" : "names training and test rows");
  }
  for (const name of drop) {
    if (findColumn(table, name, "to drop").name === target) throw new FocalError("data", `cannot drop ${quote(name)}, it is the target`);
    ignored.set(name, "dropped on request");
  }
  return { table, target: classes, official, ignored, ...(rest && { rest }), notes: [...remarksOnSample(table, rest), ...remarks(table, classes, ignored)] };
}

function remarksOnSample({ rows }: Table, rest: Rest | undefined): string[] {
  return rest ? [`The table's ${rest.rows} rows take more than --memory: ${rows} of them, drawn at random, were held, and validation and test rows are among these.`] : [];
}

function remarks(table: Table, target: Target, ignored: ReadonlyMap<string, string>): string[] {
  const notes: string[] = [];
  if (target.missing > 0) {
    notes.push(`${target.missing} of ${table.rows} rows of ${fileNames(table)} have no value of ${quote(target.name)} and were left out.`);
  }
  for (const column of table.columns) {
    if (column.kind !== "number" || column.markers === undefined || ignored.has(column.name)) continue;
    const markers = column.markers.map(({ text, rows }) => `${quote(text)} (${rows} ${rows === 1 ? "row" : "rows"})`).join(", ");
    notes.push(`Column ${quote(column.name)} holds numbers but for ${markers}: read as numbers, ${column.markers.length === 1 ? "that" : "those"} as missing.`);
  }
  for (const [name, reason] of ignored) {
    if (reason === "names training and test rows") notes.push(`Column ${quote(name)} names training and test rows and was not used; choose that split with --split ${name}.`);
  }
  return notes;
}

/** Text of numbers with a few markers becomes numbers; columns that are no features stay as they are. */
function withNumbers(table: Table, except: readonly (string | undefined)[]): Table {
  return { ...table, columns: table.columns.map((column) => (column.kind === "text" && !except.includes(column.name) && numbersWithMarkers(column)) || column) };
}

const textColumns = (table: Table): string[] => table.columns.filter(({ kind }) => kind === "text").map(({ name }) => name);
