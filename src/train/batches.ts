import type { Layout } from "./layout.ts";
import { shuffle } from "../random.ts";
import type { RandomNumbers } from "../random.ts";
import type { Table } from "./table.ts";

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
  private readonly order: Uint32Array;
  private readonly width: number;

  constructor(private readonly table: Table, private readonly layout: Layout, private readonly batch: number, readonly random: RandomNumbers) {
    this.width = layout.layers[0]!.rows;
    this.x = new Float32Array(batch * this.width);
    this.targets = new Float32Array(batch * (layout.head === "sigmoid" ? 1 : table.classes));
    this.order = new Uint32Array(table.rows);
  }

  /** A new order, from the generator alone: not from the order before. */
  shuffle(): void {
    for (let i = 0; i < this.order.length; i++) this.order[i] = i;
    shuffle(this.order, this.random);
  }

  fill(index: number): void {
    const { table, layout, x, targets, batch, width } = this;
    const { features, classes } = table;
    if (layout.head === "softmax") targets.fill(0);
    for (let i = 0; i < batch; i++) {
      const row = this.order[index * batch + i]!;
      for (let j = 0; j < features; j++) x[i * width + j] = table.x[row * features + j]!;
      if (layout.head === "softmax") targets[i * classes + table.y[row]!] = 1;
      else targets[i] = table.y[row]!;
    }
  }
}
