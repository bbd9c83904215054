/** Dots of a braille character by column and row, as bits above U+2800. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

export interface Cell {
  readonly text: string;
  /** The series that drew most of the cell, or undefined for an empty one. */
  readonly series: number | undefined;
}

/** A grid of characters, each two dots wide and four high; x grows to the right, y downwards, both from 0 to 1. */
export class BrailleCanvas {
  readonly columns: number;
  readonly rows: number;
  private readonly bits: Uint8Array;
  private readonly owner: Int16Array;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.bits = new Uint8Array(columns * rows);
    this.owner = new Int16Array(columns * rows).fill(-1);
  }

  /** Draws a path; where series meet in one character, the one drawn last gives the colour. */
  line(series: number, path: readonly { x: number; y: number }[]): void {
    const right = this.columns * 2 - 1;
    const bottom = this.rows * 4 - 1;
    for (const [i, to] of path.entries()) {
      const from = path[Math.max(i - 1, 0)]!;
      const steps = Math.ceil(Math.max(Math.abs(to.x - from.x) * right, Math.abs(to.y - from.y) * bottom, 1));
      for (let step = 0; step <= steps; step++) {
        const share = step / steps;
        const x = Math.round((from.x + (to.x - from.x) * share) * right);
        const y = Math.round((from.y + (to.y - from.y) * share) * bottom);
        if (x >= 0 && x <= right && y >= 0 && y <= bottom) this.dot(series, x, y);
      }
    }
  }

  cell(column: number, row: number): Cell {
    const at = row * this.columns + column;
    const bits = this.bits[at]!;
    return bits === 0
      ? { text: " ", series: undefined }
      : { text: String.fromCharCode(0x2800 + bits), series: this.owner[at]! };
  }

  private dot(series: number, x: number, y: number): void {
    const at = (y >> 2) * this.columns + (x >> 1);
    this.bits[at]! |= DOTS[x & 1]![y & 3]!;
    this.owner[at] = series;
  }
}
