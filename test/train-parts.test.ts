import { crossEntropy, focal } from "focal-loss";
import { randomNumbers, train } from "focal-loss/train";
import type { Checkpoint, Dataset, PartedDataset, PartedTable, Table } from "focal-loss/train";
import { expect, test } from "vitest";

/** Two blobs, 1:9, in the plane. */
function blobs(rows: number, seed: number): Table {
  const random = randomNumbers(seed), x = new Float32Array(2 * rows), y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    y[i] = random() < 0.1 ? 1 : 0;
    for (let j = 0; j < 2; j++) x[2 * i + j] = random() + random() + random() - 1.5 + 1.2 * y[i]!;
  }
  return { x, y, rows, features: 2, classes: 2 };
}

const whole = blobs(1000, 1), validation = blobs(400, 2);

/** The table cut into parts, each copied where the last one was. */
function cut(table: Table, parts: readonly number[], read: number[] = []): PartedTable {
  const { rows, features, classes } = table, starts = parts.map((_, k) => parts.slice(0, k).reduce((a, b) => a + b, 0));
  const x = new Float32Array(Math.max(...parts) * features), y = new Int32Array(Math.max(...parts));
  return {
    rows, features, classes, parts, counts: [0, 1].map((k) => table.y.filter((label) => label === k).length),
    async read(part) {
      read.push(part);
      const from = starts[part]!, to = from + parts[part]!;
      x.set(table.x.subarray(from * features, to * features));
      y.set(table.y.subarray(from, to));
      return { x: x.subarray(0, parts[part]! * features), y: y.subarray(0, parts[part]!) };
    },
  };
}

const options = { loss: focal({ gamma: 2 }), hidden: [8], epochs: 3, seed: 5, batch: 50 };
const parameters = async (dataset: Dataset | PartedDataset, more: object = {}): Promise<unknown> => (await train(dataset, { ...options, ...more })).model;

test("a table in one part is trained to the same bits as the table", async () => {
  expect(await parameters({ train: cut(whole, [1000]), validation })).toEqual(await parameters({ train: whole, validation }));
});

test("every part is read once an epoch, in an order that changes; what a part has left over makes no batch", async () => {
  const read: number[] = [], { steps, model } = await train({ train: cut(whole, [330, 330, 340], read), validation }, options);
  expect(steps).toBe(3 * (6 + 6 + 6));
  expect(read).toHaveLength(9);
  const epochs = [read.slice(0, 3), read.slice(3, 6), read.slice(6)];
  for (const epoch of epochs) expect([...epoch].sort()).toEqual([0, 1, 2]);
  expect(new Set(epochs.map(String)).size).toBeGreaterThan(1);
  expect(model.layers.every(({ weight }) => weight.every(Number.isFinite))).toBe(true);
});

test("taken up again after an epoch, it ends with the same bits", async () => {
  const dataset = { train: cut(whole, [500, 300, 200]), validation }, kept: Checkpoint[] = [];
  const through = await parameters(dataset, { onCheckpoint: (checkpoint: Checkpoint) => kept.push(checkpoint) });
  expect(await parameters(dataset, { resume: kept[0] })).toEqual(through);
});

test("what cannot be trained on is refused", async () => {
  const refused = (table: PartedTable, more: object = {}): Promise<unknown> => train({ train: table, validation }, { ...options, ...more }).catch((error: Error) => error.message);
  const parts = cut(whole, [500, 500]);
  expect(await refused({ ...parts, parts: [500, 400] })).toBe("train.parts must sum to train.rows = 1000, got 900");
  expect(await refused({ ...parts, counts: [900, 90] })).toBe("train.counts must sum to train.rows = 1000, got 990");
  expect(await refused({ ...parts, counts: [1000, 0] })).toBe("the training rows must hold at least two classes, got only class 0");
  expect(await refused(parts, { hidden: [], loss: crossEntropy() })).toBe("a linear model is fitted to all rows at once: train must be a table, got one in parts");
  expect(await refused(parts, { batch: 600 })).toBe("a part of train must hold a batch of 600 rows, got parts of 500, 500");
  expect(await refused({ ...parts, read: () => ({ x: whole.x, y: whole.y }) })).toMatch(/^train part [01]\.x must hold rows × features = 1000 values, got 2000$/);
});
