import { averagePrecision, confusionMatrix, decide, logLoss, macroF1 } from "../metrics/index.ts";
import { probabilities } from "./model.ts";
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
 * Judges logits on validation rows.
 *
 * @param posterior - puts scores on the probability scale before log loss; without it focal loss would be
 *   judged by a calibration it never promised
 */
export function judge(head: Model["head"], z: Float32Array, { y, classes }: Table, posterior: (scores: Float32Array) => ArrayLike<number>): Verdict {
  const p = probabilities({ head, classes }, z);
  return {
    score: head === "sigmoid" ? averagePrecision(z, y) : macroF1(confusionMatrix(decide(p, classes), y, classes)),
    logLoss: logLoss(posterior(p), y, classes),
  };
}

/** Epochs over which scores are averaged before they are compared. */
const window = 10;

/**
 * The verdict on the latest epoch, its score averaged with those of the epochs before it.
 *
 * Where a class has two validation rows, one lucky row moves macro-F1 by a tenth: of forty epochs' bare scores the highest
 * is more often lucky than good.
 */
export function smoothed(history: readonly { readonly validation: number; readonly logLoss: number }[]): Verdict {
  const recent = history.slice(-window);
  return { score: recent.reduce((sum, { validation }) => sum + validation, 0) / recent.length, logLoss: history.at(-1)!.logLoss };
}

/** Scores that differ by rounding only are equal. */
export function isBetter(candidate: Verdict, best: Verdict): boolean {
  if (Math.abs(candidate.score - best.score) > 1e-9) return candidate.score > best.score;
  return candidate.logLoss < best.logLoss;
}
