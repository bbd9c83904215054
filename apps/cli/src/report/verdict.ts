import type { LossResult, Metric, Summary } from "../results.ts";
import { METRICS } from "./metric.ts";

export type Verdict = "better" | "worse" | "none";

/** Whether the 95 % interval of a difference leaves out 0, and on which side of cross-entropy that puts the loss. */
export function verdict(metric: Metric, difference: Summary["difference"]): Verdict {
  if (difference?.low === undefined || difference.high === undefined) return "none";
  const { low, high } = difference;
  if (!(low > 0) && !(high < 0)) return "none";
  // A difference that is printed as 0 is none.
  if (Math.abs(difference.mean) < 0.5 * 10 ** -METRICS[metric].digits) return "none";
  return low > 0 === (METRICS[metric].better === "higher") ? "better" : "worse";
}

/** ▲ better and ▼ worse whatever the direction of the metric, so that the sign alone can be read. */
export const SIGN: Readonly<Record<Verdict, string>> = { better: "▲", worse: "▼", none: "" };

/** How often, over some losses and metrics, an interval excluded 0. */
export function countVerdicts(losses: readonly LossResult[], metrics: readonly Metric[]) {
  const all = losses.flatMap(({ summary }) => metrics.map((metric) => summary[metric].difference && verdict(metric, summary[metric].difference)));
  const with_ = (wanted: Verdict) => all.filter((v) => v === wanted).length;
  return { compared: all.filter((v) => v !== undefined).length, better: with_("better"), worse: with_("worse") };
}
