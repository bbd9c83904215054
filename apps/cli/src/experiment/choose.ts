import type { Interval } from "../tuning.ts";
import { meanAndDeviation, pairedDifference, restartNoise } from "./intervals.ts";

/** Scores of all candidates on the same divisions: scores[candidate][division]. */
export interface Scored {
  /** Cross-entropy, its restart, then the others from the simplest on. */
  readonly scores: readonly (readonly number[])[];
  readonly better: "higher" | "lower";
  readonly folds: number;
  readonly testOverTrain: number;
  /** Least and greatest value of the metric; default: any. */
  readonly range?: readonly [number, number];
}

/** Which candidate to take, and what can be said of it; candidates by their index. */
export interface Choice {
  /** The best mean; the simplest of equals. */
  readonly best: number;
  readonly recommended: number;
  /** Candidates compared with cross-entropy, its restart aside; each interval has this level, so that all hold at once. */
  readonly comparisons: number;
  readonly level: number;
  readonly toReference: readonly Interval[];
  readonly toBest: readonly Interval[];
  readonly nearBest: readonly boolean[];
  /** How far a restart moves cross-entropy. */
  readonly noise: number;
  /** Mean and gain over cross-entropy when each fold is judged by what the other folds of its repeat would have chosen. */
  readonly held: number;
  readonly gain: Interval;
}

const RESTART = 1;
const mean = (values: readonly number[]): number => meanAndDeviation(values).mean;

/**
 * Chooses a candidate, and says what the choice is worth.
 *
 * The highest of many means is high partly by luck. So: intervals of differences are corrected for overlapping training parts
 * (Nadeau and Bengio; over repeated folds, Bouckaert and Frank) and for the number of comparisons (Bonferroni); a gain must also exceed
 * what a restart of cross-entropy moves. Among those that nothing distinguishes from the best, the simplest is recommended, in the
 * spirit of the one-standard-error rule, and cross-entropy where not even the best beats it. What tuning gains is told by the folds
 * that had no say in the choice.
 *
 * Reference: Bouckaert, Frank: Evaluating the Replicability of Significance Tests for Comparing Learning Algorithms, 2004,
 * https://doi.org/10.1007/978-3-540-24775-3_3; Breiman, Friedman, Olshen, Stone: Classification and Regression Trees, 1984 (one standard error)
 */
export function choose({ scores, better, folds, testOverTrain, range }: Scored): Choice {
  const sign = better === "higher" ? 1 : -1;
  const reference = scores[0]!;
  const choosable = [...scores.keys()].filter((c) => c !== RESTART);
  const comparisons = choosable.length - 1;
  const level = 1 - 0.05 / comparisons;
  const bestOf = (valueOf: (candidate: number) => number): number => choosable.reduce((best, c) => (sign * (valueOf(c) - valueOf(best)) > 0 ? c : best));
  const best = bestOf((c) => mean(scores[c]!));

  const to = (base: readonly number[]): Interval[] => scores.map((own) => pairedDifference(own, base, testOverTrain, level, range));
  const toReference = to(reference), toBest = to(scores[best]!);
  const nearBest = toBest.map(({ low, high }, c) => c === best || low === undefined || (low <= 0 && high! >= 0));
  const noise = restartNoise(scores[RESTART]!, reference);
  const beats = (c: number): boolean => {
    const { mean: difference, low, high } = toReference[c]!;
    return low !== undefined && (sign > 0 ? low : -high!) > 0 && sign * difference > noise;
  };
  const recommended = beats(best) ? choosable.find((c) => nearBest[c] && beats(c))! : 0;

  const held = reference.map((_, division) => {
    const others = reference.flatMap((__, d) => (d !== division && Math.floor(d / folds) === Math.floor(division / folds) ? [d] : []));
    return scores[bestOf((c) => mean(others.map((d) => scores[c]![d]!)))]![division]!;
  });
  return {
    best, recommended, comparisons, level, toReference, toBest, nearBest, noise,
    held: mean(held), gain: pairedDifference(held, reference, testOverTrain, 0.95, range),
  };
}
