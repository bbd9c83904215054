import type { Column, Mark } from "../table.ts";

/** Words that mean "no value" in any file. "None" is not among them: it is a class of many tables. */
const MISSING: ReadonlySet<string> = new Set(["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "?"]);
/** Different words that a column can hold; of more, no one makes classes. */
const MOST_LEVELS = 1000;
const LONGEST_LEVEL = 200;

const INFINITE = /^([+-]?)inf(inity)?$/i;
const WITH_COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;

/** Takes the cells of one column from top to bottom. Numbers go into a typed array that grows by doubling; no cell is kept as text. */
export class ColumnBuilder {
  private values = new Float64Array(1024);
  private codes: Int32Array | undefined;
  private readonly levels = new Map<string, number>();
  private rows = 0;
  private crowded = false;
  private words: Mark | undefined;
  private missing: Mark | undefined;
  private infinite: Mark | undefined;
  private commas: Mark | undefined;
  /** Numbers written with a decimal point. */
  points: Mark | undefined;

  /** @param decimalCommas - whether 0,5 is a number: not where commas part cells, since there 1,234 means a thousand */
  constructor(readonly name: string, private readonly decimalCommas: boolean) {}

  add(cell: string, line: number): void {
    const row = this.rows++;
    if (row === this.values.length) this.grow();
    const value = cell === "" ? NaN : Number(cell);
    if (Number.isFinite(value) && isDecimal(cell)) {
      this.values[row] = value;
      if (this.points === undefined && cell.includes(".")) this.points = mark(undefined, line, cell);
    } else this.values[row] = this.unusual(cell.trim(), row, line);
  }

  get withCommas(): Mark | undefined {
    return this.commas;
  }

  column(): Column {
    const { name, words, crowded, missing, infinite, commas, rows } = this;
    return { name, values: this.values.slice(0, rows), codes: this.codes?.slice(0, rows), levels: [...this.levels.keys()], words, crowded, missing, infinite, commas };
  }

  /** The value of a cell that is no plain number. */
  private unusual(cell: string, row: number, line: number): number {
    if (MISSING.has(cell)) {
      this.missing = mark(this.missing, line, cell);
      return NaN;
    }
    const infinite = INFINITE.exec(cell), value = infinite ? (infinite[1] === "-" ? -Infinity : Infinity) : this.decimalCommas && WITH_COMMA.test(cell) ? Number(cell.replace(",", ".")) : Number(cell);
    if (Number.isNaN(value) || !(infinite || isDecimal(cell))) {
      this.word(cell, row, line);
      return NaN;
    }
    if (!Number.isFinite(value)) {
      this.infinite = mark(this.infinite, line, cell);
      return value;
    }
    this.commas = mark(this.commas, line, cell);
    return value;
  }

  private word(cell: string, row: number, line: number): void {
    this.words = mark(this.words, line, cell);
    this.codes ??= new Int32Array(this.values.length).fill(-1);
    const name = cell.slice(0, LONGEST_LEVEL);
    let code = this.levels.get(name);
    if (code === undefined) {
      if (this.levels.size === MOST_LEVELS) {
        this.crowded = true;
        return;
      }
      code = this.levels.size;
      this.levels.set(own(name), code);
    }
    this.codes[row] = code;
  }

  private grow(): void {
    const values = new Float64Array(this.values.length * 2);
    values.set(this.values);
    this.values = values;
    if (!this.codes) return;
    const codes = new Int32Array(values.length).fill(-1);
    codes.set(this.codes);
    this.codes = codes;
  }
}

/** `Number` reads 0x1f and 0b11 as well, which tables do not mean. */
const isDecimal = (cell: string): boolean => cell.length < 3 || cell.charCodeAt(1) < 58 || !/^\s*0[xbo]/i.test(cell);

const mark = (known: Mark | undefined, line: number, text: string): Mark =>
  known ? { ...known, count: known.count + 1 } : { count: 1, line, text: own(text.slice(0, 60)) };

/** The same letters in a string of their own: a slice would keep all the text that it was cut out of. */
const own = (text: string): string => text.split("").join("");
