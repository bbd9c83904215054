import { FileProblem } from "./problem.ts";

const QUOTE = 34, LF = 10, CR = 13;
/** Characters of one row; a file that has more is no table, or a quotation mark in it is not closed. */
const LONGEST = 1 << 20;

/**
 * Takes text in pieces of any size and hands out its rows, each with the line it begins on.
 *
 * Rows end where a line ends outside quotation marks (LF, CRLF or CR); cells may be quoted, and hold anything then (RFC 4180).
 */
export class Records {
  /** The line on which the next row begins, from 1. */
  line = 1;
  private rest = "";

  /** @param take - called with the cells of each row; the array is used again for the next */
  constructor(private readonly delimiter: string, private readonly take: (cells: string[], line: number) => void) {}

  push(text: string): void {
    this.rest = this.read(this.rest + text, false);
    if (this.rest.length > LONGEST) throw new FileProblem(this.overlong());
  }

  end(): void {
    this.rest = this.read(this.rest, true);
  }

  private overlong(): string {
    return this.rest.charCodeAt(0) === QUOTE || this.rest.includes(`${this.delimiter}"`)
      ? `A quotation mark opened on line ${this.line} is not closed within a million characters.`
      : `Line ${this.line} is longer than a million characters, which no row of a table is.`;
  }

  /** Reads all whole rows; returns what is left over. */
  private read(text: string, last: boolean): string {
    const delimiter = this.delimiter.charCodeAt(0), cells: string[] = [], { length } = text;
    let start = 0, at = 0, lines = 0;
    while (start < length) {
      cells.length = 0;
      at = start;
      lines = 1;
      for (;;) {
        if (text.charCodeAt(at) === QUOTE) {
          let close = text.indexOf('"', at + 1), doubled = false;
          while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) {
            doubled = true;
            close = text.indexOf('"', close + 2);
          }
          if (close < 0 || (close === length - 1 && !last)) {
            if (last) throw new FileProblem(`A quotation mark opened on line ${this.line} is never closed.`);
            return text.slice(start);
          }
          let cell = text.slice(at + 1, close);
          if (doubled) cell = cell.replaceAll('""', '"');
          for (let n = cell.indexOf("\n"); n >= 0; n = cell.indexOf("\n", n + 1)) lines++;
          const from = (at = close + 1);
          at = this.plainEnd(text, at, delimiter);
          cells.push(at > from ? cell + text.slice(from, at) : cell);
        } else {
          const from = at;
          at = this.plainEnd(text, at, delimiter);
          cells.push(text.slice(from, at));
        }
        if (at >= length || text.charCodeAt(at) !== delimiter) break;
        at++;
      }
      // At the end of a piece the row may go on, and after a CR an LF may follow.
      if (!last && (at >= length || (text.charCodeAt(at) === CR && at === length - 1))) return text.slice(start);
      this.take(cells, this.line);
      this.line += lines;
      start = at + (text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? 2 : 1);
    }
    return "";
  }

  private plainEnd(text: string, from: number, delimiter: number): number {
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === delimiter || code === LF || code === CR) break;
    }
    return at;
  }
}
