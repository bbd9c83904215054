import { encode, labelsFor, readTable, textColumnsOf, type Table } from "../data/index.ts";
import { scoreColumns } from "./columns.ts";
import { readModel } from "./files.ts";
import { formatOf, writeColumns } from "./output.ts";
import type { SavedModel } from "./saved.ts";
import { score, type Scores } from "./score.ts";

export interface Predictions extends Scores {
  readonly model: SavedModel;
  readonly table: Table;
  /** The true class of each row, −1 where missing or unknown; null when the files lack the target column. */
  readonly labels: Int32Array | null;
  /** What a reader should know, e.g. values that training never saw. */
  readonly notes: readonly string[];
}

/**
 * Applies a saved model to new files; columns are found by name.
 *
 * @param modelFile model.onnx or model.json
 * @param files paths or globs of any format that training reads
 * @throws FocalError "model" for an unusable model file, "data" for files that lack a column or hold text where numbers must be
 */
export async function predictFiles(modelFile: string, files: readonly string[]): Promise<Predictions> {
  const model = await readModel(modelFile);
  const table = await readTable(files, textColumnsOf(model.encoding));
  const { x, rows, notes } = encode(model.encoding, table);
  const labels = labelsFor(table, model.target, model.classes, model.againstRest);
  return { model, table, labels, notes, ...score(model, x, rows) };
}

/** Writes predictions by the path's extension (CSV, TSV, Parquet, JSON); without a path as CSV to the standard output. */
export async function writePredictions(path: string | undefined, predictions: Predictions): Promise<void> {
  const { model, table, labels, ...scores } = predictions;
  const rows = Uint32Array.from({ length: table.rows }, (_, row) => row);
  await writeColumns(path, table.rows, scoreColumns(model.classes, { rows, ...scores, ...(labels && { labels }) }));
}

export { formatOf as checkOutputPath };
