import type { Table } from "../table.ts";
import { count, plural, quote } from "../words.ts";
import { ColumnBuilder } from "./columnBuilder.ts";
import { FileProblem } from "./problem.ts";
import { Records } from "./records.ts";
import { columnNames, delimiterOf, encodingOf, isHeader } from "./sniff.ts";

/** Numbers that are kept at once, 8 bytes each: what a browser's tab can hold beside what is computed from them. */
const MOST_VALUES = 30_000_000;
const MOST_COLUMNS = 1000;
/** Text looked at before the delimiter is settled. */
const SAMPLE = 1 << 16;
/** Rows shown to the reader. */
const SHOWN = 5;

export interface Reading {
  /** The share of the file that has been read. */
  readonly share: number;
  readonly rows: number;
}

export interface File {
  readonly table: Table;
  readonly first: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/**
 * Reads a CSV as a stream, piece by piece, into columns of numbers.
 *
 * Not by a library: those at hand decode each piece by itself, which spoils letters that lie across two, guess the line ending from
 * the first, and make a string object of every cell; here bad rows are known by their line, and memory is that of the numbers.
 *
 * @param pause - awaited after each piece; throws where reading was cancelled
 * @throws FileProblem with one sentence for the reader
 */
export async function readCsv(blob: Blob, { progress, pause }: { progress(value: Reading): void; pause(): Promise<void> }): Promise<File> {
  if (blob.size === 0) throw new FileProblem("The file is empty.");
  const decoder = new TextDecoder(encodingOf(new Uint8Array(await readable(blob.slice(0, 8).arrayBuffer()))), { fatal: true });
  const reader = blob.stream().getReader();
  const rows = new Rows();
  let bytes = 0, told = 0;
  try {
    for (;;) {
      const { done, value } = await readable(reader.read());
      rows.push(decode(decoder, value));
      if (done) break;
      bytes += value.length;
      await pause();
      if (bytes - told > blob.size / 50) progress({ share: (told = bytes) / blob.size, rows: rows.rows });
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
  return rows.end();
}

function decode(decoder: TextDecoder, value: Uint8Array | undefined): string {
  if (decoder.encoding === "utf-8" && value?.includes(0)) throw new FileProblem("This is a binary file, not a CSV.");
  try {
    return value ? decoder.decode(value, { stream: true }) : decoder.decode();
  } catch {
    throw new FileProblem("This is not UTF-8 text: if it is a table, save it as CSV in UTF-8.");
  }
}

/** A file may be moved, or turn out to be a folder, while it is read. */
const readable = <T>(reading: Promise<T>): Promise<T> => reading.catch(() => {
  throw new FileProblem("The browser could not read this: it may be a folder, or have been moved or changed meanwhile.");
});

/** Text on its way to columns: a delimiter is settled first, then names, then rows. */
class Rows {
  rows = 0;
  private sample = "";
  private records: Records | undefined;
  private delimiter = ",";
  private builders: ColumnBuilder[] = [];
  private lines = new Uint32Array(1024);
  private readonly first: string[][] = [];
  private readonly notes: string[] = [];

  push(text: string): void {
    if (this.records) return this.records.push(text);
    this.sample += text;
    if (this.sample.length >= SAMPLE) this.begin();
  }

  end(): File {
    if (!this.records) this.begin();
    this.records!.end();
    const { builders, rows } = this;
    if (builders.length === 0) throw new FileProblem("The file has no text in it.");
    if (rows === 0) throw new FileProblem(`The file has a first line, ${quote(builders.map(({ name }) => name).join(this.delimiter))}, and no rows under it.`);
    const columns = builders.map((builder) => builder.column()), commas = columns.filter((column) => column.commas !== undefined);
    if (commas.length > 0) this.notes.push(`Decimal commas were read as such (${commas[0]!.commas!.text} in column ${quote(commas[0]!.name)}).`);
    return { table: { rows, columns, lines: this.lines.slice(0, rows) }, first: this.first, notes: this.notes };
  }

  private begin(): void {
    // Spreadsheets write "sep=;" on a line of its own.
    const said = /^sep=([,;\t|])\r?\n/i.exec(this.sample);
    this.delimiter = said?.[1] ?? delimiterOf(this.sample);
    this.records = new Records(this.delimiter, (cells, line) => this.take(cells, line));
    if (said) this.records.line = 2;
    const text = said ? this.sample.slice(said[0].length) : this.sample;
    this.sample = "";
    this.records.push(text);
  }

  private take(cells: readonly string[], line: number): void {
    if (cells.length === 1 && cells[0]!.trim() === "") return; // a blank line
    const { builders } = this;
    if (builders.length === 0) {
      if (cells.length > MOST_COLUMNS) throw new FileProblem(`The first line has ${plural(cells.length, "column")}; this page reads at most ${count(MOST_COLUMNS)}.`);
      const named = isHeader(cells);
      this.builders = (named ? columnNames(cells) : cells.map((_, i) => `column ${i + 1}`)).map((name) => new ColumnBuilder(name, this.delimiter !== ","));
      if (named) return;
      this.notes.push("The first line holds numbers alone, so it was read as a row, and columns are called by their places.");
      return this.take(cells, line);
    }
    if (cells.length !== builders.length) throw new FileProblem(`Line ${count(line)} has ${plural(cells.length, "value")}, but the first line names ${plural(builders.length, "column")}.`);
    if (this.rows * builders.length >= MOST_VALUES) this.refuse();
    if (this.rows === this.lines.length) this.grow();
    this.lines[this.rows++] = line;
    if (this.first.length < SHOWN) this.first.push(cells.map((cell) => cell.slice(0, 200)));
    for (let k = 0; k < cells.length; k++) {
      const builder = builders[k]!;
      builder.add(cells[k]!, line);
      if (builder.withCommas && builder.points) throw new FileProblem(bothWays(builder));
    }
  }

  private grow(): void {
    const lines = new Uint32Array(this.lines.length * 2);
    lines.set(this.lines);
    this.lines = lines;
  }

  private refuse(): never {
    throw new FileProblem(`The file has more than ${plural(this.rows, "row")} of ${plural(this.builders.length, "column")}, more numbers than this page keeps: leave out columns, or use “focal explain” and “focal train”, which read files of any size.`);
  }
}

function bothWays({ name, withCommas, points }: ColumnBuilder): string {
  return `Column ${quote(name)} writes numbers both as ${points!.text} (line ${count(points!.line)}) and as ${withCommas!.text} (line ${count(withCommas!.line)}), so it cannot be told what they mean.`;
}
