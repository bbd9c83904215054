import { criterion, crossEntropy, focal, inverseFrequencyWeights, optimalBias } from "focal-loss";
import type { Loss } from "focal-loss";
import { randomNumbers } from "focal-loss/train";
import { adam } from "./adam.ts";
import type { Points } from "./data.ts";
import { makeNetwork, PARAMETERS } from "./network.ts";
import type { Network } from "./network.ts";
import type { LossSettings, Name } from "./settings.ts";

/** The losses that are trained side by side. */
export function lossOf(name: Name, { gamma, alpha }: Pick<LossSettings, "gamma" | "alpha">, { labels, positives }: Points): Loss {
  if (name === "ce") return crossEntropy();
  if (name === "balanced") return crossEntropy({ alpha: inverseFrequencyWeights([labels.length - positives, positives]) });
  return focal({ gamma, ...(alpha !== 0.5 && { alpha }) });
}

export const BATCH = 256, RATE = 0.01;

/** A network being trained under one loss. */
export interface Contender {
  readonly loss: Loss;
  readonly network: Network;
  readonly steps: number;
  /** One step of Adam on the next batch; returns the batch's mean loss. */
  step(): number;
}

/** The same seed gives the same first weights and the same batches, whatever the loss. */
export function makeContender(loss: Loss, points: Points, seed: number, prior = false): Contender {
  const { at, labels, positives } = points, count = labels.length;
  const bias = prior ? optimalBias(loss, positives / count) : 0;
  const network = makeNetwork(randomNumbers(seed * 2 + 7), bias, BATCH), random = randomNumbers(seed * 2 + 12345);
  const { valueAndGrad } = criterion(loss), update = adam(network.parameters, RATE);
  const chosen = new Uint32Array(BATCH), targets = new Uint8Array(BATCH), byLogit = new Float32Array(BATCH), gradient = new Float64Array(PARAMETERS);
  let steps = 0;
  return {
    loss, network,
    get steps() { return steps; },
    step() {
      for (let row = 0; row < BATCH; row++) {
        const i = (chosen[row] = Math.floor(random() * count));
        targets[row] = labels[i]!;
      }
      const { value } = valueAndGrad(network.forward(at, chosen), targets, { out: byLogit });
      network.backward(byLogit, gradient);
      update(gradient);
      steps++;
      return value;
    },
  };
}
