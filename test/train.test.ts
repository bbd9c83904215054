import { describe, expect, test } from "vitest";
import { criterion, crossEntropy, focal } from "focal-loss";
import { averagePrecision, recoverPosterior } from "focal-loss/evaluate";
import { logits, predict, randomNumbers, stratifiedSplit, subset, train } from "focal-loss/train";
import type { Checkpoint, Dataset, NetworkCheckpoint, Table, Trained, TrainOptions } from "focal-loss/train";

/** Rings: class k lies at distance k + noise from the origin, so no linear model can tell the classes apart. */
function rings(rows: number, classes: number, seed: number): Table {
  const random = randomNumbers(seed);
  const x = new Float32Array(2 * rows), y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    y[i] = i % classes;
    const angle = 2 * Math.PI * random(), radius = y[i]! + 0.6 * random();
    x[2 * i] = radius * Math.cos(angle);
    x[2 * i + 1] = radius * Math.sin(angle);
  }
  return { x, y, rows, features: 2, classes };
}

const dataset = (classes: number): Dataset => ({ train: rings(640, classes, 1), validation: rings(200, classes, 2) });
const small = { hidden: [16, 8], batch: 64, epochs: 8, patience: 100, minimumSteps: 0, seed: 3 } satisfies Omit<TrainOptions, "loss">;

async function trainKeeping(data: Dataset, options: TrainOptions): Promise<{ trained: Trained; checkpoints: NetworkCheckpoint[] }> {
  const checkpoints: NetworkCheckpoint[] = [];
  const trained = await train(data, { ...options, onCheckpoint: (c: Checkpoint) => checkpoints.push(structuredClone(c) as NetworkCheckpoint) });
  return { trained, checkpoints };
}

