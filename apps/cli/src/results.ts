/** What one `focal train` found out: written as metrics.json, drawn by the report and the terminal. */
export interface Results {
  readonly format: 1;
  /** One or two sentences: only what the intervals support. */
  readonly headline: string;
  readonly recommendation: { readonly loss: string; readonly reason: string };
  /** Warnings and remarks in plain words, most important first. */
  readonly notes: readonly string[];
  readonly data: DataSummary;
  readonly protocol: Protocol;
  /** Cross-entropy first; its restart (the noise floor) second. */
  readonly losses: readonly LossResult[];
  readonly reproduce: Reproduce;
}

/** What it takes to get the same numbers again. */
export interface Reproduce {
  readonly command: string;
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
  readonly date: string;
  readonly seconds: number;
}

export interface DataSummary {
  readonly files: readonly string[];
  readonly rows: number;
  readonly target: string;
  /** Counts over all rows, in class order. For two classes the positive one is the second. */
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  /** Rows by class in each part of each repeat: splits[repeat].train[class]. */
  readonly splits: readonly { readonly train: readonly number[]; readonly validation: readonly number[]; readonly test: readonly number[] }[];
  readonly columns: readonly {
    readonly name: string;
    readonly kind: "numeric" | "categorical" | "dropped";
    readonly missing: number;
    readonly levels?: number;
    /** Why it was dropped, or what else a reader should know. */
    readonly note?: string;
  }[];
  /** Number of model inputs after encoding. */
  readonly features: number;
  /** Rows of the test part that also stand in the training part, mean over repeats. */
  readonly duplicateRows: number;
}

export interface Protocol {
  /** e.g. "official split of column `split`, validation 20 % of its training part" */
  readonly split: string;
  readonly repeats: number;
  /** e.g. "MLP 64-32, Adam 0.003, batch 256, up to 60 epochs" */
  readonly model: string;
  /** How validation chose the epoch, e.g. "macro-F1, ties by log loss". */
  readonly selection: string;
  /** Trained models in all. */
  readonly configurations: number;
}

/** Names of the numbers reported per run. Higher is better except brier*, ece*, logLoss and seconds. */
export type Metric =
  | "averagePrecision" | "rocAuc"
  | "macroF1" | "macroF1Tuned"
  | "brierRaw" | "brier" | "eceRaw" | "ece" | "logLoss"
  | "seconds";

export interface LossResult {
  /** Stable id: "cross-entropy", "cross-entropy (restart)", "balanced cross-entropy", "focal γ=2", … */
  readonly name: string;
  readonly formula: string;
  readonly runs: readonly Run[];
  readonly summary: Readonly<Record<Metric, Summary>>;
}

export interface Summary {
  readonly mean: number;
  readonly sd: number;
  /** Paired difference to cross-entropy on the same splits; absent for cross-entropy itself. low/high: 95 % interval, absent with fewer than four repeats. */
  readonly difference?: { readonly mean: number; readonly low?: number; readonly high?: number };
}

/** One loss on one split. */
export interface Run {
  readonly metrics: Readonly<Record<Metric, number>>;
  /** Per class at argmax (0.5 for two classes) and at the thresholds tuned on validation. */
  readonly perClass: readonly { readonly recall: number; readonly precision: number; readonly recallTuned: number; readonly precisionTuned: number }[];
  /** confusion[true][predicted] on test, at argmax / 0.5. */
  readonly confusion: readonly (readonly number[])[];
  readonly epoch: number;
  readonly epochs: number;
  readonly history: readonly { readonly epoch: number; readonly trainLoss: number; readonly validation: number }[];
  /** Drawn for the first repeat only. */
  readonly curves?: Curves;
}

export interface Curves {
  /** One-vs-rest precision–recall of each class (two classes: the positive only), at most 200 points each. */
  readonly pr: readonly { readonly class: string; readonly points: readonly { readonly recall: number; readonly precision: number }[] }[];
  /** Mean predicted and observed frequency in ten bins, before and after posterior recovery. */
  readonly reliability: readonly { readonly scores: "raw" | "recovered"; readonly bins: readonly { readonly predicted: number; readonly observed: number; readonly count: number }[] }[];
  /** Cumulative share of the gradient by difficulty: of each class's training rows, easiest first; at most 100 points. */
  readonly difficulty: readonly { readonly group: string; readonly points: readonly { readonly examples: number; readonly gradient: number }[] }[];
}
