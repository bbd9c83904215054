import type { LossResult, Results, Run } from "../results.ts";
import { REFERENCE } from "./candidates.ts";
import { meanAndDeviation, pairedDifference } from "./intervals.ts";

type Judgement = Pick<Results, "headline" | "recommendation">;

interface Difference {
  readonly mean: number;
  readonly low?: number;
  readonly high?: number;
}

const number = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
const interval = ({ mean, low, high }: Difference, level: string): string =>
  low === undefined ? number(mean) : `${number(mean)}, ${level} interval ${number(low)} to ${number(high!)}`;

/**
 * Says what the comparison supports, and no more.
 *
 * A loss is recommended only if its average precision (or, that not being worse, its macro-F1 at tuned thresholds) is
 * above cross-entropy's by an interval that excludes zero after allowing for the number of losses compared, and by more
 * than a restart of cross-entropy moves it. Otherwise cross-entropy is kept.
 */
export function conclude(losses: readonly LossResult[], testOverTrain: number): Judgement {
  const [reference, restart, ...candidates] = losses as [LossResult, LossResult, ...LossResult[]];
  const level = 1 - 0.05 / candidates.length;
  const percent = `${(100 * level).toFixed(candidates.length > 1 ? 1 : 0)} %`;
  const differs = (loss: LossResult, metric: keyof Run["metrics"]): Difference =>
    pairedDifference(loss.runs.map((run) => run.metrics[metric]), reference.runs.map((run) => run.metrics[metric]), testOverTrain, level);
  const noise = (metric: keyof Run["metrics"]): number => {
    const { mean, sd } = meanAndDeviation(restart.runs.map((run, i) => run.metrics[metric] - reference.runs[i]!.metrics[metric]));
    return Math.max(Math.abs(mean), sd);
  };
  const wins = (loss: LossResult, metric: keyof Run["metrics"]): boolean => {
    const { mean, low } = differs(loss, metric);
    return low !== undefined && low > 0 && mean > noise(metric);
  };

  const ranked = [...candidates].sort((a, b) => b.summary.averagePrecision.mean - a.summary.averagePrecision.mean);
  const best = ranked[0]!, gain = differs(best, "averagePrecision");
  const precise = ranked.find((loss) => wins(loss, "averagePrecision"));
  if (precise) {
    const sentence = `${precise.name} ranks better than cross-entropy: average precision ${interval(differs(precise, "averagePrecision"), percent)}.`;
    return { headline: sentence, recommendation: { loss: precise.name, reason: "its gain in average precision stands out from the spread over splits and from restart noise" } };
  }
  const decisive = ranked.find((loss) => wins(loss, "macroF1Tuned") && (differs(loss, "averagePrecision").high ?? -1) >= 0);
  if (decisive) {
    const sentence = `${decisive.name} decides better than cross-entropy once thresholds are tuned: macro-F1 ${interval(differs(decisive, "macroF1Tuned"), percent)}; their rankings do not differ measurably.`;
    return { headline: sentence, recommendation: { loss: decisive.name, reason: "its gain in macro-F1 at tuned thresholds stands out from the spread over splits and from restart noise" } };
  }
  const repeats = reference.runs.length;
  if (repeats < 2) {
    return {
      headline: `One split cannot tell losses apart: ${best.name} differs from cross-entropy by ${number(gain.mean)} in average precision, a restart of cross-entropy by ${number(restart.summary.averagePrecision.mean - reference.summary.averagePrecision.mean)}.`,
      recommendation: { loss: REFERENCE, reason: "a single split gives no interval; repeat with --repeats 5" },
    };
  }
  const asTrained = ranked.filter((loss) => wins(loss, "macroF1")).map((loss) => `${loss.name} raises macro-F1 by ${interval(differs(loss, "macroF1"), percent)}`);
  const tail = asTrained.length ? ` Without tuned thresholds ${asTrained.join("; ")}.` : "";
  return {
    headline: `No loss beats cross-entropy beyond noise: the best, ${best.name}, differs by ${interval(gain, percent)} in average precision; a restart of cross-entropy by ±${noise("averagePrecision").toFixed(3)}.${tail}`,
    recommendation: { loss: REFERENCE, reason: "no difference in ranking or tuned decisions stands out from the spread over splits and from restart noise" },
  };
}
