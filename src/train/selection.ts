import { averagePrecision, confusionMatrix, decide, logLoss, macroF1 } from "../metrics/index.ts";
import { logits, probabilities } from "./model.ts";
import type { Model } from "./model.ts";
import type { Table } from "./table.ts";

/** How good a model is on validation rows. */
export interface Verdict {
  /** Two classes: average precision. More: macro-F1 of the largest probability. */
  readonly score: number;
  /** Decides between equal scores, which are common where positives are few. */
  readonly logLoss: number;
}

/**
 * Judges a model on validation rows.
 *
 * @param posterior - puts scores on the probability scale before log loss; without it focal loss would be
 *   judged by a calibration it never promised
 */
export function judge(model: Model, { x, y, rows, classes }: Table, posterior: (scores: Float32Array) => ArrayLike<number>): Verdict {
  const z = logits(model, x, rows);
  const p = probabilities(model, z);
  return {
    score: model.head === "sigmoid" ? averagePrecision(z, y) : macroF1(confusionMatrix(decide(p, classes), y, classes)),
    logLoss: logLoss(posterior(p), y, classes),
  };
}

/** Scores that differ by rounding only are equal. */
export function isBetter(candidate: Verdict, best: Verdict): boolean {
  if (Math.abs(candidate.score - best.score) > 1e-9) return candidate.score > best.score;
  return candidate.logLoss < best.logLoss;
}
