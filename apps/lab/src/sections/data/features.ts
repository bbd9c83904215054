import type { Column } from "./table.ts";

/** Different words that a column may have to be told apart one by one. */
const MOST_WORDS = 20;
/** Standard deviations out, where no bell curve has a value: such a column is drawn in before it is scaled. */
const HEAVY = 10;

/** Why a column cannot be learned from; undefined where it can. */
export function uselessness({ values, levels, crowded, words }: Column): string | undefined {
  if (crowded || levels.length > MOST_WORDS) return `more than ${MOST_WORDS} different words`;
  let first = NaN, some = 0, constant = true;
  const seen = new Set<number>();
  let repeats = false, whole = true;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (some++ === 0) first = value;
    if (value !== first) constant = false;
    if (!Number.isInteger(value)) whole = false;
    if (whole && !repeats) repeats = seen.size === seen.add(value).size;
  }
  if (!words && some === 0) return "no number in it";
  if (constant && !words && some === values.length) return "the same in every row";
  return !words && whole && !repeats && some >= 20 ? "a number for each row, as an identifier" : undefined;
}

/** Inputs of a model: rows × width, with the name of what each stands for. */
export interface Encoded {
  readonly x: Float32Array;
  readonly width: number;
}

/**
 * Columns as numbers of like size, fitted to the training rows alone: standardised (drawn in by asinh where few values would make the
 * scale), a column for each word, and one for "missing" where any is.
 */
export function encode(columns: readonly Column[], rows: Uint32Array, training: Uint32Array): Encoded {
  const inputs = columns.flatMap((column) => [...numbersOf(column, rows, training), ...wordsOf(column, rows)]);
  const x = new Float32Array(rows.length * inputs.length);
  inputs.forEach((input, j) => input.forEach((value, i) => (x[i * inputs.length + j] = value)));
  return { x, width: inputs.length };
}

function numbersOf({ values }: Column, rows: Uint32Array, training: Uint32Array): Float32Array[] {
  const present = Float64Array.from(training, (row) => values[row]!).filter(Number.isFinite).sort();
  if (present.length === 0) return [];
  const at = (q: number): number => present[Math.floor(q * (present.length - 1))]!;
  const center = at(0.5), spread = (at(0.75) - at(0.25)) / 1.349 || (at(0.99) - at(0.01)) / 4 || 1;
  const { mean, sd } = moments(present), heavy = !(Math.max(mean - present[0]!, present.at(-1)! - mean) <= HEAVY * sd);
  const drawn = (value: number): number => (heavy ? Math.asinh((value - center) / spread) : value);
  const scale = moments(present.map(drawn));
  const out = Float32Array.from(rows, (row) => (Number.isFinite(values[row]!) ? Math.max(-HEAVY, Math.min(HEAVY, (drawn(values[row]!) - scale.mean) / (scale.sd || 1))) : 0));
  const missing = Float32Array.from(rows, (row) => (Number.isFinite(values[row]!) ? 0 : 1));
  return missing.includes(1) ? [out, missing] : [out];
}

function wordsOf({ codes, levels }: Column, rows: Uint32Array): Float32Array[] {
  return codes ? levels.map((_, code) => Float32Array.from(rows, (row) => (codes[row] === code ? 1 : 0))) : [];
}

function moments(values: Float64Array): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0)) };
}
