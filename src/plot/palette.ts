/**
 * Okabe and Ito's colours, told apart by colour-blind readers, without their black and yellow.
 *
 * The first four keep a contrast of 3 : 1 or more on white and on near-black; black is left to cross-entropy, which is
 * drawn in the ink of the page.
 */
export const PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"] as const;

/** The colour of the i-th series; colours repeat after the sixth. */
export function seriesColor(index: number): string {
  return PALETTE[index % PALETTE.length]!;
}
