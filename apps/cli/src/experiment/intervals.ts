/** Mean and standard deviation (n − 1) of a sample; the deviation of one value is 0. */
export function meanAndDeviation(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** Of fewer differences than this the deviation is too uncertain for an interval: Student's t would make it wider than the metric. */
export const FEWEST = 4;

/**
 * The mean of paired differences over repeated splits, with an interval that knows the splits overlap.
 *
 * Training parts of repeated splits share most of their rows, so the differences are no independent sample and
 * the usual variance is too small. Nadeau and Bengio's correction replaces 1/n by 1/n + test/train.
 *
 * @param level - e.g. 0.95
 * @param range - least and greatest value of the metric: of its difference to `theirs` no more can be true
 * @returns without bounds for fewer than four repeats
 *
 * Reference: Nadeau, Bengio: Inference for the Generalization Error, 2003, https://doi.org/10.1023/A:1024068626366
 */
export function pairedDifference(
  ours: readonly number[], theirs: readonly number[], testOverTrain: number, level = 0.95, [least, most]: readonly [number, number] = [-Infinity, Infinity],
): { mean: number; low?: number; high?: number } {
  const { mean, sd } = meanAndDeviation(ours.map((value, i) => value - theirs[i]!));
  const n = ours.length;
  if (n < FEWEST) return { mean };
  const half = studentQuantile((1 + level) / 2, n - 1) * sd * Math.sqrt(1 / n + testOverTrain);
  const base = meanAndDeviation(theirs).mean;
  return { mean, low: Math.max(least - base, mean - half), high: Math.min(most - base, mean + half) };
}

/** How far a restart moves a loss on the same splits: the larger of mean and standard deviation of the differences. */
export function restartNoise(restart: readonly number[], reference: readonly number[]): number {
  const { mean, sd } = meanAndDeviation(restart.map((value, i) => value - reference[i]!));
  return Math.max(Math.abs(mean), sd);
}

const quantiles = new Map<string, number>();

/** Student's t: the value below which a share p ≥ ½ lies. A grid asks for the same one again and again. */
export function studentQuantile(p: number, freedom: number): number {
  const key = `${p} ${freedom}`;
  const value = quantiles.get(key) ?? bisectQuantile(p, freedom);
  quantiles.set(key, value);
  return value;
}

/** By bisection of the integral of its density. */
function bisectQuantile(p: number, freedom: number): number {
  let low = 0, high = 1;
  while (studentCdf(high, freedom) < p) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, freedom) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** With t = √ν·tan θ the density becomes cos^(ν−1) θ, smooth and finite: Simpson's rule gives 12 digits. */
function studentCdf(t: number, freedom: number): number {
  const integral = (to: number): number => {
    const steps = 2000, h = to / steps;
    let sum = 0;
    for (let i = 0; i <= steps; i++) sum += (i === 0 || i === steps ? 1 : i % 2 ? 4 : 2) * Math.cos(i * h) ** (freedom - 1);
    return (sum * h) / 3;
  };
  return 0.5 + (0.5 * integral(Math.atan(t / Math.sqrt(freedom)))) / integral(Math.PI / 2);
}
