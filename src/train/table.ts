import { FocalError } from "../errors.ts";

/** Rows of numbers, each with the class it belongs to. Standardise columns first: training takes them as they are. */
export interface Table {
  /** rows × features, row-major, all finite. */
  readonly x: Float32Array;
  /** The class of each row, 0…classes−1. Of two classes, 1 is the positive. */
  readonly y: Int32Array;
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
}

/** Rows to learn from, to choose by and to test on. */
export interface Dataset {
  readonly train: Table;
  /** Chooses the epoch; never trained on. */
  readonly validation: Table;
}

/** Some rows of a table, in the order given. */
export function subset(table: Table, rows: ArrayLike<number>): Table {
  const { features } = table;
  const x = new Float32Array(rows.length * features), y = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!(row >= 0 && row < table.rows && Number.isInteger(row))) throw new FocalError("argument", `rows[${i}] must be a row from 0 to ${table.rows - 1}, got ${row}`);
    for (let j = 0; j < features; j++) x[i * features + j] = table.x[row * features + j]!;
    y[i] = table.y[row]!;
  }
  return { ...table, x, y, rows: rows.length };
}

/** Rows of each class. */
export function classCounts({ y, classes }: Pick<Table, "y" | "classes">): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of y) counts[label]!++;
  return counts;
}

/** @throws FocalError `shape`, `label` or `data` where a model could not be trained on it */
export function checkDataset({ train, validation }: Dataset): void {
  checkTable("train", train);
  checkTable("validation", validation);
  for (const key of ["features", "classes"] as const) {
    if (train[key] !== validation[key]) throw new FocalError("shape", `train and validation must have the same ${key}, got ${train[key]} and ${validation[key]}`);
  }
  const counts = classCounts(train);
  if (counts.filter((n) => n > 0).length < 2) {
    throw new FocalError("data", `the training rows must hold at least two classes, got only class ${counts.findIndex((n) => n > 0)}`);
  }
}

function checkTable(name: string, { x, y, rows, features, classes }: Table): void {
  for (const [key, value, least] of [["rows", rows, 1], ["features", features, 1], ["classes", classes, 2]] as const) {
    if (!(Number.isInteger(value) && value >= least)) throw new FocalError("shape", `${name}.${key} must be a whole number ≥ ${least}, got ${String(value)}`);
  }
  if (x.length !== rows * features) throw new FocalError("shape", `${name}.x must hold rows × features = ${rows * features} values, got ${x.length}`);
  if (y.length !== rows) throw new FocalError("shape", `${name}.y must hold ${rows} labels, got ${y.length}`);
  for (let i = 0; i < rows; i++) {
    if (!(y[i]! >= 0 && y[i]! < classes)) throw new FocalError("label", `${name}.y[${i}] must be a class from 0 to ${classes - 1}, got ${y[i]}`);
  }
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i])) throw new FocalError("data", `${name}.x must be finite, got ${x[i]} in row ${Math.floor(i / features)}, column ${i % features}`);
  }
}
