import { FEWEST, pairedDifference } from "../experiment/intervals.ts";
import { percentOf, signed } from "../report/format.ts";
import { METRICS, type LossResult, type Metric } from "./results.ts";

/** The metric that is concluded from. */
const MEASURE: Metric = "ap50";

type Conclusion = { readonly headline: string; readonly advice: string };

/**
 * Says what a comparison supports, and no more: which losses lie above or below the reference by intervals that exclude 0,
 * allowing for the number of losses compared.
 *
 * @param testOverTrain - how many pictures judge for each that is learnt from: repeats share their training pictures
 */
export function conclude(losses: readonly LossResult[], testOverTrain: number): Conclusion {
  const [reference, ...others] = losses as [LossResult, ...LossResult[]];
  const repeats = reference.runs.length, measure = METRICS[MEASURE].name;
  const level = 1 - 0.05 / Math.max(1, others.length);
  const values = ({ runs }: LossResult): number[] => runs.map(({ metrics }) => metrics[MEASURE]);
  const compared = others.map((loss) => ({ name: loss.recipe.name, ...pairedDifference(values(loss), values(reference), testOverTrain, level, [0, 1]) }));
  const told = ({ name, mean, low, high }: (typeof compared)[number]): string =>
    `${name} ${signed(mean, 3)}${low === undefined ? "" : ` (${signed(low, 3)} to ${signed(high!, 3)})`}`;
  const ranked = [...compared].sort((a, b) => b.mean - a.mean);
  if (repeats < FEWEST) {
    return {
      headline: `${repeats === 1 ? "One repeat" : `${repeats} repeats`} cannot tell losses apart.`,
      advice: `For intervals use --repeats ${FEWEST} or more. Differences in ${measure} to ${reference.recipe.name}, which may be chance: ${ranked.map(told).join("; ")}.`,
    };
  }
  const above = ranked.filter(({ low }) => low! > 0), below = ranked.filter(({ high }) => high! < 0).reverse();
  const intervals = `in ${measure}, with ${percentOf(level)} % intervals (${others.length} comparisons at once, over ${repeats} repeats)`;
  const rest = ranked.filter((one) => !above.includes(one) && !below.includes(one));
  const sentences = [
    ...(above.length > 0 ? [`Above ${reference.recipe.name} ${intervals}: ${above.map(told).join("; ")}.`] : []),
    ...(below.length > 0 ? [`Below it${above.length > 0 ? "" : ` ${intervals}`}: ${below.map(told).join("; ")}.`] : []),
    ...(rest.length > 0 ? [`No difference can be told from noise${above.length + below.length > 0 ? "" : ` ${intervals}`} for ${rest.map(told).join("; ")}.`] : []),
    ...(above.length > 1 ? ["Which of those above is best is not said: they were not compared with each other."] : []),
  ];
  return {
    headline: above.length > 0 ? `${capital(listed(above.map(({ name }) => name)))} ${above.length === 1 ? "finds" : "find"} more than ${reference.recipe.name}.`
      : below.length > 0 ? `No loss finds more than ${reference.recipe.name}; ${listed(below.map(({ name }) => name))} ${below.length === 1 ? "finds" : "find"} less.`
        : `No loss differs from ${reference.recipe.name} beyond noise.`,
    advice: sentences.join(" "),
  };
}

const listed = (names: readonly string[]): string => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);
const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
