import type { Layout } from "./layout.ts";
import { shuffle } from "../random.ts";
import type { RandomNumbers } from "../random.ts";
import { checkTable, partsOf } from "./table.ts";
import type { PartedTable, Table } from "./table.ts";

/** The inputs with columns of zeros to the layout's width. */
export function widened({ x, rows, features }: Table, { layers }: Layout): Float32Array {
  const width = layers[0]!.rows;
  const wide = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) wide.set(x.subarray(row * features, (row + 1) * features), row * width);
  return wide;
}

/** Shuffled batches of one table, copied into the same two arrays again and again. */
export class Batches {
  readonly x: Float32Array;
  readonly targets: Float32Array;
  /** Batches of an epoch. What a part has left over, other rows each time, is left out. */
  readonly perEpoch: number;
  private readonly table: PartedTable;
  private readonly whole: boolean;
  private readonly width: number;

  constructor(table: Table | PartedTable, private readonly layout: Layout, private readonly batch: number, readonly random: RandomNumbers) {
    this.width = layout.layers[0]!.rows;
    this.x = new Float32Array(batch * this.width);
    this.targets = new Float32Array(batch * (layout.head === "sigmoid" ? 1 : table.classes));
    this.table = partsOf(table);
    this.whole = this.table === table;
    this.perEpoch = this.table.parts.reduce((sum, rows) => sum + Math.floor(rows / batch), 0);
  }

  /** Fills the arrays once for every batch of an epoch. The order of parts and rows is drawn from the generator alone, not from the order before. */
  async *epoch(): AsyncGenerator<void> {
    const { parts, features, classes } = this.table;
    for (const part of parts.length > 1 ? shuffled(parts.length, this.random) : [0]) {
      const rows = parts[part]!, { x, y } = await this.table.read(part);
      if (this.whole) checkTable(`train part ${part}`, { x, y, rows, features, classes });
      const order = shuffled(rows, this.random);
      for (let from = 0; from + this.batch <= rows; from += this.batch) {
        this.fill(x, y, order.subarray(from, from + this.batch));
        yield;
      }
    }
  }

  private fill(x: Float32Array, y: Int32Array, rows: Uint32Array): void {
    const { table: { features, classes }, layout: { head }, width } = this;
    if (head === "softmax") this.targets.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      for (let j = 0; j < features; j++) this.x[i * width + j] = x[row * features + j]!;
      if (head === "softmax") this.targets[i * classes + y[row]!] = 1;
      else this.targets[i] = y[row]!;
    }
  }
}

function shuffled(size: number, random: RandomNumbers): Uint32Array {
  const order = Uint32Array.from({ length: size }, (_, i) => i);
  shuffle(order, random);
  return order;
}
