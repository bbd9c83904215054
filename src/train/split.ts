import { FocalError } from "../errors.ts";
import { shuffle, stream } from "../random.ts";

/**
 * Divides rows at random, every class in the same proportions.
 *
 * Rounding goes by largest remainder, and a class with at least one row per part has a row in each,
 * so that a rare class is not missing from validation by bad luck.
 *
 * @param y - the class of each row
 * @param fractions - the share of each part, each above 0, summing to 1; e.g. [0.6, 0.2, 0.2]
 * @param seed - another seed, another split
 * @returns row numbers of each part, ascending
 * @throws FocalError `argument` for impossible fractions or no rows
 *
 * @example
 * stratifiedSplit(Int32Array.of(0, 0, 0, 0, 1, 1), [0.5, 0.5], 1).map((part) => part.length);   // [3, 3]
 */
export function stratifiedSplit(y: ArrayLike<number>, fractions: readonly number[], seed: number): Uint32Array[] {
  const sum = fractions.reduce((a, b) => a + b, 0);
  if (fractions.length === 0 || fractions.some((f) => !(f > 0)) || Math.abs(sum - 1) > 1e-9) {
    throw new FocalError("argument", `fractions must be above 0 and sum to 1, got [${fractions.join(", ")}]`);
  }
  if (y.length === 0) throw new FocalError("argument", "there must be at least one row to split, got none");
  const byClass = new Map<number, number[]>();
  for (let i = 0; i < y.length; i++) {
    const rows = byClass.get(y[i]!);
    if (rows) rows.push(i);
    else byClass.set(y[i]!, [i]);
  }
  const parts: number[][] = fractions.map(() => []);
  for (const label of [...byClass.keys()].sort((a, b) => a - b)) {
    const rows = Uint32Array.from(byClass.get(label)!);
    shuffle(rows, stream(seed, `split of class ${label}`));
    let from = 0;
    allot(rows.length, fractions).forEach((size, part) => {
      for (const row of rows.subarray(from, (from += size))) parts[part]!.push(row);
    });
  }
  return parts.map((rows) => Uint32Array.from(rows).sort());
}

/** How many of `count` rows each part gets. */
function allot(count: number, fractions: readonly number[]): number[] {
  const sizes = fractions.map((f) => Math.floor(count * f + 1e-9));
  const remainder = (part: number): number => count * fractions[part]! - sizes[part]!;
  for (let left = count - sizes.reduce((a, b) => a + b, 0); left > 0; left--) {
    const neediest = sizes.reduce((best, _, part) => (remainder(part) > remainder(best) + 1e-9 ? part : best), 0);
    sizes[neediest]!++;
  }
  if (count >= sizes.length) {
    for (let empty = sizes.indexOf(0); empty >= 0; empty = sizes.indexOf(0)) {
      sizes[sizes.indexOf(Math.max(...sizes))]!--;
      sizes[empty] = 1;
    }
  }
  return sizes;
}
