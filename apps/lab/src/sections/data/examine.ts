import { crossEntropy, focal } from "focal-loss";
import {
  averagePrecision, bestThreshold, brier, diagnose, expectedCalibrationError, precisionRecallCurve, recoverPosterior, reliability, rocAuc,
} from "focal-loss/evaluate";
import type { CurvePoint, Diagnosis, ReliabilityBin, ThresholdChoice } from "focal-loss/evaluate";
import type { Scale, Scored } from "./scores.ts";

/** γ of the curves of cumulative loss, as in the paper's figure; 0 is cross-entropy. */
export const GAMMAS = [0, 0.5, 1, 2, 5] as const;
/** What a threshold can be chosen for; precision and recall ask for 90 %. */
export const GOALS = ["f1", "mcc", "balancedAccuracy", "precision", "recall"] as const;
export type Goal = (typeof GOALS)[number];

export interface Report {
  readonly classes: readonly string[];
  readonly scale: Scale;
  readonly notes: readonly string[];
  readonly diagnosis: Diagnosis;
  /** Of two classes: how well scores rank, and where to cut them. */
  readonly ranking: Ranking | undefined;
}

export interface Ranking {
  readonly averagePrecision: number;
  readonly rocAuc: number;
  /** Of all rows: what a ranking at random would reach. */
  readonly base: number;
  readonly curve: readonly CurvePoint[];
  readonly thresholds: Readonly<Record<Goal, ThresholdChoice>>;
  /** At 0.5, where nobody chose. */
  readonly half: { readonly precision: number; readonly recall: number };
}

export interface Trust {
  readonly bins: readonly ReliabilityBin[];
  readonly ece: number;
  readonly brier: number;
}

/** Everything that does not move with a control, by the library's own functions. */
export async function examine({ classes, labels, logits, scale, notes }: Scored, tell: (doing: string) => Promise<void>): Promise<Report> {
  await tell("Adding up gradients");
  const names = classes.map((name) => (name.length > 40 ? `${name.slice(0, 39)}…` : name));
  const diagnosis = diagnose(logits, labels, crossEntropy(), {
    ...(classes.length === 2 ? {} : { head: "softmax", classes: classes.length }), names, against: GAMMAS.slice(1).map((gamma) => focal({ gamma })), points: 120,
  });
  await tell("Ranking");
  return { classes: names, scale, notes, diagnosis, ranking: classes.length === 2 ? await rankingOf(logits, labels, tell) : undefined };
}

async function rankingOf(logits: Float64Array, labels: Int32Array, tell: (doing: string) => Promise<void>): Promise<Ranking> {
  const p = logits.map(sigmoid), thresholds: [Goal, ThresholdChoice][] = [];
  for (const goal of GOALS) {
    await tell("Choosing thresholds");
    thresholds.push([goal, bestThreshold(p, labels, { goal: goal === "precision" ? { precision: 0.9 } : goal === "recall" ? { recall: 0.9 } : goal })]);
  }
  let positives = 0, called = 0, found = 0;
  for (let i = 0; i < p.length; i++) {
    positives += labels[i]!;
    if (p[i]! < 0.5) continue;
    called++;
    found += labels[i]!;
  }
  return {
    averagePrecision: averagePrecision(logits, labels), rocAuc: rocAuc(logits, labels), base: positives / labels.length, curve: precisionRecallCurve(p, labels, { points: 250 }),
    thresholds: Object.fromEntries(thresholds) as Record<Goal, ThresholdChoice>,
    half: { precision: called === 0 ? 0 : found / called, recall: found / positives },
  };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What the scores promise against what happened; after recovery, where they were trained with focal loss. */
export function trust({ classes, labels, logits }: Scored, gamma: number): Trust {
  const raw = probabilitiesOf(logits, classes.length), p = gamma === 0 ? raw : recoverPosterior(raw, classes.length, { gamma });
  return { bins: reliability(p, labels, classes.length, 10), ece: expectedCalibrationError(p, labels, classes.length), brier: brier(p, labels, classes.length) };
}

/** Probabilities of all classes, row by row. */
function probabilitiesOf(logits: Float64Array, classes: number): Float64Array {
  const out = new Float64Array(classes === 2 ? 2 * logits.length : logits.length);
  if (classes === 2) logits.forEach((x, i) => {
    out[2 * i] = sigmoid(-x);
    out[2 * i + 1] = sigmoid(x);
  });
  else for (let start = 0; start < out.length; start += classes) {
    let top = -Infinity, sum = 0;
    for (let k = start; k < start + classes; k++) top = Math.max(top, logits[k]!);
    for (let k = start; k < start + classes; k++) sum += out[k] = Math.exp(logits[k]! - top);
    for (let k = start; k < start + classes; k++) out[k]! /= sum;
  }
  return out;
}
