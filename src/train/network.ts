import { numpy as np } from "@jax-js/jax";
import { jaxLoss } from "../adapters/jax/index.ts";
import { FocalError } from "../errors.ts";
import { adam } from "./adam.ts";
import { Batches, widened } from "./batches.ts";
import { firstParameters, layoutOf, modelOf } from "./layout.ts";
import type { Layout } from "./layout.ts";
import type { Best, HistoryEntry, NetworkCheckpoint, Trained, TrainOptions } from "./options.ts";
import { pauses } from "./pause.ts";
import { randomNumbers, stream } from "../random.ts";
import { isBetter, judge, smoothed } from "./selection.ts";
import { partsOf } from "./table.ts";
import type { Dataset, PartedDataset, PartedTable, Table } from "./table.ts";

/** jax-js multiplies matrices in tiles of four columns; the gradient of a 9-column input takes four times as long as that of 12. */
const lanes = 4;

/**
 * Trains a network by Adam on shuffled batches and takes the best epoch's weights.
 *
 * The step size falls to 0 along half a cosine: at a constant one the weights never settle, and rare classes come and go
 * from epoch to epoch.
 */
export async function trainNetwork(dataset: Dataset | PartedDataset, options: TrainOptions, hidden: readonly number[], run: string): Promise<Trained> {
  const { train, validation } = dataset;
  const { loss, seed = 0, learningRate = 0.003, minimumSteps = 1200, onProgress, onCheckpoint, posterior = (p) => p } = options;
  const layout = layoutOf(train, hidden, lanes);
  const batch = Math.min(options.batch ?? 256, train.rows);
  const first = options.resume ? resumed(options.resume, run, layout) : fresh(layout, train, seed);
  const batches = new Batches(train, layout, batch, randomNumbers(first.random)), { perEpoch } = batches;
  if (perEpoch === 0) throw new FocalError("shape", `a part of train must hold a batch of ${batch} rows, got parts of ${partsOf(train).parts.join(", ")}`);
  const least = Math.ceil(minimumSteps / perEpoch);
  const cap = options.epochs ?? Math.max(least, Math.min(150, Math.max(Math.min(10, Math.ceil(40_000 / perEpoch)), Math.ceil(4000 / perEpoch))));
  const patience = options.patience ?? Math.ceil(cap / 2);
  const lastEpoch = (best: number): number => Math.min(cap, Math.max(best + patience, least));

  const losses = jaxLoss(loss, { head: layout.head });
  // Targets are known to be hard when they are booleans, which saves the loss time.
  const mean = (logits: np.Array, targets: np.Array): np.Array => np.mean(losses(logits, targets.greater(0)));
  const training = adam(layout, mean, batch, widened(validation, layout), first, first.step);
  const pause = pauses(options.signal);
  const history: HistoryEntry[] = [...first.history];
  let { epoch, step, best } = first;
  try {
    while (epoch < lastEpoch(best.epoch)) {
      epoch++;
      const trainLoss = await trainEpoch();
      const state = await training.read();
      if (!Number.isFinite(trainLoss) || !state.parameters.every(Number.isFinite)) {
        throw new FocalError("data", `training diverged in epoch ${epoch}: ${loss.name} or the weights are no longer finite; try a learningRate below ${learningRate}, or standardise the columns`);
      }
      const verdict = judge(layout.head, await training.validate(), validation, posterior);
      history.push({ epoch, trainLoss, validation: verdict.score, logLoss: verdict.logLoss });
      const candidate = smoothed(history);
      if (isBetter(candidate, best)) best = { ...candidate, epoch, parameters: state.parameters };
      onCheckpoint?.({ kind: "network", run, epoch, step, random: batches.random.state, ...state, best, history: [...history] });
    }
  } finally {
    training.dispose();
  }
  return { model: modelOf(layout, best.parameters), epoch: best.epoch, epochs: epoch, steps: step, ended: epoch < cap ? "patience" : "cap", history };

  async function trainEpoch(): Promise<number> {
    let sum = 0;
    for await (const _ of batches.epoch()) {
      await pause();
      sum += await training.step(batches.x, batches.targets, learningRate * 0.5 * (1 + Math.cos((Math.PI * step) / (cap * perEpoch))));
      step++;
      onProgress?.({ step, total: lastEpoch(best.epoch) * perEpoch, epoch });
    }
    return sum / perEpoch;
  }
}

type Start = Omit<NetworkCheckpoint, "kind" | "run">;

function fresh(layout: Layout, train: Table | PartedTable, seed: number): Start {
  const parameters = firstParameters(layout, train, seed);
  return {
    epoch: 0, step: 0, random: stream(seed, "batches").state, parameters, mean: new Float32Array(layout.size), square: new Float32Array(layout.size),
    best: { score: -Infinity, logLoss: Infinity, epoch: 0, parameters } satisfies Best, history: [],
  };
}

function resumed(checkpoint: NonNullable<TrainOptions["resume"]>, run: string, layout: Layout): Start {
  if (checkpoint.kind !== "network" || checkpoint.run !== run) throw new FocalError("model", `the checkpoint belongs to another run: expected ${run}, got ${checkpoint.run}`);
  for (const name of ["parameters", "mean", "square"] as const) {
    if (checkpoint[name].length !== layout.size) throw new FocalError("model", `the checkpoint is damaged: ${name} must hold ${layout.size} values, got ${checkpoint[name].length}`);
  }
  return checkpoint;
}
