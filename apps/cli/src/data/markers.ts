import type { NumberColumn, TextColumn } from "./table.ts";

/** Distinct values that are no numbers, at most, for a column to be one of numbers with markers. */
const MOST_MARKERS = 3;
/** A word may be a category beside numbers, as J, Q, K are beside 2 to 10, unless the numbers are more than a scale has. */
const FEWEST_NUMBERS = 11;

/**
 * Numbers of a text column in which a few markers, like "-" or "err", stand where there is no value; undefined where it is none.
 *
 * Markers hold no digit ("3+" and "<5" are values), are at most three and stand in fewer rows than numbers do. One with a letter in it
 * also needs more than ten different numbers beside it.
 */
export function numbersWithMarkers({ name, codes, levels }: TextColumn): NumberColumn | undefined {
  const numbers = levels.map(Number);
  const markers = levels.filter((_, code) => Number.isNaN(numbers[code]));
  if (markers.length === 0 || markers.length > MOST_MARKERS || markers.some((marker) => /\d/.test(marker))) return undefined;
  if (markers.some((marker) => /\p{L}/u.test(marker)) && levels.length - markers.length < FEWEST_NUMBERS) return undefined;
  const counts = new Uint32Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  const marked = markers.map((text) => ({ text, rows: counts[levels.indexOf(text)]! }));
  const inMarkers = marked.reduce((sum, { rows }) => sum + rows, 0), all = counts.reduce((a, b) => a + b, 0);
  if (2 * inMarkers >= all) return undefined;
  return { kind: "number", name, values: Float64Array.from(codes, (code) => (code < 0 ? NaN : numbers[code]!)), markers: marked };
}
