/** A number that the bins leave open: it lies between `low` and `high`, and `value` is what the bins give as they are. */
export interface Bounded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Examples of like score: how many, or their weight. */
export interface RankBin {
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Average precision of bins, from the highest score down, and how far that of the examples themselves can be from it.
 *
 * The value takes each bin as one step, as if its scores were equal. However the T positives found before it and its own p stand
 * among the F negatives before it and its own n, its i-th positive has at least i of the bin's positives and at most n of its
 * negatives at or above it: a precision of at least (T + i) / (T + i + F + n), and of at most (T + p) / (T + p + F).
 *
 * @param step - the weight of each positive; 0: weights differ
 */
export function binnedAveragePrecision(bins: readonly RankBin[], step: 0 | 1 = 1): Bounded {
  let before = 0, wrong = 0, value = 0, low = 0, high = 0;
  for (const { positives: p, negatives: n } of bins) {
    const found = before + p;
    if (p > 0) {
      value += p * (found / (found + wrong + n));
      high += p * (found / (found + wrong));
      // Σ (T + i) / (T + i + W) = p − W Σ 1 / (T + W + i), and 1/x being convex, Σ 1 / (a + i) ≤ log((a + p + ½) / (a + ½)).
      // Of steps that differ: 1/x falls, so each times 1/x at its end is at most what 1/x adds up to along it, log((a + p) / a) in all.
      const all = wrong + n;
      low += all === 0 ? p : Math.max(p * ((before + step) / (before + step + all)), p - all * Math.log1p(p / (before + all + step / 2)));
    }
    before = found;
    wrong += n;
  }
  return before === 0 ? { value: 0, low: 0, high: 0 } : { value: value / before, low: low / before, high: high / before };
}

/** Area under the ROC curve of bins, a bin's positives and negatives taken as ties, and how far that of the examples can be from it. */
export function binnedRocAuc(bins: readonly RankBin[]): Bounded {
  let right = 0, wrong = 0, area = 0, open = 0;
  for (const { positives: p, negatives: n } of bins) {
    area += n * (right + p / 2);
    open += (n * p) / 2;
    right += p;
    wrong += n;
  }
  const pairs = right * wrong;
  return pairs === 0 ? { value: 0.5, low: 0.5, high: 0.5 } : { value: area / pairs, low: (area - open) / pairs, high: (area + open) / pairs };
}
