import { jaxLoss } from "../adapters/jax.ts";
import { FocalError } from "../errors.ts";
import { adam } from "./adam.ts";
import { firstParameters, layoutOf, modelOf } from "./layout.ts";
import type { Layout } from "./layout.ts";
import type { Best, HistoryEntry, NetworkCheckpoint, Trained, TrainOptions } from "./options.ts";
import { pauses } from "./pause.ts";
import { randomNumbers, shuffle, stream } from "./random.ts";
import type { RandomNumbers } from "./random.ts";
import { isBetter, judge } from "./selection.ts";
import type { Dataset, Table } from "./table.ts";

/**
 * Trains a network by Adam on shuffled batches until validation improves no more, and takes the best epoch's weights.
 *
 * Validation is scored by the very code that `predict` runs, so what was chosen is what will be used.
 */
export async function trainNetwork(dataset: Dataset, options: TrainOptions, hidden: readonly number[], run: string): Promise<Trained> {
  const { train, validation } = dataset;
  const { loss, seed = 0, learningRate = 0.003, minimumSteps = 1200, onProgress, onCheckpoint, posterior = (p) => p } = options;
  const layout = layoutOf(train, hidden);
  const batch = Math.min(options.batch ?? 256, train.rows);
  const perEpoch = Math.floor(train.rows / batch);
  const cap = options.epochs ?? Math.max(20, Math.ceil(5000 / perEpoch));
  const patience = options.patience ?? Math.max(5, Math.ceil(1500 / perEpoch));
  const lastEpoch = (best: number): number => Math.min(cap, Math.max(best + patience, Math.ceil(minimumSteps / perEpoch)));

  const start = options.resume ? resumed(options.resume, run, layout) : fresh(layout, train, seed);
  const training = adam(layout, jaxLoss(loss, layout.head === "sigmoid" ? { head: "sigmoid" } : layout), batch, learningRate, start, start.step);
  const batches = new Batches(train, layout, batch, randomNumbers(start.random));
  const pause = pauses(options.signal);
  const history: HistoryEntry[] = [...start.history];
  let { epoch, step, best } = start;
  try {
    while (epoch < lastEpoch(best.epoch)) {
      epoch++;
      const trainLoss = await trainEpoch();
      const state = await training.read();
      if (!Number.isFinite(trainLoss) || !state.parameters.every(Number.isFinite)) {
        throw new FocalError("data", `training diverged in epoch ${epoch}: ${loss.name} or the weights are no longer finite; try a learningRate below ${learningRate}, or standardise the columns`);
      }
      const verdict = judge(modelOf(layout, state.parameters), validation, posterior);
      if (isBetter(verdict, best)) best = { ...verdict, epoch, parameters: state.parameters };
      history.push({ epoch, trainLoss, validation: verdict.score, logLoss: verdict.logLoss });
      onCheckpoint?.({ kind: "network", run, epoch, step, random: batches.random.state, ...state, best, history: [...history] });
    }
  } finally {
    training.dispose();
  }
  return { model: modelOf(layout, best.parameters), epoch: best.epoch, epochs: epoch, steps: step, ended: epoch < cap ? "patience" : "cap", history };

  async function trainEpoch(): Promise<number> {
    batches.shuffle();
    let sum = 0;
    for (let i = 0; i < perEpoch; i++) {
      await pause();
      batches.fill(i);
      sum += await training.step(batches.x, batches.targets);
      step++;
      onProgress?.({ step, total: lastEpoch(best.epoch) * perEpoch, epoch });
    }
    return sum / perEpoch;
  }
}

type Start = Omit<NetworkCheckpoint, "kind" | "run">;

function fresh(layout: Layout, train: Table, seed: number): Start {
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

/** Shuffled batches of one table, copied into the same two arrays again and again. */
class Batches {
  readonly x: Float32Array;
  readonly targets: Float32Array;
  private readonly order: Uint32Array;
  constructor(private readonly table: Table, private readonly layout: Layout, private readonly batch: number, readonly random: RandomNumbers) {
    this.x = new Float32Array(batch * table.features);
    this.targets = new Float32Array(batch * (layout.head === "sigmoid" ? 1 : table.classes));
    this.order = new Uint32Array(table.rows);
  }

  /** A new order, from the generator alone: not from the order before. */
  shuffle(): void {
    for (let i = 0; i < this.order.length; i++) this.order[i] = i;
    shuffle(this.order, this.random);
  }

  fill(index: number): void {
    const { table, x, targets, batch } = this;
    const { features, classes } = table;
    if (this.layout.head === "softmax") targets.fill(0);
    for (let i = 0; i < batch; i++) {
      const row = this.order[index * batch + i]!;
      for (let j = 0; j < features; j++) x[i * features + j] = table.x[row * features + j]!;
      if (this.layout.head === "softmax") targets[i * classes + table.y[row]!] = 1;
      else targets[i] = table.y[row]!;
    }
  }
}
