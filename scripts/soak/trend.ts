/** What a line through samples says about growth. */

export interface Trend {
  /** Growth from the first sample to the last, by least squares. */
  readonly growth: number;
  /** What the growth is at least, with two standard errors taken off. */
  readonly atLeast: number;
}

/** A least-squares line through (at, value), and how much of its rise is beyond the scatter of the samples. */
export function trend(samples: readonly (readonly [at: number, value: number])[]): Trend {
  const n = samples.length, mean = (k: 0 | 1): number => samples.reduce((sum, sample) => sum + sample[k], 0) / n;
  const [x, y] = [mean(0), mean(1)];
  const spread = samples.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  const slope = samples.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / spread;
  const rest = samples.reduce((sum, [at, value]) => sum + (value - y - slope * (at - x)) ** 2, 0);
  const error = Math.sqrt(rest / (n - 2) / spread), span = samples[n - 1]![0] - samples[0]![0];
  return { growth: slope * span, atLeast: (slope - 2 * error) * span };
}
