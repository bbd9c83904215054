import { fixed, percentOf, signed } from "../report/format.ts";
import { METRICS } from "../report/metric.ts";
import type { Metric } from "../results.ts";
import type { Interval, Tuning } from "../tuning.ts";
import type { Choice } from "./choose.ts";

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

/** What the folds support, and no more: one sentence, the recommendation with its reason, and what the choice itself is worth. */
export function pronounce(choice: Choice, names: readonly string[], metric: Metric, means: readonly number[]): Pick<Tuning, "headline" | "recommendation" | "best" | "selection"> {
  const { best, recommended, comparisons, level, toReference, toBest, noise, held, gain } = choice;
  const { name: measure, digits } = METRICS[metric];
  const few = gain.low === undefined;
  const range = ({ low, high }: Interval, at: number): string =>
    low === undefined ? "too few folds for an interval" : `${percentOf(at)} % interval ${signed(low, digits)} to ${signed(high!, digits)}`;
  const among = comparisons > 1 && !few ? `, allowing for ${comparisons} comparisons` : "";
  const against = (c: number): string => `${signed(toReference[c]!.mean, digits)} in ${measure} (${range(toReference[c]!, level)}${among}; a restart of cross-entropy moves it by ${fixed(noise, digits)})`;
  const near = choice.nearBest.filter((isNear, c) => isNear && c !== 1).length;

  const verdict = (): Pick<Tuning, "headline" | "recommendation"> => {
    if (best === 0) {
      return {
        headline: "Nothing in the grid has a better mean than cross-entropy.",
        recommendation: { loss: names[0]!, reason: `${near === 1 ? "Every other cell is worse beyond noise." : `Within noise of it: ${near - 1} of the ${comparisons} other cells.`}` },
      };
    }
    if (recommended === 0) {
      return {
        headline: few ? "So few folds cannot tell losses apart." : "No loss in the grid beats cross-entropy beyond noise.",
        recommendation: { loss: names[0]!, reason: `${few ? "For an interval use four folds or more (--folds, --repeats). " : ""}The best mean, ${names[best]}, differs from it by ${against(best)}.` },
      };
    }
    if (recommended === best) {
      return {
        headline: `${capital(names[best]!)} beats cross-entropy beyond noise.`,
        recommendation: { loss: names[best]!, reason: `It differs from cross-entropy by ${against(best)}. ${near === 1 ? "No other cell is within noise of it." : `Within noise of it: ${near - 1} of ${comparisons} other cells, none of them simpler and better than cross-entropy.`}` },
      };
    }
    return {
      headline: `${capital(names[recommended]!)} beats cross-entropy beyond noise, and is the simplest that does among those within noise of the best.`,
      recommendation: {
        loss: names[recommended]!,
        reason: `It differs from cross-entropy by ${against(recommended)}, and from the best mean, ${names[best]}, by ${signed(toBest[recommended]!.mean, digits)} (${range(toBest[recommended]!, level)}).`,
      },
    };
  };

  const own = means[best]!;
  return {
    ...verdict(), best: names[best]!,
    selection: {
      own, held, gain,
      sentence: `The best mean, ${fixed(own, digits)}, is optimistic: it was chosen for being the best. Judged fold by fold, each by what the other folds would have chosen, it is ${fixed(held, digits)}, a difference of ${signed(gain.mean, digits)} to cross-entropy (${range(gain, 0.95)}): that much is the tuning itself worth. (Nested cross-validation, which would train anew for each choice, was not done.)`,
    },
  };
}