describe("a network", () => {
  test("learns rings: three classes to macro-F1 > 0.95, two to average precision > 0.98, on rows it never saw", async () => {
    const three = await train(dataset(3), { ...small, loss: focal({ gamma: 2 }), epochs: 60 });
    expect(three.history[three.epoch - 1]!.validation).toBeGreaterThan(0.95);
    const two = await train(dataset(2), { ...small, loss: crossEntropy(), epochs: 40 });
    const fresh = rings(400, 2, 9);
    expect(averagePrecision(logits(two.model, fresh.x, fresh.rows), fresh.y)).toBeGreaterThan(0.98);
  });

  test.each([2, 3])("the same seed gives the same bits, another seed others (%i classes)", async (classes) => {
    const data = dataset(classes), options = { ...small, epochs: 3, loss: focal() };
    const [a, b, c] = [await train(data, options), await train(data, options), await train(data, { ...options, seed: 4 })];
    expect(b).toEqual(a);
    expect(c.model.layers[0]!.weight).not.toEqual(a.model.layers[0]!.weight);
  });

  test("a run resumed from any checkpoint ends as if it had not been interrupted, to the last bit", async () => {
    const options = { ...small, loss: focal({ gamma: 2, alpha: [1, 2, 3] }) };
    const { trained, checkpoints } = await trainKeeping(dataset(3), options);
    expect(checkpoints).toHaveLength(8);
    for (const resume of [checkpoints[0]!, checkpoints[4]!]) expect(await train(dataset(3), { ...options, resume })).toEqual(trained);
  });

  test("an aborted run stops with the signal's reason, and its last checkpoint leads to the same end", async () => {
    const options = { ...small, loss: crossEntropy() };
    const whole = await train(dataset(2), options);
    const control = new AbortController();
    let last: Checkpoint | undefined;
    const aborted = train(dataset(2), {
      ...options, signal: control.signal,
      onCheckpoint: (checkpoint) => (last = checkpoint),
      onProgress: ({ step }) => step === 35 && control.abort(new Error("enough")),
    });
    await expect(aborted).rejects.toThrow("enough");
    expect(last).toMatchObject({ kind: "network", epoch: 3, step: 30 });
    expect(await train(dataset(2), { ...options, resume: last! })).toEqual(whole);
  });

  test("a checkpoint of another run is refused", async () => {
    const { checkpoints } = await trainKeeping(dataset(2), { ...small, epochs: 1, loss: focal() });
    await expect(train(dataset(2), { ...small, epochs: 1, loss: crossEntropy(), resume: checkpoints[0]! })).rejects.toThrow("the checkpoint belongs to another run");
    await expect(train(dataset(2), { ...small, epochs: 1, loss: focal(), resume: { ...checkpoints[0]!, mean: new Float32Array(2) } })).rejects.toThrow("the checkpoint is damaged: mean must hold");
  });

  test("every loss starts from the same weights and sees the same batches: focal loss with γ = 0 is cross-entropy, step by step (1e-4: float32, other operations)", async () => {
    const options = { ...small, epochs: 3 };
    const a = await trainKeeping(dataset(3), { ...options, loss: crossEntropy() });
    const b = await trainKeeping(dataset(3), { ...options, loss: focal({ gamma: 0 }) });
    a.checkpoints.forEach((checkpoint, i) => {
      expect(b.checkpoints[i]!.random).toBe(checkpoint.random);
      expect(b.checkpoints[i]!.parameters.every((p, j) => Math.abs(p - checkpoint.parameters[j]!) < 1e-4)).toBe(true);
    });
    const c = await trainKeeping(dataset(3), { ...options, loss: focal({ gamma: 2 }) });
    expect(c.checkpoints.map(({ random }) => random)).toEqual(a.checkpoints.map(({ random }) => random));
  });

  test.each([2, 3])("one step is Adam's on the gradient of the library's own criterion, by finite differences (%i classes, 2e-3 of the step)", async (classes) => {
    // One batch of all rows. Adam's first move is −rate · g/(|g| + ε'): its sign and, for g far above ε, its size say what g was;
    // the moments say g itself: mean = 0.1 g.
    const data = dataset(classes), loss = focal({ gamma: 2, alpha: classes === 2 ? [0.5, 1.5] : [1, 2, 3] });
    const { checkpoints } = await trainKeeping(data, { loss, hidden: [5], batch: data.train.rows, epochs: 1, minimumSteps: 0, seed: 1 });
    const { parameters, mean, history } = checkpoints[0]!;
    const before = parameters.map((p, i) => p + 0.003 * Math.sign(mean[i]!)); // undoes the step
    const mine = criterion(loss, classes === 2 ? { head: "sigmoid" } : { head: "softmax", classes });
    const outputs = classes === 2 ? 1 : classes, widths = [2, 5, outputs];
    const value = (flat: Float32Array): number => {
      let at = 0;
      const layers = [0, 1].map((l) => {
        const inputs = widths[l]!, to = widths[l + 1]!, rows = 4 * Math.ceil(inputs / 4); // filled up with zeros to a multiple of 4
        const weight = flat.slice(at, at + inputs * to), bias = flat.slice((at += (l === 0 ? rows : inputs) * to), (at += to));
        return { weight, bias, inputs, outputs: to };
      });
      const z = logits({ layers, head: classes === 2 ? "sigmoid" : "softmax", features: 2, classes }, data.train.x, data.train.rows);
      return mine.value(Float64Array.from(z), data.train.y);
    };
    expect(Math.abs(history[0]!.trainLoss / value(before) - 1)).toBeLessThan(1e-4);
    const steepest = Math.max(...mean.map(Math.abs)) / 0.1;
    for (let i = 0; i < before.length; i++) {
      const up = before.slice(), down = before.slice();
      up[i]! += 1e-3;
      down[i]! -= 1e-3;
      expect(Math.abs((value(up) - value(down)) / (up[i]! - down[i]!) - mean[i]! / 0.1)).toBeLessThan(2e-3 * steepest);
    }
  });

  test("untrained, it answers the class frequencies: the first bias is the prior", async () => {
    const all = rings(900, 3, 5);
    const rare = subset(all, Array.from({ length: 900 }, (_, i) => i).filter((i) => i % 3 !== 2 || i % 30 === 2)); // 300, 300, 30
    const { checkpoints } = await trainKeeping({ train: rare, validation: rare }, { ...small, loss: crossEntropy(), epochs: 1, learningRate: 1e-9 });
    const bias = checkpoints[0]!.parameters.slice(-3);
    expect(Math.exp(bias[2]! - bias[0]!)).toBeCloseTo(0.1, 5);
  });

  test("the weights of the epoch with the best mean score of ten are returned, equal scores parted by log loss", async () => {
    const { trained, checkpoints } = await trainKeeping(dataset(3), { ...small, loss: crossEntropy(), epochs: 30 });
    const scores = trained.history.map((_, i) => {
      const ten = trained.history.slice(Math.max(0, i - 9), i + 1);
      return ten.reduce((sum, { validation }) => sum + validation, 0) / ten.length;
    });
    const top = Math.max(...scores);
    const leading = trained.history.filter((_, i) => top - scores[i]! < 1e-9);
    expect(trained.epoch).toBe(leading.reduce((a, b) => (b.logLoss < a.logLoss ? b : a)).epoch);
    expect(trained.model.layers[0]!.weight).toEqual(checkpoints[trained.epoch - 1]!.parameters.slice(0, 32));
  });

  test("training says how it ended: patience ran out, or the cap was reached", async () => {
    // Labels by the toss of a coin: validation has nothing to gain after a few epochs.
    const random = randomNumbers(6), noise = rings(640, 2, 1), check = rings(200, 2, 2);
    const tossed = (table: Table): Table => ({ ...table, y: table.y.map(() => (random() < 0.5 ? 1 : 0)) });
    const patient = await train({ train: tossed(noise), validation: tossed(check) }, { ...small, loss: crossEntropy(), epochs: 80, patience: 6 });
    expect(patient.ended).toBe("patience");
    expect(patient.epochs).toBe(patient.epoch + 6);
    expect((await train(dataset(3), { ...small, loss: crossEntropy(), epochs: 2 })).ended).toBe("cap");
  });

  test("the step size falls along half a cosine: the last steps move the weights least", async () => {
    const { checkpoints } = await trainKeeping(dataset(3), { ...small, loss: crossEntropy(), epochs: 20 });
    const moved = (epoch: number): number => Math.hypot(...checkpoints[epoch]!.parameters.map((p, i) => p - checkpoints[epoch - 1]!.parameters[i]!));
    expect(moved(19)).toBeLessThan(0.05 * moved(2));
  });

  test("progress counts every step up to the total it promises", async () => {
    const seen: number[] = [];
    let promised = 0;
    await train(dataset(2), { ...small, loss: focal(), epochs: 2, onProgress: ({ step, total }) => { seen.push(step); promised = total; } });
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(promised).toBe(20);
  });

  test("log loss is judged after the posterior is put right", async () => {
    const options = { ...small, loss: focal({ gamma: 5 }), epochs: 1 };
    const raw = await train(dataset(2), options);
    const put = await train(dataset(2), { ...options, posterior: (scores) => recoverPosterior(scores, 2, { gamma: 5 }) });
    expect(put.history[0]!.logLoss).not.toBe(raw.history[0]!.logLoss);
    expect(put.history[0]!.trainLoss).toBe(raw.history[0]!.trainLoss);
  });

  test("predictions are probabilities: both columns of two classes, rows that sum to 1 (1e-6)", async () => {
    const { model } = await train(dataset(2), { ...small, loss: focal(), epochs: 1 });
    const { x, y } = dataset(2).validation;
    const p = predict(model, x, y.length);
    expect(p).toHaveLength(400);
    for (let i = 0; i < 200; i++) expect(p[2 * i]! + p[2 * i + 1]!).toBeCloseTo(1, 6);
    expect(() => predict(model, x.subarray(1), 200)).toThrow("x must hold rows × features = 200 × 2 values, got 399");
  });
});

