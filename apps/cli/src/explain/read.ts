import { FocalError } from "focal-loss";
import { quote } from "../data/near.ts";
import { readTable } from "../data/index.ts";
import { fileNames, type Table } from "../data/table.ts";
import type { Source } from "../explanation.ts";
import { findScores, type ColumnOptions } from "./columns.ts";
import { guess, logitsOf, type From } from "./logits.ts";

/** Parts that `focal train` divides rows into. */
export const PARTS = ["train", "validation", "test"] as const;
export type PartName = (typeof PARTS)[number] | "all";

export interface ReadOptions extends ColumnOptions {
  readonly from: From | "auto";
  /** Absent: "train" where the file has such rows, else all. */
  readonly part: PartName | undefined;
}

/** Rows with a label and scores. */
export interface ScoredRows {
  readonly part?: string;
  readonly labels: Int32Array;
  /** One per row (two classes) or one per class. */
  readonly logits: Float64Array;
  /** The same after recovery and calibration, where the file has both. */
  readonly recovered: Float64Array | undefined;
}

export interface Predictions {
  readonly source: Source;
  readonly classes: readonly string[];
  /** What a loss is explained on, and what reliability is judged on: rows not trained on, where the file tells them apart. */
  readonly explained: ScoredRows;
  readonly judged: ScoredRows;
  readonly notes: readonly string[];
}

/** Reads labels and scores from files of any format that training reads. */
export async function readPredictions(files: readonly string[], options: ReadOptions): Promise<Predictions> {
  const table = await readTable(files);
  const found = findScores(table, options);
  const { classes, columns, positive } = found;
  const parts = partsOf(table), part = partFor(table, parts, options.part);
  const known = Uint32Array.from({ length: table.rows }, (_, row) => row).filter((row) => found.labels[row]! >= 0);
  const from = options.from === "auto" ? guess(columns, known) : options.from;
  const { logits, clipped } = logitsOf(columns, known, from, positive);
  const recovered = found.recovered && logitsOf(found.recovered, known, "probabilities", positive).logits;
  const width = logits.length / known.length;
  const scored = (name: PartName): ScoredRows => {
    const rows = Uint32Array.from(known, (_, i) => i).filter((i) => name === "all" || parts?.[known[i]!] === name);
    const pick = (values: Float64Array): Float64Array => Float64Array.from({ length: rows.length * width }, (_, i) => values[rows[Math.floor(i / width)]! * width + (i % width)]!);
    return {
      ...(parts && { part: name }), labels: Int32Array.from(rows, (i) => found.labels[known[i]!]!),
      logits: pick(logits), recovered: recovered && pick(recovered),
    };
  };
  const explained = scored(part);
  const judged = part === "train" && parts?.includes("test") ? scored("test") : explained;
  const notes: string[] = [];
  if (clipped > 0) notes.push(`${clipped} ${clipped === 1 ? "score is" : "scores are"} exactly 0 or 1 and taken as the nearest number between.`);
  const missing = table.rows - known.length;
  if (missing > 0) notes.push(`${missing} ${missing === 1 ? "row is" : "rows are"} left out: the target is missing there.`);
  if (options.from === "auto" && found.recovered === undefined) {
    notes.push(GUESSED[from]);
  }
  return {
    source: { files: table.files, target: found.target, scores: columns.map(({ name }) => name), from, ...(parts && { part }) },
    classes, explained, judged, notes,
  };
}

/** Why scores were read as what they were read as. */
const GUESSED: Readonly<Record<From, string>> = {
  probabilities: "Every score lies in [0, 1], so scores were read as probabilities (--from logits if they are not).",
  percentages: "Scores lie between 0 and 100, as no logits do, so they were read as percentages (--from logits if they are not).",
  logits: "Some scores lie outside [0, 1], so scores were read as logits.",
};

/** What `focal train` writes into a column `split`; undefined where there is none of the kind. */
function partsOf({ columns }: Table): readonly (string | undefined)[] | undefined {
  const column = columns.find(({ name }) => name === "split");
  if (column?.kind !== "text" || !column.levels.every((level) => (PARTS as readonly string[]).includes(level))) return undefined;
  return Array.from(column.codes, (code) => column.levels[code]);
}

function partFor(table: Table, parts: readonly (string | undefined)[] | undefined, asked: PartName | undefined): PartName {
  if (asked === undefined) return parts?.includes("train") ? "train" : "all";
  if (asked !== "all" && !parts?.includes(asked)) {
    throw new FocalError("data", parts ? `${fileNames(table)} has no rows of the part ${quote(asked)}` : `${fileNames(table)} has no column "split" that tells parts, expected one for --part ${asked}`);
  }
  return asked;
}
