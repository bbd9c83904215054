import { classCounts } from "focal-loss/train";
import type { Table as TrainingTable } from "focal-loss/train";
import type { Dataset } from "./dataset.ts";
import { duplicateRows } from "./duplicates.ts";
import { encode, type Encoded } from "./encode.ts";
import type { Encoding } from "./encoding.ts";
import { fitEncoding, type ColumnUse } from "./fit.ts";
import { writeScratch, type Scratch } from "./scratch.ts";
import { splitRows, type Split } from "./split.ts";

/** Some rows of the data, encoded: what `train` takes, and which rows they were. */
export interface Part extends TrainingTable {
  /** Row numbers in the table as read. */
  readonly rowNumbers: Uint32Array;
}

/** Where the rows of a larger table go to, and who hears how far that is. */
export interface ScratchPlan {
  readonly folder: string;
  readonly onProgress: (share: number) => void;
}

/** One division of a data set, encoded by what its training part taught; a data set for `train`. */
export interface Prepared {
  readonly encoding: Encoding;
  /** Rows to train on: all, or those of the sample. */
  readonly train: Part;
  /** Rows to train on that are not held in memory. */
  readonly more?: Scratch;
  readonly validation: Part;
  readonly test: Part;
  readonly columns: readonly ColumnUse[];
  /** Test rows that also stand in the training part. */
  readonly duplicateRows: number;
}

/**
 * Divides and encodes a data set; the same seed gives the same parts.
 *
 * @throws FocalError "data" when a class has too few rows or no column is usable
 */
export const prepare = (dataset: Dataset, seed: number): Prepared => prepareSplit(dataset, splitRows(dataset, seed));

/** Encodes a data set that is divided already, and of a larger table the rows that are not in it. */
export async function prepareAll(dataset: Dataset, split: Split, scratch: ScratchPlan | undefined): Promise<Prepared> {
  const prepared = prepareSplit(dataset, split), { rest, target } = dataset;
  if (!rest || !scratch) return prepared;
  return { ...prepared, more: await writeScratch(scratch.folder, rest, target, prepared.encoding, scratch.onProgress) };
}

/** Rows of each class to train on. */
export function trainingCounts({ train, more }: Prepared): number[] {
  return classCounts(train).map((count, k) => count + (more?.counts[k] ?? 0));
}

/** Encodes a data set that is divided already. */
export function prepareSplit({ table, target, ignored }: Dataset, split: Split): Prepared {
  const { encoding, columns } = fitEncoding(table, split.train, ignored);
  const [train, validation, test] = [split.train, split.validation, split.test].map((rows) => encode(encoding, table, rows)) as [Encoded, Encoded, Encoded];
  const part = ({ x, rows, features }: Encoded, rowNumbers: Uint32Array): Part => (
    { x, y: Int32Array.from(rowNumbers, (row) => target.labels[row]!), rows, features, classes: target.classes.length, rowNumbers }
  );
  return {
    encoding,
    train: part(train, split.train),
    validation: part(validation, split.validation),
    test: part(test, split.test),
    columns,
    duplicateRows: duplicateRows(train, test),
  };
}
