import type { Metric } from "../results.ts";

/** How a number of the results is named, written and judged. */
export interface MetricFace {
  readonly name: string;
  /** For narrow columns. */
  readonly short: string;
  readonly better: "higher" | "lower";
  readonly digits: number;
  /** Its least and greatest value. */
  readonly range: readonly [number, number];
}

export const METRICS: Readonly<Record<Metric, MetricFace>> = {
  averagePrecision: { name: "average precision", short: "AP", better: "higher", digits: 3, range: [0, 1] },
  rocAuc: { name: "ROC AUC", short: "ROC AUC", better: "higher", digits: 3, range: [0, 1] },
  macroF1: { name: "macro-F1 at argmax", short: "macro-F1", better: "higher", digits: 3, range: [0, 1] },
  macroF1Tuned: { name: "macro-F1, tuned thresholds", short: "tuned", better: "higher", digits: 3, range: [0, 1] },
  brierRaw: { name: "Brier score, raw", short: "Brier raw", better: "lower", digits: 4, range: [0, 2] },
  brier: { name: "Brier score", short: "Brier", better: "lower", digits: 4, range: [0, 2] },
  eceRaw: { name: "calibration error, raw", short: "ECE raw", better: "lower", digits: 4, range: [0, 1] },
  ece: { name: "calibration error", short: "ECE", better: "lower", digits: 4, range: [0, 1] },
  logLoss: { name: "log loss", short: "log loss", better: "lower", digits: 4, range: [0, Infinity] },
  seconds: { name: "seconds", short: "seconds", better: "lower", digits: 1, range: [0, Infinity] },
};
