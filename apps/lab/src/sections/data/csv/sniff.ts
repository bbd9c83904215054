import { FileProblem } from "./problem.ts";

const starts = (bytes: Uint8Array, ...expected: readonly number[]): boolean => expected.every((byte, i) => bytes[i] === byte);

/** How the file's text is encoded, by its first bytes. */
export function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (starts(bytes, 0x50, 0x4b, 3, 4)) throw new FileProblem("This is an Excel workbook or a ZIP archive, not a CSV: save the sheet as CSV, or unpack the file first.");
  if (starts(bytes, 0x1f, 0x8b)) throw new FileProblem("This file is compressed (gzip): unpack it first.");
  if (starts(bytes, 0x50, 0x41, 0x52, 0x31)) throw new FileProblem("This is a Parquet file: save it as CSV, or ask “focal explain”, which reads Parquet.");
  return starts(bytes, 0xff, 0xfe) ? "utf-16le" : starts(bytes, 0xfe, 0xff) ? "utf-16be" : "utf-8";
}

const DELIMITERS = [",", ";", "\t", "|"];

/** The commonest of comma, semicolon, tab and bar outside the quotation marks of the first line; the comma where there is none. */
export function delimiterOf(text: string): string {
  const counts = DELIMITERS.map(() => 0);
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "\n" || character === "\r") && counts.some((n) => n > 0)) break;
    else if (!quoted && DELIMITERS.includes(character)) counts[DELIMITERS.indexOf(character)]!++;
  }
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/** Names for all columns: those of the first line, numbers behind such as stand there twice, places for such as are empty. */
export function columnNames(cells: readonly string[]): string[] {
  const names: string[] = [], taken = new Set<string>();
  cells.forEach((cell, i) => {
    const wanted = cell.trim().slice(0, 120) || `column ${i + 1}`;
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted} (${n})`;
    taken.add(name);
    names.push(name);
  });
  return names;
}

/** A first line of numbers alone names no columns: it is the first row. */
export const isHeader = (cells: readonly string[]): boolean => cells.some((cell) => cell.trim() === "" ? false : Number.isNaN(Number(cell.trim().replace(",", "."))));
