import { lossOf, makeContender } from "../imbalance/contender.ts";
import { makeData } from "../imbalance/data.ts";
import type { LossSettings, Scored } from "./simulate.ts";

/** Enough of both for the network to come near its loss's optimum: recovery undoes the loss, not what a model has failed to learn. */
const TRAINING = { shape: "blobs", imbalance: 4, overlap: 0.6, noise: 0, count: 10_000 } as const, STEPS = 1000;
/** Training steps between two chances for the page to say something. */
const CHUNK = 20;

/** Trains the network of the section on imbalance under focal loss; returns its scores of points it has not seen, in no order. */
export async function learn({ gamma, alpha }: LossSettings, seed: number, tell: (share: number) => Promise<void>): Promise<Scored> {
  const { train, held } = makeData({ ...TRAINING, seed }), model = makeContender(lossOf("focal", { gamma, alpha }, train), train, seed);
  while (model.steps < STEPS) {
    model.step();
    if (model.steps % CHUNK === 0) await tell(model.steps / STEPS);
  }
  // Positives come first; every second example to each half keeps both halves alike.
  const order = [0, 1].flatMap((odd) => Array.from({ length: held.labels.length }, (_, i) => i).filter((i) => i % 2 === odd));
  const logits = model.network.logits(held.at);
  return { scores: Float64Array.from(order, (i) => 1 / (1 + Math.exp(-logits[i]!))), labels: Uint8Array.from(order, (i) => held.labels[i]!) };
}
