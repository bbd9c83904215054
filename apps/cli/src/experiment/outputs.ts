import { join } from "node:path";
import { encode, trainingCounts } from "../data/index.ts";
import type { Dataset, Prepared } from "../data/index.ts";
import { score, scoreColumns, writeColumns, writeModel, type SavedModel } from "../model/index.ts";
import { version } from "../version.ts";
import type { Candidate } from "./candidates.ts";
import type { Comparison } from "./compare.ts";

/** Writes model.onnx and model.json: the first repeat's model of one candidate. */
export async function saveModel(folder: string, { target }: Dataset, candidate: Candidate, { first, kept }: Comparison, at: number): Promise<SavedModel> {
  const { model, calibration, decision } = kept[at]!;
  const { name, parameters, alpha } = candidate.loss(trainingCounts(first));
  const saved: SavedModel = {
    library: version, target: target.name, classes: target.classes, againstRest: target.againstRest, encoding: first.encoding,
    layers: model.layers, loss: { name, parameters, ...(alpha !== undefined && { alpha }) }, calibration, decision,
  };
  await writeModel(join(folder, "model.onnx"), saved);
  await writeModel(join(folder, "model.json"), saved);
  return saved;
}

/** Writes the saved model's scores of every row that the first repeat used, with the part it was in. */
export async function savePredictions(path: string, { table, target, rest }: Dataset, model: SavedModel, { train, validation, test }: Prepared): Promise<void> {
  const partOf = new Map<number, string>();
  for (const [name, part] of [["train", train], ["validation", validation], ["test", test]] as const) {
    for (const row of part.rowNumbers) partOf.set(row, name);
  }
  const rows = Uint32Array.from(partOf.keys()).sort();
  const labels = rows.map((row) => target.labels[row]!);
  const scores = score(model, encode(model.encoding, table, rows).x, rows.length);
  await writeColumns(path, rows.length, scoreColumns(target.classes, { rows: rest ? rows.map((row) => rest.sample[row]!) : rows, labels, split: (i) => partOf.get(rows[i]!)!, ...scores }));
}
