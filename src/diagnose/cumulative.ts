import { sum } from "./tally.ts";
import type { Tally } from "./tally.ts";

/** One point of a cumulative curve: what the easiest examples of a class make up, each a share of the class's whole. */
export interface CumulativePoint {
  readonly examples: number;
  readonly loss: number;
  readonly gradient: number;
}

/**
 * Where the curve of one class is read off: margins in ascending order, each the greatest of its step.
 *
 * Half of the steps are of equal size, half grow from a single example by a constant factor: under focal loss a few
 * of the hardest may make up nearly all, and even steps would not tell them apart. Equal margins are never parted.
 *
 * @param sorted - the margins of the class, ascending: from hard to easy
 */
export function stepsOf(sorted: Float64Array, most: number): Float64Array {
  const n = sorted.length, half = Math.max(1, most >> 1);
  if (n <= most) return sorted.filter((margin, i) => margin !== sorted[i + 1]);
  const ends = Array.from({ length: half }, (_, i) => [(n * (i + 1)) / half, n ** ((i + 1) / half)]).flat();
  const margins = Float64Array.from(ends, (end) => sorted[Math.min(n, Math.max(1, Math.round(end))) - 1]!).sort();
  return margins.filter((margin, i) => margin !== margins[i + 1]);
}

/** The step that a margin belongs to: the first whose greatest margin is no less. */
export function stepAt(steps: Float64Array, margin: number): number {
  let low = 0, high = steps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! < margin) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** From sums over the steps to a curve from (0, 0) to (1, 1), easiest first. Where nothing is spent, examples count alike. */
export function cumulativeCurve({ examples, loss, gradient }: Tally): CumulativePoint[] {
  const parts = [examples, loss, gradient], wholes = parts.map(sum), spent = [0, 0, 0];
  const points: CumulativePoint[] = [{ examples: 0, loss: 0, gradient: 0 }];
  for (let step = examples.length - 1; step >= 0; step--) {
    parts.forEach((part, i) => { spent[i]! += part[step]!; });
    const at = (i: number): number => (wholes[i]! > 0 ? spent[i]! / wholes[i]! : spent[0]! / wholes[0]!);
    points.push({ examples: at(0), loss: at(1), gradient: at(2) });
  }
  return points;
}
