import type { DetectResults, Metric } from "../../apps/cli/src/detection/results.ts";
import { signed, table } from "./markdown.ts";

/** `focal detect compare` on one data set. */
export interface DetectorRun {
  readonly name: string;
  readonly results: DetectResults;
}

const shown = ["ap50", "ap", "recall"] as const satisfies readonly Metric[];

function section({ name, results: { losses, headline, advice, data, reproduce } }: DetectorRun): string {
  const spread = ({ mean, sd }: { readonly mean: number; readonly sd: number }): string => `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
  return `## ${name}

${Object.values(data.about ?? {}).join(" ")}

${table(["", "AP50", "AP", "recall", "AP to cross-entropy, 95 %", "class loss from easy background", "seconds"], losses.map(({ recipe, summary, runs }) => {
    const { difference } = summary.ap;
    return [
      recipe.name, ...shown.map((metric) => spread(summary[metric])),
      difference === undefined ? "" : `${signed(difference.mean, 3)}${difference.low === undefined ? "" : ` [${signed(difference.low, 3)}, ${signed(difference.high!, 3)}]`}`,
      `${(100 * runs.reduce((sum, { easy }) => sum + easy, 0) / runs.length).toPrecision(2)} %`, summary.seconds.mean.toFixed(0),
    ];
  }))}

${headline} ${advice}

    ${reproduce.command.replace(/ --(out|jobs) \S+/g, "")}
`;
}

/** The page of the comparisons of detectors. */
export function detectorsPage(runs: readonly DetectorRun[]): string {
  const { reproduce: { versions, machine, date } } = runs[0]!.results;
  return `# Losses of a dense detector compared

Written by \`npm run evidence -- --only detectors\`; ${date.slice(0, 10)}, ${machine}, ${Object.entries(versions).map(([what, version]) => `${what} ${version}`).join(", ")}.

One small network, trained from nothing with every loss on the same pictures, first weights and batches; mean ± standard deviation over repeats.
*Easy background*: anchors on nothing to which the network gives a probability below 0.1, in the last tenth of training.

${runs.map(section).join("\n")}`;
}
