import type { Dataset } from "./dataset.ts";
import { duplicateRows } from "./duplicates.ts";
import { encode } from "./encode.ts";
import { featureCount, type Encoding } from "./encoding.ts";
import { fitEncoding, type ColumnUse } from "./fit.ts";
import { splitRows } from "./split.ts";

/** Some rows of a table, ready for a model. */
export interface Part {
  /** Row numbers in the table. */
  readonly rows: Uint32Array;
  /** rows × features, row-major. */
  readonly x: Float32Array;
  /** Class index per row. */
  readonly y: Int32Array;
}

/** One division of a data set, encoded by what its training part taught. */
export interface Prepared {
  readonly encoding: Encoding;
  readonly features: number;
  readonly train: Part;
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
export function prepare(dataset: Dataset, seed: number): Prepared {
  const { table, target, ignored } = dataset;
  const split = splitRows(dataset, seed);
  const { encoding, columns } = fitEncoding(table, split.train, ignored);
  const encoded = { train: encode(encoding, table, split.train), test: encode(encoding, table, split.test) };
  const part = (rows: Uint32Array, x: Float32Array): Part => ({ rows, x, y: Int32Array.from(rows, (row) => target.labels[row]!) });
  return {
    encoding,
    features: featureCount(encoding),
    train: part(split.train, encoded.train.x),
    validation: part(split.validation, encode(encoding, table, split.validation).x),
    test: part(split.test, encoded.test.x),
    columns,
    duplicateRows: duplicateRows(encoded.train, encoded.test),
  };
}
