/** A file as it lies in the worker's memory: columns of numbers, with words beside them where a column has any. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** The line of the file on which each row begins. */
  readonly lines: Uint32Array;
}

/** Where something of note stands first, and how often it is there. */
export interface Mark {
  readonly count: number;
  readonly line: number;
  readonly text: string;
}

export interface Column {
  readonly name: string;
  /** NaN where a cell holds no number. */
  readonly values: Float64Array;
  /** Which of `levels` a cell is, −1 where it is a number or missing; absent in columns of numbers alone. */
  readonly codes: Int32Array | undefined;
  readonly levels: readonly string[];
  /** Cells that are neither numbers nor missing; more different ones than `levels` can hold are no classes. */
  readonly words: Mark | undefined;
  readonly crowded: boolean;
  readonly missing: Mark | undefined;
  /** Infinite numbers, and such as are too large for a computer's. */
  readonly infinite: Mark | undefined;
  /** Numbers written with a decimal comma. */
  readonly commas: Mark | undefined;
}

/** What the page is told of a column. */
export interface ColumnSummary {
  readonly name: string;
  /** "words": no number in it. "mixed": both. "empty": neither. */
  readonly kind: "numbers" | "words" | "mixed" | "empty";
  /** Its different values with the rows of each, in natural order, where they are few enough to be classes. */
  readonly classes: readonly { readonly name: string; readonly rows: number }[] | undefined;
  readonly least: number;
  readonly most: number;
  /** Whether all its numbers are whole. */
  readonly whole: boolean;
  readonly missing: number;
}

/** What the page is told of a file. */
export interface Summary {
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  /** The first rows, as they stand in the file. */
  readonly first: readonly (readonly string[])[];
  readonly notes: readonly string[];
}
