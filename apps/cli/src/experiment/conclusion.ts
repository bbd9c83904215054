import { signed } from "../report/format.ts";
import { METRICS } from "../report/metric.ts";
import type { LossResult, Metric, Results } from "../results.ts";
import { REFERENCE } from "./candidates.ts";
import { FEWEST, pairedDifference, restartNoise } from "./intervals.ts";

type Judgement = Pick<Results, "headline" | "recommendation">;

interface Difference {
  readonly mean: number;
  readonly low?: number;
  readonly high?: number;
}

const number = (value: number): string => signed(value, 3);

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
  const differs = (loss: LossResult, metric: Metric): Difference =>
    pairedDifference(loss.runs.map((run) => run.metrics[metric]), reference.runs.map((run) => run.metrics[metric]), testOverTrain, level, METRICS[metric].range);
  const noise = (metric: Metric): number => restartNoise(restart.runs.map((run) => run.metrics[metric]), reference.runs.map((run) => run.metrics[metric]));
  const wins = (loss: LossResult, metric: Metric): boolean => {
    const { mean, low } = differs(loss, metric);
    return low !== undefined && low > 0 && mean > noise(metric);
  };
  /** The difference in words, with its interval and the noise to hold it against. */
  const measured = (loss: LossResult, metric: Metric): string => {
    const { mean, low, high } = differs(loss, metric);
    const percent = (100 * level).toFixed(candidates.length > 1 ? 1 : 0);
    const range = low === undefined ? "" : ` (${percent} % interval ${number(low)} to ${number(high!)})`;
    return `${number(mean)} in ${words[metric]}${range}; a restart of cross-entropy moves it by ${noise(metric).toFixed(3)}`;
  };

  const ranked = [...candidates].sort((a, b) => b.summary.averagePrecision.mean - a.summary.averagePrecision.mean);
  const best = ranked[0]!;
  const splits = reference.runs.length;
  if (splits < FEWEST) {
    return {
      headline: `${splits === 1 ? "One split" : `${splits} splits`} cannot tell losses apart.`,
      recommendation: { loss: REFERENCE, reason: `For an interval use --repeats 5. Here ${best.name} differs by ${measured(best, "averagePrecision")}.` },
    };
  }
  const precise = ranked.find((loss) => wins(loss, "averagePrecision"));
  if (precise) {
    return {
      headline: `${capital(precise.name)} ranks better than cross-entropy.`,
      recommendation: { loss: precise.name, reason: `It differs by ${measured(precise, "averagePrecision")}.` },
    };
  }
  const decisive = ranked.find((loss) => wins(loss, "macroF1Tuned") && differs(loss, "averagePrecision").high! >= 0);
  if (decisive) {
    return {
      headline: `${capital(decisive.name)} decides better than cross-entropy, but does not rank better.`,
      recommendation: { loss: decisive.name, reason: `It differs by ${measured(decisive, "macroF1Tuned")}. In average precision no difference shows.` },
    };
  }
  const untuned = ranked.filter((loss) => wins(loss, "macroF1")).map((loss) => ` Without tuned thresholds ${loss.name} differs by ${measured(loss, "macroF1")}; with them no gain remains that could be told from noise.`);
  return {
    headline: "No loss beats cross-entropy beyond noise.",
    recommendation: { loss: REFERENCE, reason: `The best of the others, ${best.name}, differs by ${measured(best, "averagePrecision")}.${untuned.join("")}` },
  };
}

const words: { readonly [metric in Metric]?: string } = {
  averagePrecision: "average precision", macroF1: "macro-F1", macroF1Tuned: "macro-F1 at tuned thresholds",
};
const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
