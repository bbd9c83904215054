import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { crossEntropy, focal } from "focal-loss";
import { detect, digitLevels, digitScenes, evaluateDetections, readDigits, tinyWidths, trainDetector } from "focal-loss/detect";
import type { DetectorCheckpoint, DetectorSpec, DetectorStep, DetectorTraining, Scene } from "focal-loss/detect";
import { stream } from "../src/random.ts";

const classes = [..."0123456789"];
const digits = readDigits(gunzipSync(readFileSync(new URL("../examples/data/digits.csv.gz", import.meta.url))).toString());
const spec: DetectorSpec = { classes, channels: 1, width: 64, height: 64, levels: digitLevels, widths: tinyWidths };
const scenes = digitScenes(digits, { count: 4, seed: 3, size: 64 });
const loss = focal({ gamma: 2, alpha: 0.25 });
const empty: Scene = { name: "nothing", picture: { ...scenes[0]!.picture, data: scenes[0]!.picture.data.map((_, i) => i % 200) }, boxes: new Float32Array(0), labels: new Int32Array(0) };

const train = (options: Partial<DetectorTraining>, on: readonly Scene[] = scenes): ReturnType<typeof trainDetector> => trainDetector(on, spec, { loss, steps: 6, seed: 4, ...options });

test("a tiny network learns four scenes by heart: AP50 of at least .95 on them", { timeout: 110_000 }, async () => {
  const { model, history, ended } = await train({ steps: 300, learningRate: 0.01 });
  expect(ended).toBe("done");
  expect(history).toHaveLength(300);
  const found = await detect(model, scenes.map(({ picture }) => picture));
  expect(evaluateDetections(scenes, found, classes.length).ap50).toBeGreaterThanOrEqual(0.95);
});

test("the first class loss is what the prior says of every anchor, and starts at ½ without it (5 in 100: outputs' first weights are .01, not 0)", async () => {
  const anchors = 4 * 8 * 8 * 3;
  for (const [priorBias, prior] of [[0.01, 0.01], [0.1, 0.1], [false, 0.5]] as const) {
    const { history: [first] } = await train({ loss: crossEntropy(), priorBias, steps: 1 }), { positives, classLoss } = first!;
    // Ignored anchors are few, and taken for background here.
    const predicted = (positives * -Math.log(prior) + (anchors * classes.length - positives) * -Math.log1p(-prior)) / positives;
    expect(Math.abs(classLoss / predicted - 1)).toBeLessThan(0.05);
  }
});

test("a run that was put down and taken up again ends with the same bits, augmentation included", async () => {
  const augment: NonNullable<DetectorTraining["augment"]> = (scene, random) => ({ ...scene, picture: { ...scene.picture, data: scene.picture.data.map((byte) => byte * (0.8 + 0.2 * random())) } });
  const checkpoints: DetectorCheckpoint[] = [], keep = (checkpoint: DetectorCheckpoint): void => void checkpoints.push(checkpoint);
  const whole = await train({ augment, batch: 3, checkpointEvery: 4, onCheckpoint: keep });
  expect(checkpoints.map(({ step }) => step)).toEqual([4, 6]);
  const resumed = await train({ augment, batch: 3, resume: structuredClone(checkpoints[0]!) });
  expect(resumed.model.parameters).toEqual(whole.model.parameters);
  expect(resumed.history).toEqual(whole.history);
  await expect(train({ seed: 5, resume: checkpoints[0]! })).rejects.toThrow(/belongs to another run/);
});

test("a signal stops after the step at hand and leaves a checkpoint from which the same run goes on", async () => {
  const stop = new AbortController(), checkpoints: DetectorCheckpoint[] = [];
  const stopped = await train({ signal: stop.signal, onStep: ({ step }) => step === 2 && stop.abort(), onCheckpoint: (checkpoint) => checkpoints.push(checkpoint) });
  expect([stopped.ended, stopped.history.length, checkpoints.map(({ step }) => step)]).toEqual(["stopped", 2, [2]]);
  expect(stopped.model.parameters).toEqual(checkpoints[0]!.parameters);
  expect((await train({ resume: checkpoints[0]! })).model.parameters).toEqual((await train({})).model.parameters);
});

