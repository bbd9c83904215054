import { criterion } from "focal-loss";
import type { Loss } from "focal-loss";
import { averagePrecision, bestThreshold, precisionRecallCurve } from "focal-loss/evaluate";
import type { CurvePoint } from "focal-loss/evaluate";
import type { Points } from "./data.ts";

/** p_t from which an example is easy, as the library's `diagnose` has it. */
export const EASY = 0.9;

/** Shares of the gradient Σ|dL/dx| over all training examples. */
export interface Shares {
  readonly easyNegatives: number;
  readonly hardNegatives: number;
  readonly easyPositives: number;
  readonly hardPositives: number;
}

/** Where the gradient comes from. */
export function gradientShares(loss: Loss, logits: Float32Array, { labels }: Points): Shares {
  const { grad } = criterion(loss, { reduction: "none" }).valueAndGrad(logits, labels), margin = Math.log(EASY / (1 - EASY));
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < labels.length; i++) sums[2 * labels[i]! + ((labels[i] === 1 ? logits[i]! : -logits[i]!) < margin ? 1 : 0)]! += Math.abs(grad[i]!);
  const whole = sums.reduce((a, b) => a + b, 0) || 1;
  const [easyNegatives = 0, hardNegatives = 0, easyPositives = 0, hardPositives = 0] = sums.map((sum) => sum / whole);
  return { easyNegatives, hardNegatives, easyPositives, hardPositives };
}

/** How a rule "positive from this score on" does on points it was not chosen on. */
export interface Rule {
  readonly threshold: number;
  readonly recall: number;
  readonly precision: number;
  readonly f1: number;
}

export function ruleAt(threshold: number, scores: Float64Array, { labels, positives }: Points): Rule {
  let hits = 0, called = 0;
  for (let i = 0; i < labels.length; i++) {
    if (scores[i]! < threshold) continue;
    called++;
    hits += labels[i]!;
  }
  return { threshold, recall: hits / positives, precision: called === 0 ? 0 : hits / called, f1: (2 * hits) / (called + positives) };
}

/** What is told of one model. */
export interface Judgement {
  /** On held-out points. */
  readonly averagePrecision: number;
  readonly curve: readonly CurvePoint[];
  /** At a score of 0.5. */
  readonly half: Rule;
  /** At the threshold of the best F1 on the training points. */
  readonly tuned: Rule;
  /** On the training points. */
  readonly shares: Shares;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** @param train, held - the logits of a model on the training points and on those held out */
export function judge(loss: Loss, train: Float32Array, held: Float32Array, points: { readonly train: Points; readonly held: Points }): Judgement {
  const scores = Float64Array.from(held, sigmoid);
  const { threshold } = bestThreshold(Float64Array.from(train, sigmoid), points.train.labels);
  return {
    averagePrecision: averagePrecision(scores, points.held.labels), curve: precisionRecallCurve(scores, points.held.labels, { points: 120 }),
    half: ruleAt(0.5, scores, points.held), tuned: ruleAt(threshold, scores, points.held), shares: gradientShares(loss, train, points.train),
  };
}
