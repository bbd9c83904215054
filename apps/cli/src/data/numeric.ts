import type { NumericEncoding } from "./encoding.ts";
import type { NumberColumn } from "./table.ts";

/** Names that end in a word for "identifier": `id`, `row_no`, `customerId`. */
const ID_NAME = /(^|[^A-Za-z])(id|index|row|key|number|no|nr)$|[a-z](Id|ID|Index|Key)$|^(ID|Index|INDEX)$/;

/** A value as a model sees it: float32, and missing where that cannot hold it. ONNX inputs are float32, so training rounds alike. */
export function modelValue(value: number): number {
  const rounded = Math.fround(value);
  return Number.isFinite(rounded) ? rounded : NaN;
}

/** Mean, standard deviation and missing values of the training rows; or why the column is of no use. Heavy tails are left as they are. */
export function fitNumeric({ name, values }: NumberColumn, rows: Uint32Array): NumericEncoding | { readonly useless: string } {
  const present = Array.from(rows, (row) => modelValue(values[row]!)).filter((value) => !Number.isNaN(value));
  const missing = present.length < rows.length;
  if (present.length === 0) return { useless: "no value in any training row" };
  const first = present[0]!;
  const constant = present.every((value) => value === first);
  if (constant && !missing) return { useless: `constant (${first})` };
  if (looksLikeRowId(name, values, rows)) return { useless: "looks like a row number or identifier" };
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length;
  return { name, mean, sd: constant ? 1 : Math.sqrt(variance), missing };
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