test.each([
  ["pictures with nothing on them", { loss }, [empty]], ["some with nothing", { loss }, [empty, ...scenes]], ["focal loss with γ = ½", { loss: focal({ gamma: 0.5 }) }, scenes],
  ["GIoU", { box: "giou" as const }, scenes], ["hard negatives", { loss: { hardNegatives: 3 } }, scenes], ["hard negatives of nothing", { loss: { hardNegatives: 3 } }, [empty]],
])("training stays finite: %s", async (_, options, on) => {
  const { model, history } = await train({ ...options, shareEvery: 1 }, on);
  expect(model.parameters.every(Number.isFinite)).toBe(true);
  for (const { classLoss, boxLoss, easyBackgroundShare } of history) {
    expect(classLoss).toBeGreaterThan(0);
    expect(Number.isFinite(boxLoss)).toBe(true);
    expect(easyBackgroundShare).toBeGreaterThanOrEqual(0);
    expect(easyBackgroundShare).toBeLessThanOrEqual(1);
  }
});

test("pictures of any size are searched; the answer to one does not depend on the others; a box stays within its picture", async () => {
  const { model } = await train({ steps: 20 });
  const random = stream(1, "pictures"), sizes = [[64, 64], [37, 51], [1, 1], [80, 16]] as const;
  const pictures = sizes.map(([width, height]) => ({ width, height, channels: 1 as const, data: Uint8Array.from({ length: width * height }, () => 256 * random()) }));
  const together = await detect(model, pictures, { threshold: 0.001, limit: 20 }), alone = await detect(model, [pictures[1]!], { threshold: 0.001, limit: 20 });
  expect(together[1]).toEqual(alone[0]);
  together.forEach(({ boxes, labels, scores }, i) => {
    expect([boxes.length, labels.length]).toEqual([4 * scores.length, scores.length]);
    expect(scores.length).toBeLessThanOrEqual(20);
    boxes.forEach((edge, at) => {
      expect(edge).toBeGreaterThanOrEqual(0);
      expect(edge).toBeLessThanOrEqual(sizes[i]![at % 2]!);
    });
  });
  expect(together[0]!.scores.length).toBeGreaterThan(0);
});

test("models of one spec share its compiled program, not their parameters", async () => {
  const [{ model: one }, { model: other }] = [await train({ steps: 2 }), await train({ steps: 2, seed: 1 })], { picture } = scenes[0]!;
  const seen = async (parameters: Float32Array): Promise<Float32Array> => (await detect({ spec: one.spec, parameters }, [picture], { threshold: 0 }))[0]!.scores;
  const first = await seen(one.parameters);
  expect(await seen(other.parameters)).not.toEqual(first);
  expect(await seen(one.parameters)).toEqual(first);
});

test("every loss starts from the same weights and sees the same scenes", async () => {
  const first = async (options: Partial<DetectorTraining>): Promise<DetectorStep> => (await train({ ...options, steps: 1 })).history[0]!;
  const [a, b] = [await first({ loss }), await first({ loss: crossEntropy() })];
  expect([a.boxLoss, a.positives]).toEqual([b.boxLoss, b.positives]);
});

test.each([
  [{ steps: 0 }, /steps must be a whole number ≥ 1, got 0/], [{ learningRate: -1 }, /learningRate must be a finite number > 0, got -1/], [{ priorBias: 1 }, /priorBias must be in \(0, 1\), or false, got 1/],
  [{ box: "l2" as never }, /box must be "smoothL1" or "giou", got l2/], [{ loss: { hardNegatives: 0 } }, /loss must look at one logit at a time/], [{ epochs: 3 } as never, /no option epochs/],
])("what cannot be asked of training is refused by name: %o", async (options, message) => {
  await expect(train(options)).rejects.toThrow(message);
});

test("scenes that do not fit the spec are refused by name", async () => {
  const [scene] = scenes as [Scene];
  await expect(train({}, [])).rejects.toThrow(/at least one scene/);
  await expect(train({}, [{ ...scene, name: "wide.png", picture: { ...scene.picture, width: 128, height: 32 } }])).rejects.toThrow(/at most 64 × 64, got 128 × 32 in wide.png/);
  await expect(train({}, [{ ...scene, labels: scene.labels.map(() => 10) }])).rejects.toThrow(/labels must be classes 0 … 9, got 10/);
  await expect(trainDetector(scenes, { ...spec, channels: 3 }, { loss, steps: 1 })).rejects.toThrow(/must have 3 channels, got 1/);
  await expect(detect({ spec, parameters: new Float32Array(3) }, [])).rejects.toThrow(/parameters, got 3/);
});
