import { describe, expectKnown, FocalError } from "../errors.ts";
import type { Confusion } from "./confusion.ts";
import type { Numbers } from "./inputs.ts";
import { balancedAccuracy } from "./macro.ts";
import { matthewsCorrelation } from "./matthews.ts";
import { rank } from "./ranking.ts";

/**
 * What a threshold is chosen for.
 *
 * - "f1", "mcc" (Matthews correlation), "balancedAccuracy": the highest
 * - `{ precision }`: the highest recall with at least this precision
 * - `{ recall }`: the highest precision with at least this recall
 */
export type ThresholdGoal = "f1" | "mcc" | "balancedAccuracy" | { readonly precision: number } | { readonly recall: number };

/** A threshold and what it reaches on the rows it was chosen on. */
export interface ThresholdChoice {
  /** Scores at or above it are called positive. */
  readonly threshold: number;
  /** False where nothing is positive, or no threshold has the precision asked for; then it is the nearest to it. */
  readonly met: boolean;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly mcc: number;
  readonly balancedAccuracy: number;
}

/**
 * The best threshold for a goal.
 *
 * It stands midway between the lowest score called positive and the next one, so that it does not hang on the last digit.
 *
 * @param scores - of the positive class, of validation rows: never choose a threshold on test rows
 * @param labels - one per score
 * @param options - `goal`, default "f1"; `positive`, the label that counts as positive, default 1. A bare number is `positive`
 * @returns of equally good thresholds the highest. 0.5, with every rate 0, when nothing is positive
 * @throws FocalError `argument` for a score or label that is no number or an unknown goal, `shape` for unequal lengths
 *
 * @example
 * bestThreshold([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).threshold;                                // 0.22499999999999998
 * bestThreshold([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], { goal: { precision: 0.9 } }).threshold;  // 0.6000000000000001
 */
export function bestThreshold(scores: Numbers, labels: Numbers, options: { goal?: ThresholdGoal; positive?: number } | number = {}): ThresholdChoice {
  if (typeof options !== "number") expectKnown("bestThreshold", options, ["goal", "positive"]);
  const { goal = "f1", positive = 1 } = typeof options === "number" ? { positive: options } : options;
  const { value, excess = () => 0 } = meritOf(goal);
  const { thresholds, truePositives, falsePositives, positives, negatives } = rank(scores, labels, positive);
  if (positives === 0) return { threshold: 0.5, met: false, precision: 0, recall: 0, f1: 0, mcc: 0, balancedAccuracy: 0 };
  const at = (step: number): Counts => ({ found: truePositives[step]!, falseAlarms: falsePositives[step]!, positives, negatives });
  let best = 0, most = -Infinity, nearest = -Infinity;
  for (let i = 0; i < thresholds.length; i++) {
    const counts = at(i), over = Math.min(0, excess(counts));
    if (over < nearest) continue;
    const merit = value(counts);
    if (over === nearest && !(merit > most)) continue;
    best = i;
    most = merit;
    nearest = over;
  }
  const here = thresholds[best]!, next = thresholds[Math.min(best + 1, thresholds.length - 1)]!, middle = here / 2 + next / 2;
  const rates = Object.fromEntries(Object.entries(RATES).map(([name, rate]) => [name, rate(at(best))])) as Record<keyof typeof RATES, number>;
  return { threshold: middle > next && middle < here ? middle : here, met: nearest === 0, ...rates };
}

/** Rows called positive, rightly and wrongly, and how many of each kind there are. */
interface Counts {
  readonly found: number;
  readonly falseAlarms: number;
  readonly positives: number;
  readonly negatives: number;
}

const confusionOf = ({ found, falseAlarms, positives, negatives }: Counts): Confusion =>
  [[negatives - falseAlarms, falseAlarms], [positives - found, found]];

const RATES = {
  precision: ({ found, falseAlarms }: Counts) => found / (found + falseAlarms),
  recall: ({ found, positives }: Counts) => found / positives,
  f1: ({ found, falseAlarms, positives }: Counts) => (2 * found) / (found + falseAlarms + positives),
  mcc: (counts: Counts) => matthewsCorrelation(confusionOf(counts)),
  balancedAccuracy: (counts: Counts) => balancedAccuracy(confusionOf(counts)),
};

/** What is to be highest, among the thresholds whose excess over what is asked for is not below 0. */
function meritOf(goal: ThresholdGoal): { value: (counts: Counts) => number; excess?: (counts: Counts) => number } {
  if (goal === "f1" || goal === "mcc" || goal === "balancedAccuracy") return { value: RATES[goal] };
  const [[name, least] = []] = typeof goal === "object" && goal !== null ? Object.entries(goal) : [];
  if ((name !== "precision" && name !== "recall") || Object.keys(goal).length !== 1) {
    throw new FocalError("argument", `goal must be "f1", "mcc", "balancedAccuracy", { precision } or { recall }, got ${typeof goal === "object" ? JSON.stringify(goal) : describe(goal)}`);
  }
  if (!(least! >= 0 && least! <= 1)) throw new FocalError("argument", `the ${name} of a goal must be in [0, 1], got ${String(least)}`);
  const floor = RATES[name];
  return { value: RATES[name === "precision" ? "recall" : "precision"], excess: (counts) => floor(counts) - least! };
}
