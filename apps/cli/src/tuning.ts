import type { DataSummary, Metric, Protocol, Reproduce } from "./results.ts";

/** What one `focal tune` found out: written as tune.json, drawn by the report and the terminal. */
export interface Tuning {
  readonly format: 1;
  /** What was compared: the metric that the choice went by. */
  readonly metric: Metric;
  /** One sentence: only what the intervals support. */
  readonly headline: string;
  /** The simplest cell that nothing distinguishes from the best; cross-entropy unless the best is better than it beyond noise. */
  readonly recommendation: { readonly loss: string; readonly reason: string };
  /** The next command: train with what is recommended. */
  readonly next: string;
  readonly notes: readonly string[];
  readonly data: DataSummary;
  readonly protocol: Omit<Protocol, "repeats"> & {
    readonly folds: number;
    readonly repeats: number;
    /** Cells other than cross-entropy. The intervals allow for so many comparisons: each has `level`. */
    readonly comparisons: number;
    readonly level: number;
  };
  /** Cross-entropy first, its restart (the noise floor) second, then the grid from the simplest on. */
  readonly cells: readonly Cell[];
  /** The cell with the best mean. */
  readonly best: string;
  readonly selection: Selection;
  /** The official test part, if there is one: looked at once, after the choice. */
  readonly test?: FinalTest;
  readonly reproduce: Reproduce;
}

/** One loss with its settings, on all folds. */
export interface Cell {
  readonly name: string;
  readonly formula: string;
  readonly family: string;
  /** Absent for losses without γ. */
  readonly gamma?: number;
  readonly alpha: "none" | "balanced" | number;
  /** With γ = 0 it is cross-entropy with the same weights, whose cell stands for both. */
  readonly zeroIsCrossEntropy: boolean;
  /** By fold, repeat after repeat. */
  readonly runs: readonly Readonly<Record<Metric, number>>[];
  readonly summary: Readonly<Record<Metric, { readonly mean: number; readonly sd: number }>>;
  /** Paired differences in the chosen metric, with intervals of the protocol's level; absent from the cell itself. */
  readonly toReference?: Interval;
  readonly toBest?: Interval;
  /** The difference to the best is not distinguishable from none. */
  readonly nearBest: boolean;
}

/** Without ends where there are fewer than four folds, repeats included: they would be anywhere. */
export interface Interval {
  readonly mean: number;
  readonly low?: number;
  readonly high?: number;
}

/** What the choice itself is worth. */
export interface Selection {
  /** The best cell's mean over all folds, on which it was chosen: too good. */
  readonly own: number;
  /** Mean over folds of whichever cell is best on the other folds of the same repeat. */
  readonly held: number;
  /** The same against cross-entropy; a 95 % interval. */
  readonly gain: Interval;
  /** All that in words. */
  readonly sentence: string;
}

/** One training each of cross-entropy and the recommended loss, judged on the official test part. */
export interface FinalTest {
  /** Where the test part comes from. */
  readonly origin: string;
  readonly rows: number;
  readonly losses: readonly { readonly name: string; readonly metrics: Readonly<Record<Metric, number>> }[];
  readonly sentence: string;
}
