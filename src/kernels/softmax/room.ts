import { arrays } from "../emit.ts";
import { blockBytes, blockLength } from "../machine.ts";
import type { Machine } from "../machine.ts";
import { groupOf, scratchOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** What a kernel's arrays are called, in the order in which it takes them. */
const names = ["logits", "labels", "weights", "losses", "grad", "hessian"] as const;
type Name = (typeof names)[number];

/** A vector's worth of numbers behind an array, for rows that hang over. */
const overhang = 4;
const capacity = arrays.length * blockBytes;

/** Memories of their own, by size, for rows too long for a machine's blocks. Kernels are synchronous, so all can share them. */
const spacious = new Map<number, WebAssembly.Memory>();

function memoryOf(bytes: number): WebAssembly.Memory {
  const pages = 2 ** Math.ceil(Math.log2(bytes / 65536));
  let memory = spacious.get(pages);
  if (!memory) spacious.set(pages, (memory = new WebAssembly.Memory({ initial: pages })));
  return memory;
}

/** Blocks that a kernel of one shape finds examples in and leaves their derivatives in: in the place of a machine's blocks, if they fit. */
export class Room {
  readonly memory: WebAssembly.Memory;
  /** Examples per block, a whole number of groups. */
  readonly examples: number;
  readonly floats: Readonly<Record<Name, Float32Array>>;
  readonly labels: Int32Array;
  readonly scratch: number;
  readonly tables: readonly Float32Array[];

  constructor(machine: Machine, shape: Shape) {
    const { classes, order, layout } = shape, group = groupOf(shape), { bytes, tables, tableBytes } = scratchOf(shape);
    const perExample: Readonly<Record<Name, number>> = { logits: classes, labels: 1, weights: 1, losses: 1, grad: order > 0 ? classes : 0, hessian: order > 1 ? classes : 0 };
    // Planes are copied one by one: the longer the better. Rows come all at once.
    const most = layout === "rows" ? blockLength / classes : (capacity - bytes) / 4 / ((1 + order) * classes + 3) - overhang;
    this.examples = group * Math.max(1, Math.floor(most / group));
    let end = 0;
    const place = (length: number): number => {
      const start = end;
      end += Math.ceil(length / 16) * 16;
      return start;
    };
    const starts = names.map((name) => place(4 * (this.examples * perExample[name] + overhang)));
    this.scratch = place(bytes);
    this.memory = end <= capacity ? machine.memory : memoryOf(end);
    const { buffer } = this.memory;
    this.floats = Object.fromEntries(names.map((name, i) => [name, new Float32Array(buffer, starts[i]!, this.examples * perExample[name])])) as Record<Name, Float32Array>;
    this.labels = new Int32Array(buffer, this.floats.labels.byteOffset, this.examples);
    this.tables = shape.tables.map((_, i) => new Float32Array(buffer, this.scratch + tables + i * tableBytes, tableBytes / 4));
  }

  /** Whether an array can be used where it lies, though a vector may be read behind its end. */
  holds(array: ArrayLike<number> | undefined): array is Float32Array {
    return array instanceof Float32Array && array.buffer === this.memory.buffer && array.byteOffset + array.byteLength + 64 <= array.buffer.byteLength;
  }
}
