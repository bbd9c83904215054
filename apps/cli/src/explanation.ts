import type { Diagnosis, ReliabilityBin } from "focal-loss/evaluate";

/** What one `focal explain` found out: printed with --json, drawn by the report and the terminal. */
export interface Explanation {
  readonly format: 1;
  readonly headline: string;
  /** What the verdict suggests, as a loss: "cross-entropy", "focal loss with γ = 1, α = 0.25"; absent where it suggests nothing. */
  readonly suggested?: string;
  readonly source: Source;
  /** Of every class there are scores for, in order; two: the second is the positive one. */
  readonly classes: readonly string[];
  /** Names of the losses: the explained one first, then cross-entropy and focal loss by γ. */
  readonly losses: readonly string[];
  /** Its losses stand in the order of their names; its classes are indices. */
  readonly diagnosis: Diagnosis;
  readonly reliability: Reliability;
  readonly notes: readonly string[];
  readonly reproduce: { readonly command: string; readonly versions: Readonly<Record<string, string>>; readonly date: string };
}

export interface Source {
  readonly files: readonly string[];
  readonly target: string;
  /** Columns the scores are in. */
  readonly scores: readonly string[];
  readonly from: "logits" | "probabilities" | "percentages";
  /** The part that was explained, where the file names parts. */
  readonly part?: string;
}

/** Predicted against observed frequencies, in ten bins. */
export interface Reliability {
  /** The part that was judged, where the file names parts; rows a model was trained on would flatter it. */
  readonly part?: string;
  readonly rows: number;
  readonly curves: readonly { readonly scores: "raw" | "recovered"; readonly bins: readonly ReliabilityBin[]; readonly ece: number; readonly brier: number }[];
}
