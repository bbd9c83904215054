import { applyTemperature, averagePrecision, expectedCalibrationError, fitTemperature, logLoss, recoverPosterior, reliability } from "focal-loss/evaluate";
import type { ReliabilityBin } from "focal-loss/evaluate";
import type { LossSettings, Scored } from "./simulate.ts";

/** What is done with scores before they are taken for probabilities. */
export const versions = ["raw", "temperature", "recovered"] as const;
export type Version = (typeof versions)[number];

/** How far scores are from probabilities. */
export interface Quality {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error, 15 bins. */
  readonly ece: number;
  readonly logLoss: number;
  readonly averagePrecision: number;
}

export interface Report {
  readonly of: Readonly<Record<Version, Quality>>;
  readonly temperature: number;
  /** Examples that are judged by; temperature has been fitted on as many others. */
  readonly examples: number;
  readonly positives: number;
}

/** Judges scores as they are, with a fitted temperature, and with the posterior recovered: all on the second half of the examples. */
export function report({ scores, labels }: Scored, { gamma, alpha }: LossSettings): Report {
  const half = labels.length >> 1;
  const part = (from: number, to: number): { rows: Float64Array; labels: Uint8Array } => ({
    rows: Float64Array.from({ length: 2 * (to - from) }, (_, i) => (i % 2 === 1 ? scores[from + (i >> 1)]! : 1 - scores[from + (i >> 1)]!)), labels: labels.subarray(from, to),
  });
  const fit = part(0, half), judged = part(half, labels.length), { temperature } = fitTemperature(fit.rows, fit.labels, 2);
  const quality = (rows: Float64Array): Quality => ({
    bins: reliability(rows, judged.labels, 2), ece: expectedCalibrationError(rows, judged.labels, 2), logLoss: logLoss(rows, judged.labels, 2),
    averagePrecision: averagePrecision(rows.filter((_, i) => i % 2 === 1), judged.labels),
  });
  return {
    of: {
      raw: quality(judged.rows), temperature: quality(applyTemperature(judged.rows, 2, temperature)),
      recovered: quality(recoverPosterior(judged.rows, 2, { gamma, ...(alpha !== 0.5 && { alpha }) })),
    },
    temperature, examples: judged.labels.length, positives: judged.labels.reduce((sum, label) => sum + label, 0),
  };
}
