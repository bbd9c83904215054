import { anchorGrid, assign } from "focal-loss/detect";
import type { Scene } from "focal-loss/detect";
import { meanAndDeviation, pairedDifference } from "../experiment/intervals.ts";
import { count } from "../report/format.ts";
import { machine, versions } from "../version.ts";
import type { Plan } from "./compare.ts";
import { SHOWN } from "./compare.ts";
import { conclude } from "./conclude.ts";
import { dataUri } from "./draw/png.ts";
import { spreadOver } from "./job.ts";
import { METRICS, type DetectResults, type Example, type LossResult, type Metric, type Run } from "./results.ts";
import type { Source } from "./source.ts";

/** Everything that is told about detectors that were trained and judged. */
export async function assemble(source: Source, plan: Plan, runs: readonly (readonly Run[])[], parameters: number, how: { readonly command: string; readonly seconds: number }): Promise<DetectResults> {
  const first = source.divide(0);
  const testOverTrain = first.test.length / first.train.length;
  const losses = plan.recipes.map((recipe, r): LossResult => {
    const own = runs.map((row) => row[r]!), reference = runs.map((row) => row[0]!);
    const spread = (metric: Metric): LossResult["summary"][Metric] => {
      const values = own.map(({ metrics }) => metrics[metric]);
      return { ...meanAndDeviation(values), ...(r > 0 && { difference: pairedDifference(values, reference.map(({ metrics }) => metrics[metric]), testOverTrain, 0.95, metric === "seconds" ? [0, Infinity] : [0, 1]) }) };
    };
    return { recipe, runs: own, summary: Object.fromEntries((Object.keys(METRICS) as Metric[]).map((metric) => [metric, spread(metric)])) as LossResult["summary"] };
  });
  const said = losses.length > 1 ? conclude(losses, testOverTrain) : alone(losses[0]!, first.test.length);
  return {
    format: 1, ...said, notes: source.problems, losses,
    data: {
      name: source.name, pictures: { train: first.train.length, test: first.test.length }, width: source.width, height: source.height, channels: source.channels, about: source.about,
      classes: source.classes.map((name, c) => ({ name, boxes: [...first.train, ...first.test].reduce((sum, { labels }) => sum + labels.reduce((n, label) => n + (label === c ? 1 : 0), 0), 0) })),
    },
    anchors: { levels: source.levels, ...imbalance(source, first.train) },
    training: {
      steps: plan.steps, batch: plan.batch, repeats: plan.repeats, parameters,
      network: `A small RetinaNet with ${count(parameters)} parameters: convolutions normalised in groups, a level of features for every anchor stride, subnets shared by the levels.`,
      augmentation: `pictures are ${source.augmentation ? "mirrored, scaled, moved and tinted at random" : "not changed"}`,
    },
    examples: await Promise.all(spreadOver(first.test, SHOWN).map(exampleOf)),
    reproduce: { ...how, seed: plan.seed, versions: versions(), machine: machine(), date: new Date().toISOString() },
  };
}

function alone({ recipe, summary }: LossResult, pictures: number): { readonly headline: string; readonly advice: string } {
  return {
    headline: `AP50 ${summary.ap50.mean.toFixed(2)} on ${pictures} held-out pictures.`,
    advice: `Trained with ${recipe.name}; AP ${summary.ap.mean.toFixed(2)}. Whether another loss would do better is what focal detect compare tells.`,
  };
}

/** How many anchors of a training picture are of an object, ignored, background: the mean. */
function imbalance({ levels, width, height }: Source, scenes: readonly Scene[]): Pick<DetectResults["anchors"], "count" | "positives" | "ignored" | "background"> {
  const anchors = anchorGrid(levels, width, height);
  let positives = 0, ignored = 0, background = 0;
  for (const scene of scenes) for (const label of assign(anchors, scene).classes) {
    if (label >= 0) positives++;
    else if (label === -2) ignored++;
    else background++;
  }
  const n = scenes.length;
  return { count: anchors.length / 4, positives: positives / n, ignored: ignored / n, background: background / n };
}

async function exampleOf({ name, picture, boxes, labels, crowd }: Scene): Promise<Example> {
  return {
    name, width: picture.width, height: picture.height, boxes: Array.from(boxes, (edge) => Math.round(edge * 100) / 100), labels: [...labels],
    crowd: [...(crowd ?? new Uint8Array(labels.length))], picture: await dataUri(picture),
  };
}
