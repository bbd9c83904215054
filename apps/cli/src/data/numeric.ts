import { drawIn } from "./encoding.ts";
import type { NumericEncoding, Tail } from "./encoding.ts";
import type { NumberColumn } from "./table.ts";

/** Names that end in a word for "identifier": `id`, `row_no`, `customerId`. */
const ID_NAME = /(^|[^A-Za-z])(id|index|row|key|number|no|nr)$|[a-z](Id|ID|Index|Key)$|^(ID|Index|INDEX)$/;

/** A value as a model sees it: float32, and missing where that cannot hold it. ONNX inputs are float32, so training rounds alike. */
export function modelValue(value: number): number {
  const rounded = Math.fround(value);
  return Number.isFinite(rounded) ? rounded : NaN;
}

/** Mean, standard deviation, tails and missing values of the training rows; or why the column is of no use. */
export function fitNumeric({ name, values, markers }: NumberColumn, rows: Uint32Array): NumericEncoding | { readonly useless: string } {
  const present = Array.from(rows, (row) => modelValue(values[row]!)).filter((value) => !Number.isNaN(value));
  const missing = present.length < rows.length;
  if (present.length === 0) return { useless: "no value in any training row" };
  const first = present[0]!;
  const constant = present.every((value) => value === first);
  if (constant && !missing) return { useless: `constant (${first})` };
  if (looksLikeRowId(name, values, rows)) return { useless: "looks like a row number or identifier" };
  const bare = moments(present);
  const tail = constant ? undefined : tailOf(present, bare);
  const { mean, sd } = tail ? moments(present.map((value) => drawIn(value, tail))) : bare;
  return { name, ...(tail && { tail }), mean, sd: constant ? 1 : sd, missing, ...(markers && { markers: markers.map(({ text }) => text) }) };
}

function moments(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, sd: Math.sqrt(variance) };
}

/** Ten standard deviations out, where no bell curve has a value: the sd is made by a few, and what tells the others apart would shrink to nothing. */
const HEAVY = 10;

function tailOf(values: readonly number[], { mean, sd }: { mean: number; sd: number }): Tail | undefined {
  if (!values.some((value) => Math.abs(value - mean) > HEAVY * sd)) return undefined;
  const sorted = Float64Array.from(values).sort();
  const quantile = (of: Float64Array, q: number) => of[Math.floor(q * (of.length - 1))]!;
  const center = quantile(sorted, 0.5), range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  // Of a bell curve the interquartile range is 1.349 standard deviations.
  if (range > 0) return { center, scale: range / 1.349 };
  return { center, scale: quantile(sorted.map((value) => Math.abs(value - center)).filter((distance) => distance > 0).sort(), 0.5) };
}

/**
 * Integers that never repeat although chance would make them: n draws from a range of R values are expected to collide n²/2R times, and
 * without one collision where 20 were expected (odds e⁻²⁰) the column numbers the rows. A name that says so is enough by itself.
 */
function looksLikeRowId(name: string, values: Float64Array, rows: Uint32Array): boolean {
  const seen = new Set<number>();
  let least = Infinity;
  let most = -Infinity;
  let present = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value) || seen.has(value)) return false;
    seen.add(value);
    least = Math.min(least, value);
    most = Math.max(most, value);
    present++;
  }
  const expectedCollisions = present ** 2 / (2 * (most - least + 1));
  return expectedCollisions > 20 || (present >= 10 && ID_NAME.test(name));
}
