import { FocalError } from "focal-loss";
import { reading } from "./read.ts";
import type { Table } from "./table.ts";

/** Rows of files that are not held in memory, beside a random sample that is. */
export interface Rest {
  readonly files: readonly string[];
  /** Rows of the whole table. */
  readonly rows: number;
  /** The numbers of the sample's rows in the whole table, ascending. */
  readonly sample: Uint32Array;
}

/** Bytes that a value of a table takes on its way to a model: as read, as encoded, and copied for trainings side by side. */
const PER_VALUE = 24;
/** Validation and test rows come from the sample: more would tell them little more about a model. */
const LARGEST_SAMPLE = 2_000_000;
const SEED = 0x5a3d1e;

/**
 * Reads a table that fits into so many bytes; or of a larger one a sample, the same at each reading, that is a quarter of them at most.
 */
export function readWithin(files: readonly string[], memory: number): Promise<{ readonly table: Table; readonly rest?: Rest }> {
  return reading(files, [], async (reader) => {
    const { rows, columns } = await reader.size();
    if (rows * columns * PER_VALUE <= memory) return { table: await reader.table() };
    const share = Math.min(LARGEST_SAMPLE, memory / 4 / (columns * PER_VALUE)) / rows;
    const numbers: number[] = [];
    const table = await reader.table((row) => {
      const wanted = chance(row) < share;
      if (wanted) numbers.push(row);
      return wanted;
    });
    return { table, rest: { files, rows, sample: Uint32Array.from(numbers) } };
  });
}

export function refuseRest(rest: Rest | undefined, what: string): void {
  if (rest) throw new FocalError("data", `${what} needs the whole table in memory, and ${rest.rows} rows are more than --memory allows: give more of it`);
}

/** A number in [0, 1) that belongs to a row. */
function chance(row: number): number {
  let mixed = Math.imul((row + SEED) ^ ((row + SEED) >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}