describe("what cannot be trained is refused in one sentence", () => {
  const data = dataset(2), loss = crossEntropy();
  const broken = (change: Partial<Table>): Dataset => ({ ...data, train: { ...data.train, ...change } });
  const nan = data.train.x.slice();
  nan[7] = NaN;
  test.each<[string, Dataset, object]>([
    ["train has no option layers", data, { loss, layers: [3] }],
    ["batch must be a whole number ≥ 1, got 0", data, { loss, batch: 0 }],
    ["hidden[0] must be a whole number ≥ 1, got 1.5", data, { loss, hidden: [1.5] }],
    ["learningRate must be a finite number > 0, got -1", data, { loss, learningRate: -1 }],
    ["train.x must be finite, got NaN in row 3, column 1", broken({ x: nan }), { loss }],
    ["train.y[0] must be a class from 0 to 1, got 2", broken({ y: data.train.y.map(() => 2) }), { loss }],
    ["the training rows must hold at least two classes, got only class 1", broken({ y: data.train.y.map(() => 1) }), { loss }],
    ["train and validation must have the same classes, got 3 and 2", broken({ classes: 3 }), { loss }],
    ["train.x must hold rows × features = 1280 values, got 1279", broken({ x: data.train.x.subarray(1) }), { loss }],
  ])("%s", async (sentence, given, options) => {
    await expect(train(given, options as TrainOptions)).rejects.toThrow(sentence);
  });

  test("columns so large that float32 overflows", async () => {
    const huge = { ...data.train, x: data.train.x.map((v) => v * 1e38) };
    await expect(train({ train: huge, validation: huge }, { ...small, loss })).rejects.toThrow("training diverged in epoch 1");
  });
});

test("a million rows of one class can be split", () => {
  const [larger, smaller] = stratifiedSplit(new Int32Array(1e6), [0.8, 0.2], 1);
  expect([larger!.length, smaller!.length]).toEqual([8e5, 2e5]);
});
