import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { FocalError } from "focal-loss";
import { randomNumbers } from "focal-loss/train";
import type { PartedTable, Table as TrainingTable } from "focal-loss/train";
import { reason } from "../model/write.ts";
import { encode, textColumnsOf } from "./encode.ts";
import { columnNames, featureCount, type Encoding } from "./encoding.ts";
import { reading } from "./read.ts";
import type { Rest } from "./sample.ts";
import { labelsFor, type Target } from "./target.ts";

/** Encoded rows in files of a folder, each file a random sample of them. Plain data: another thread can read them, too. */
export interface Scratch {
  readonly folder: string;
  readonly features: number;
  readonly classes: number;
  /** Rows of each file. */
  readonly parts: readonly number[];
  /** Rows of each class. */
  readonly counts: readonly number[];
  /** Rows without a class that the sample knows. */
  readonly left: number;
}

/** Bytes of a file, about: it is held whole while its rows are trained on. */
const PART = 32e6;
const PIECE = 50_000;
const BUFFER = 1 << 18;

const fileOf = (folder: string, part: number): string => join(folder, `part-${part}`);

/**
 * Encodes all rows but the sample's and deals them out to files at random.
 *
 * @param onProgress - the share done; what it throws ends the work
 * @throws FocalError "data" when the folder cannot be written, or takes no more
 */
export async function writeScratch(folder: string, { files, rows, sample }: Rest, target: Target, encoding: Encoding, onProgress: (share: number) => void): Promise<Scratch> {
  const features = featureCount(encoding), width = features + 1, record = 4 * width, classes = target.classes.length;
  const random = randomNumbers(rows), counts = new Array<number>(classes).fill(0);
  let left = 0, passed = 0;
  const parts: PartWriter[] = [];
  try {
    removeScratch(folder);
    mkdirSync(folder, { recursive: true });
    for (let part = 0; part < (rows * record) / PART; part++) parts.push(new PartWriter(fileOf(folder, part), record));
    await reading(files, textColumnsOf(encoding), (reader) => reader.pieces(PIECE, [...columnNames(encoding), target.name], (piece, first) => {
      onProgress(first / rows);
      const { x } = encode(encoding, piece), labels = labelsFor(piece, target.name, target.classes, target.againstRest)!;
      for (let i = 0; i < piece.rows; i++) {
        if (sample[passed] === first + i) passed++;
        else if (labels[i]! < 0) left++;
        else {
          counts[labels[i]!]!++;
          parts[Math.floor(random() * parts.length)]!.write(x.subarray(i * features, (i + 1) * features), labels[i]!);
        }
      }
    }));
    for (const part of parts) part.flush();
  } catch (error) {
    if (error instanceof FocalError || !(error instanceof Error && "syscall" in error)) throw error;
    throw new FocalError("data", `cannot write the rows of a table that does not fit into memory to ${JSON.stringify(folder)}: ${reason(error)}`);
  } finally {
    for (const part of parts) part.close();
  }
  return { folder, features, classes, parts: parts.map(({ rows }) => rows), counts, left };
}

/** The rows at hand as one part, and those of the files. */
export function partsOf(table: TrainingTable, { folder, features, parts, counts }: Scratch): PartedTable {
  const { classes } = table, width = features + 1, all = Array.from(counts);
  for (const label of table.y) all[label]!++;
  return {
    rows: all.reduce((a, b) => a + b, 0), features, classes, counts: all, parts: [table.rows, ...parts],
    read(part) {
      if (part === 0) return table;
      const { buffer, byteOffset, byteLength } = readFileSync(fileOf(folder, part - 1));
      const rows = byteLength / (4 * width), records = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
      const x = new Float32Array(rows * features), y = new Int32Array(rows);
      for (let row = 0; row < rows; row++) {
        x.set(records.subarray(row * width, row * width + features), row * features);
        y[row] = records[row * width + features]!;
      }
      return { x, y };
    },
  };
}

export const removeScratch = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Rows of a file, each its features and then its class, by the buffer. */
class PartWriter {
  rows = 0;
  private readonly file: number;
  private readonly buffer: Float32Array;
  private filled = 0;

  constructor(path: string, record: number) {
    this.file = openSync(path, "w");
    this.buffer = new Float32Array((Math.max(1, Math.floor(BUFFER / record)) * record) / 4);
  }

  write(x: Float32Array, label: number): void {
    this.buffer.set(x, this.filled);
    this.buffer[this.filled + x.length] = label;
    this.filled += x.length + 1;
    this.rows++;
    if (this.filled === this.buffer.length) this.flush();
  }

  flush(): void {
    const bytes = new Uint8Array(this.buffer.buffer, 0, 4 * this.filled);
    for (let written = 0; written < bytes.length;) written += writeSync(this.file, bytes, written);
    this.filled = 0;
  }

  close(): void {
    closeSync(this.file);
  }
}
