/** Where losses are looked at: far tails, shoulders, the middle; exact in float32, so that every engine sees the same numbers. */

const sizes = [1e-3, 0.1, 0.5, 1, 1.5, 2, 3, 5, 8, 10, 12, 15, 17, 20, 30, 37, 50, 75, 88, 100].map(Math.fround);
/** Forty-one logits from −100 to 100. */
export const fine = [...sizes.map((x) => -x).reverse(), 0, ...sizes];
/** The same range in sixteen, and in nine for tables with more than two targets. */
export const coarse = [-100, -60, -30, -17, -8, -4, -2, -0.75, 0.25, 1, 2.5, 5, 10, 20, 37, 88];
export const sparse = [-60, -17, -4, -0.75, 0.25, 1, 5, 20, 88];
/** Soft targets that are not p at any of these logits, and not ½, at which interpolated p_t would be ½ everywhere. */
export const softTargets = [0.1, 0.4, 0.9].map(Math.fround);

/** Every target with every logit. */
export const cross = (targets: readonly number[], line: readonly number[]): { logits: number[]; targets: number[] } =>
  ({ logits: targets.flatMap(() => line), targets: targets.flatMap((t) => line.map(() => t)) });

/** Rows that are undecided, hard, easy and far apart. */
export const rowsOf: Readonly<Record<number, readonly number[][]>> = {
  2: [[0, 0], [1, 0], [-3, 4], [30, -30], [-100, 100], [12, 11.5]],
  3: [[0, 0, 0], [1, 0, -1], [0, 1, 2], [20, -5, 1], [-100, 100, 99], [60, -30, 30]],
  5: [[0.5, 0.25, -0.5, 2, 1], [10, -10, 5, -5, 0], [-40, 50, 1, 2, 3], [100, 0, 0, 0, 0], [-7, -7, -7, -7, 7]],
};
/** Three classes without ties. */
export const fewRows = [[0.5, 0, -1], [2, -1, 4], [-30, 20, 1], [100, -100, 99.5]];

/** Every row with every label. */
export const labelled = (rows: readonly number[][]): { classes: number; logits: number[]; targets: number[] } => ({
  classes: rows[0]!.length,
  logits: rows.flatMap((row) => row.flatMap(() => row)),
  targets: rows.flatMap((row) => row.map((_, label) => label)),
});

/** Every row with a row of targets. */
export const mixed = (rows: readonly number[][], targets: readonly number[]): { classes: number; logits: number[]; targets: number[] } =>
  ({ classes: targets.length, logits: rows.flat(), targets: rows.flatMap(() => targets) });
