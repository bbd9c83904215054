/** Training a LayersModel on whatever backend is at work: for Node and for pages. */
import { cast, memory, oneHot, tensor, tensor2d, tidy, train } from "@tensorflow/tfjs-core";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { averagePrecision, focalLoss, recallAt } from "focal-loss/tfjs";

/** A table, a network's first weights, and how it is trained: plain data. */
export interface Task {
  readonly x: readonly number[];
  readonly labels: readonly number[];
  readonly testX: readonly number[];
  readonly testLabels: readonly number[];
  readonly features: number;
  /** 1: yes or no, by logits. More: they compete, by probabilities. */
  readonly classes: number;
  /** Kernel and bias of the hidden layer and of the last. */
  readonly weights: readonly (readonly number[])[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly rate: number;
  readonly settings: { readonly gamma: number; readonly alpha?: number | readonly number[] };
  readonly classWeight?: Readonly<Record<number, number>>;
}

export interface Trained {
  readonly losses: readonly number[];
  /** Of the test rows, in one batch. */
  readonly metrics: Readonly<Record<"averagePrecision" | "recall", number>>;
  readonly scores: readonly number[];
  /** Tensors that were not there before. */
  readonly left: number;
}

/** Adam's own, said aloud: webgl would take 1e-4 on devices that it takes for less than float32. */
export const epsilon = 1e-7;

export async function trainLayers({ x, labels, testX, testLabels, features, classes, weights, epochs, batchSize, rate, settings, classWeight }: Task): Promise<Trained> {
  const before = memory().numTensors, units = weights[1]!.length;
  const model = sequential({ layers: [
    layers.dense({ units, activation: "relu", inputShape: [features] }),
    layers.dense({ units: classes, activation: classes > 1 ? "softmax" : "linear" }),
  ] });
  const first = [[features, units], [units], [units, classes], [classes]].map((shape, i) => tensor([...weights[i]!], shape));
  model.setWeights(first);
  const table = (values: readonly number[]): Tensor => tensor2d([...values], [values.length / features, features]);
  const targets = (values: readonly number[]): Tensor => (classes > 1 ? tidy(() => cast(oneHot([...values], classes), "float32")) : tensor2d([...values], [values.length, 1]));
  const optimizer = train.adam(rate, 0.9, 0.999, epsilon), inputs = table(x), wanted = targets(labels), testInputs = table(testX), testWanted = targets(testLabels);
  const loss = focalLoss({ ...settings, head: classes > 1 ? "softmax" : "sigmoid", from: classes > 1 ? "probabilities" : "logits" });
  model.compile({ optimizer, loss });
  const { history } = await model.fit(inputs, wanted, { epochs, batchSize, shuffle: false, verbose: 0, ...(classWeight && { classWeight }) });
  // Metrics of the test rows alone: ranking every batch takes a software GPU longer than learning from it.
  model.compile({ optimizer, loss, metrics: [averagePrecision, recallAt(classes > 1 ? 0.5 : 0)] });
  const answers = model.evaluate(testInputs, testWanted, { batchSize: testLabels.length }) as Scalar[];
  const [, precision, recall] = await Promise.all(answers.map(async (answer) => (await answer.data())[0]!));
  const predicted = model.predict(testInputs, { batchSize: testLabels.length }) as Tensor, scores = Array.from(await predicted.data());
  for (const tensor of [...first, ...answers, predicted, inputs, wanted, testInputs, testWanted]) tensor.dispose();
  model.dispose();
  optimizer.dispose();
  return { losses: history["loss"] as number[], metrics: { averagePrecision: precision!, recall: recall! }, scores, left: memory().numTensors - before };
}
