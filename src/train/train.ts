import { trainLinear } from "./linear.ts";
import { checkOptions } from "./options.ts";
import type { Trained, TrainOptions } from "./options.ts";
import { FocalError } from "../errors.ts";
import { checkDataset } from "./table.ts";
import type { Dataset, PartedDataset } from "./table.ts";

/**
 * Trains a classifier on a table, with the loss of your choice.
 *
 * A network of ReLU layers is trained by Adam and keeps the weights of the epoch that validation liked best: by average
 * precision for two classes, by macro-F1 for more (each the mean of ten epochs), equal scores parted by log loss. Without hidden layers the model is
 * linear and fitted to convergence. First weights and batches depend on the seed alone, so losses can be compared run by run;
 * the output bias starts at the class frequencies. Same arguments, same machine: same bits.
 *
 * Rows that do not fit into memory are given in parts (`PartedTable`), which are read when their turn comes. Networks need the package
 * `@jax-js/jax`; linear models do not.
 *
 * @param dataset - standardised tables for training and for choosing the epoch
 * @returns the model, plain data, and how training went
 * @throws FocalError `argument`, `shape`, `label` or `data` for what cannot be trained; `model` for a checkpoint of another run;
 *   the signal's reason when aborted
 *
 * @example
 * const { model, epoch } = await train({ train: table, validation }, { loss: focal({ gamma: 2 }), hidden: [64, 32], seed: 1 });
 * predict(model, test.x, test.rows);   // Float32Array, rows × classes
 */
export async function train(dataset: Dataset | PartedDataset, options: TrainOptions): Promise<Trained> {
  checkOptions(options);
  checkDataset(dataset);
  const { hidden = [64, 32] } = options;
  const run = describe(dataset, options, hidden);
  if (hidden.length === 0) {
    if (isParted(dataset)) throw new FocalError("argument", "a linear model is fitted to all rows at once: train must be a table, got one in parts");
    return trainLinear(dataset, options, run);
  }
  const { trainNetwork } = await import("./network.ts");
  return trainNetwork(dataset, options, hidden, run);
}

const isParted = (dataset: Dataset | PartedDataset): dataset is PartedDataset => "read" in dataset.train;

/** What a checkpoint must agree on for its continuation to make sense. */
function describe({ train: table, validation }: Dataset | PartedDataset, { loss, seed = 0, learningRate, batch, epochs, l2 }: TrainOptions, hidden: readonly number[]): string {
  return JSON.stringify({
    loss: [loss.name, loss.parameters, loss.alpha], hidden, seed, learningRate, batch, epochs, l2,
    table: [table.rows, validation.rows, table.features, table.classes],
  });
}
