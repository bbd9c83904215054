import type { Metric } from "../results.ts";

/** How a number of the results is named, written and judged. */
export interface MetricFace {
  readonly name: string;
  /** For narrow columns. */
  readonly short: string;
  readonly better: "higher" | "lower";
  readonly digits: number;
}

export const METRICS: Readonly<Record<Metric, MetricFace>> = {
  averagePrecision: { name: "average precision", short: "AP", better: "higher", digits: 3 },
  rocAuc: { name: "ROC AUC", short: "ROC AUC", better: "higher", digits: 3 },
  macroF1: { name: "macro-F1 at argmax", short: "macro-F1", better: "higher", digits: 3 },
  macroF1Tuned: { name: "macro-F1, tuned thresholds", short: "tuned", better: "higher", digits: 3 },
  brierRaw: { name: "Brier score, raw", short: "Brier raw", better: "lower", digits: 4 },
  brier: { name: "Brier score", short: "Brier", better: "lower", digits: 4 },
  eceRaw: { name: "calibration error, raw", short: "ECE raw", better: "lower", digits: 4 },
  ece: { name: "calibration error", short: "ECE", better: "lower", digits: 4 },
  logLoss: { name: "log loss", short: "log loss", better: "lower", digits: 4 },
  seconds: { name: "seconds", short: "seconds", better: "lower", digits: 1 },
};
