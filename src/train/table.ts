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

/**
 * Rows to learn from that need not fit into memory: parts of them, read when their turn comes. Each part must be a random sample of the
 * whole, since an epoch takes part after part and shuffles within them.
 */
export interface PartedTable extends Pick<Table, "rows" | "features" | "classes"> {
  /** Rows of each class. */
  readonly counts: readonly number[];
  /** Rows of each part. */
  readonly parts: readonly number[];
  /** The rows of a part; they are looked at until the next part is read. */
  read(part: number): Pick<Table, "x" | "y"> | Promise<Pick<Table, "x" | "y">>;
}

/** Rows to learn from, to choose by and to test on. */
export interface Dataset {
  readonly train: Table;
  /** Chooses the epoch; never trained on. */
  readonly validation: Table;
}

/** The same, where the rows to learn from come in parts. Networks take them; linear models must see every row at once. */
export interface PartedDataset extends Pick<Dataset, "validation"> {
  readonly train: PartedTable;
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
export function classCounts(table: Pick<Table, "y" | "classes"> | PartedTable): number[] {
  if (isParted(table)) return [...table.counts];
  const counts = new Array<number>(table.classes).fill(0);
  for (const label of table.y) counts[label]!++;
  return counts;
}

const isParted = (table: object): table is PartedTable => "read" in table;

/** A table in memory is a single part. */
export function partsOf(table: Table | PartedTable): PartedTable {
  return isParted(table) ? table : { ...table, counts: classCounts(table), parts: [table.rows], read: () => table };
}

/** @throws FocalError `shape`, `label` or `data` where a model could not be trained on it */
export function checkDataset({ train, validation }: Dataset | PartedDataset): void {
  if (isParted(train)) checkParts(train);
  else checkTable("train", train);
  checkTable("validation", validation);
  for (const key of ["features", "classes"] as const) {
    if (train[key] !== validation[key]) throw new FocalError("shape", `train and validation must have the same ${key}, got ${train[key]} and ${validation[key]}`);
  }
  const counts = classCounts(train);
  if (counts.filter((n) => n > 0).length < 2) {
    throw new FocalError("data", `the training rows must hold at least two classes, got only class ${counts.findIndex((n) => n > 0)}`);
  }
}

function checkParts(train: PartedTable): void {
  checkSize("train", train);
  for (const key of ["parts", "counts"] as const) {
    const sum = train[key].reduce((a, b) => a + b, 0);
    if (sum !== train.rows) throw new FocalError("shape", `train.${key} must sum to train.rows = ${train.rows}, got ${sum}`);
  }
}

function checkSize(name: string, { rows, features, classes }: Pick<Table, "rows" | "features" | "classes">): void {
  for (const [key, value, least] of [["rows", rows, 1], ["features", features, 1], ["classes", classes, 2]] as const) {
    if (!(Number.isInteger(value) && value >= least)) throw new FocalError("shape", `${name}.${key} must be a whole number ≥ ${least}, got ${String(value)}`);
  }
}

/** @throws FocalError where rows are not what a table's must be */
export function checkTable(name: string, table: Table): void {
  checkSize(name, table);
  const { x, y, rows, features, classes } = table;
  if (x.length !== rows * features) throw new FocalError("shape", `${name}.x must hold rows × features = ${rows * features} values, got ${x.length}`);
  if (y.length !== rows) throw new FocalError("shape", `${name}.y must hold ${rows} labels, got ${y.length}`);
  for (let i = 0; i < rows; i++) {
    if (!(y[i]! >= 0 && y[i]! < classes)) throw new FocalError("label", `${name}.y[${i}] must be a class from 0 to ${classes - 1}, got ${y[i]}`);
  }
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i])) throw new FocalError("data", `${name}.x must be finite, got ${x[i]} in row ${Math.floor(i / features)}, column ${i % features}`);
  }
}
