/** TensorFlow.js layers in Node: losses and metrics of `model.compile`, and what training with them comes to. */
import { focal, varifocal } from "focal-loss";
import * as evaluate from "focal-loss/evaluate";
import { averagePrecision, focalLoss, layersLoss, layersLossFrom, recallAt, tfjsLoss } from "focal-loss/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { alike, expectAlike } from "./tfjs/alike.ts";
import { backends, tf } from "./tfjs/backends.ts";
import { thyroid } from "./tfjs/thyroid.ts";
import { trainLayers } from "./tfjs/training.ts";

type Tensor = import("@tensorflow/tfjs").Tensor;
const numbers = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

/** A table with a row for each of the labels and one yes-or-no output. */
function model(activation: "sigmoid" | "linear") {
  const made = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation, inputShape: [2] })] });
  made.setWeights([tf.tensor2d([[0.5], [-1]]), tf.tensor1d([0.25])]);
  return made;
}
const x = [[1, 2], [-1, 0.5], [0.25, -2], [3, 1]], y = [[1], [0], [1], [0]];

describe.each(backends)("%s", (backend) => {
  beforeAll(async () => { expect(await tf.setBackend(backend)).toBe(true); });

  test("one loss per example: the mean of its logits' losses, by probabilities unless said", () => {
    const labels = tf.tensor2d([[1, 0], [0, 1]]), scores = tf.tensor2d([[0.7, 0.2], [0.1, 0.9]]);
    const each = tfjsLoss(focal({ alpha: 0.25 }), { from: "probabilities", reduction: tf.Reduction.NONE })(labels, scores);
    expect(numbers(focalLoss({ alpha: 0.25 })(labels, scores))).toEqual(numbers(tf.mean(each, 1)));
    expect(focalLoss({ head: "softmax" })(tf.tensor2d([[0], [1]]), scores).shape).toEqual([2]);
    expect(layersLoss(varifocal(), { from: "logits" })(tf.tensor3d([[[1], [0]]]), tf.tensor3d([[[2], [3]]])).shape).toEqual([1]);
  });

  test("by logits and by probabilities a model learns alike: weights within 1e-5 after 20 steps, the same average precision", async () => {
    const learned = async (from: "logits" | "probabilities") => {
      const made = model(from === "logits" ? "linear" : "sigmoid");
      made.compile({ optimizer: tf.train.sgd(0.5), loss: focalLoss({ gamma: 1, from }), metrics: [averagePrecision, recallAt(from === "logits" ? 0 : 0.5)] });
      const { history } = await made.fit(tf.tensor2d(x), tf.tensor2d(y), { epochs: 20, batchSize: 4, verbose: 0 });
      return { weights: made.getWeights().flatMap(numbers), ranking: history["averagePrecision"] };
    };
    const byLogits = await learned("logits"), byProbabilities = await learned("probabilities");
    byLogits.weights.forEach((weight, i) => expect(Math.abs(weight - byProbabilities.weights[i]!)).toBeLessThan(1e-5));
    expect(byLogits.ranking).toEqual(byProbabilities.ranking);
  });

  test("fit's classWeight multiplies the losses of a class: as many examples of it", async () => {
    const learned = async (inputs: number[][], labels: number[][], classWeight?: Record<number, number>): Promise<number[]> => {
      const made = model("linear");
      // Layers divides by the number of rows, whatever they weigh.
      made.compile({ optimizer: tf.train.sgd(0.5 * (inputs.length / 4)), loss: focalLoss({ from: "logits" }) });
      await made.fit(tf.tensor2d(inputs), tf.tensor2d(labels), { epochs: 1, batchSize: 8, verbose: 0, ...(classWeight && { classWeight }) });
      return made.getWeights().flatMap(numbers);
    };
    const weighted = await learned(x, y, { 0: 1, 1: 3 }), repeated = await learned([...x, x[0]!, x[0]!, x[2]!, x[2]!], [...y, [1], [1], [1], [1]]);
    weighted.forEach((weight, i) => expect(Math.abs(weight - repeated[i]!)).toBeLessThan(1e-6));
  });

  test("a loss is kept as data beside a saved model, and is the same when it comes back", async () => {
    const loss = focalLoss({ gamma: 1.5, alpha: 0.25, labelSmoothing: 0.1 }), made = model("sigmoid");
    made.compile({ optimizer: "sgd", loss, metrics: [averagePrecision] });
    made.setUserDefinedMetadata({ loss: JSON.stringify(loss) });
    let saved: import("@tensorflow/tfjs").io.ModelArtifacts | undefined;
    await made.save(tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }));
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved!)), { loss: text } = loaded.getUserDefinedMetadata() as { loss: string };
    expect(JSON.parse(text)).toEqual({ loss: "focal", settings: { gamma: 1.5, alpha: 0.25 }, options: { from: "probabilities", labelSmoothing: 0.1 } });
    loaded.compile({ optimizer: "sgd", loss: layersLossFrom(text) });
    const evaluated = (of: typeof made): number => numbers([of.evaluate(tf.tensor2d(x), tf.tensor2d(y))].flat()[0]!)[0]!;
    expect(evaluated(loaded as typeof made)).toBe(evaluated(made));
    expect(layersLossFrom(JSON.stringify(layersLoss(varifocal({ gamma: 1 }))), { varifocal }).name).toBe("varifocal");
  });

  test("what is no loss as data is refused by a sentence", () => {
    expect(() => layersLossFrom("meanSquaredError")).toThrow('layersLossFrom takes what JSON.stringify makes of a layers loss, got the string "meanSquaredError"');
    expect(() => layersLossFrom(JSON.stringify(layersLoss(varifocal())))).toThrow("the families must name varifocal, as { varifocal }; got focal");
    expect(() => layersLoss("focal" as never)).toThrow('layersLoss takes a loss, like focal({ gamma: 2 }), got the string "focal"');
    expect(() => focalLoss({ fromLogits: true } as object)).toThrow("focalLoss has no option fromLogits");
  });

  test("metrics are those of this library, ties and rows of classes included: within 1e-6 (float32 sums)", () => {
    const n = 600, labels = Array.from({ length: n }, (_, i) => (i % 7 === 2 ? 1 : 0)), scores = labels.map((label, i) => Math.fround((((i * 7919) % 101) + 30 * label) / 131));
    const columns = [0, 1, 2].map((k) => [labels, scores].map((list) => list.filter((_, i) => i % 3 === k)) as [number[], number[]]);
    const close = (got: Tensor, want: number): void => expect(Math.abs(numbers(got)[0]! - want)).toBeLessThan(1e-6);
    const mean = (of: (labels: number[], scores: number[]) => number): number => columns.reduce((sum, [t, p]) => sum + of(t, p), 0) / 3;
    const recall = (t: readonly number[], p: readonly number[]): number => t.filter((label, i) => label === 1 && p[i]! >= 0.5).length / t.filter((label) => label === 1).length;
    close(averagePrecision(tf.tensor1d(labels), tf.tensor1d(scores)), evaluate.averagePrecision(scores, labels));
    close(averagePrecision(tf.tensor2d(labels, [200, 3]), tf.tensor2d(scores, [200, 3])), mean((t, p) => evaluate.averagePrecision(p, t)));
    close(recallAt(0.5)(tf.tensor2d(labels, [n, 1]), tf.tensor2d(scores, [n, 1])), recall(labels, scores));
    close(recallAt(0.5)(tf.tensor2d(labels, [200, 3]), tf.tensor2d(scores, [200, 3])), mean(recall));
    const classes = tf.tensor2d([[0], [2], [2]]), rows = tf.tensor2d([[0.6, 0.3, 0.1], [0.2, 0.3, 0.5], [0.5, 0.3, 0.2]]);
    close(averagePrecision(classes, rows), 1); // class 1 has no positive and does not count
    close(recallAt(0.5)(classes, rows), 0.75);
    close(averagePrecision(tf.zeros([3]), tf.tensor1d([1, 2, 3])), 0);
    close(recallAt()(tf.zeros([3]), tf.tensor1d([1, 2, 3])), 0);
    expect(recallAt(0.3).name).toBe("recallAt0.3");
    expect(() => recallAt(NaN)).toThrow("threshold must be a finite number, got NaN");
  });

  const binary = thyroid(1, { epochs: 8, batchSize: 256, rate: 0.01, settings: { gamma: 2, alpha: 0.25 }, classWeight: { 0: 1, 1: 3 } });
  const three = thyroid(3, { epochs: 5, batchSize: 256, rate: 0.01, settings: { gamma: 2, alpha: [1, 2, 3] } });
  test.each([["yes or no by logits, with class weights", binary], ["three classes by probabilities", three]] as const)(
    `trained on a real table (1:42), %s: ${alike}`, async (_, task) => expectAlike(await trainLayers(task), task));
});
