import { FocalError } from "../errors.ts";
import { stream } from "../random.ts";
import { pauses } from "../train/pause.ts";
import { anchorGrid } from "./anchors.ts";
import { isHardNegatives } from "./classLoss.ts";
import { detectorStepper } from "./detectorStep.ts";
import type { Moments } from "./detectorStep.ts";
import { easyBackgroundShare } from "./easyBackground.ts";
import { graphOf } from "./graph.ts";
import type { Graph } from "./graph.ts";
import { firstParameters, layoutOf } from "./parameters.ts";
import type { Layout } from "./parameters.ts";
import { batchOf } from "./sceneBatches.ts";
import { sceneOrder } from "./sceneOrder.ts";
import type { DetectorSpec } from "./spec.ts";
import { checkDetectorTraining } from "./trainingOptions.ts";
import type { DetectorCheckpoint, DetectorStep, DetectorTraining, TrainedDetector } from "./trainingOptions.ts";
import type { Scene } from "./types.ts";

/**
 * Trains a dense detector: RetinaNet's parts, in a size that a laptop's processor can train.
 *
 * Background outnumbers objects a hundred- to a thousandfold among a detector's anchors; it is the job focal loss was made for. Forward,
 * loss, backward and Adam are one compiled program of jax-js. Weights, order and augmentation depend on the
 * seed alone, so losses can be compared run by run. Same arguments, same machine: same bits.
 *
 * loss = (Σ class losses of all anchors that are not ignored + boxWeight · Σ box losses of positives) ÷ max(1, positives)
 *
 * Needs the package `@jax-js/jax`.
 *
 * @param scenes - pictures of the spec's channels, not larger than its width × height, with what stands on them; some may show nothing
 * @param spec - classes, size, anchors, network
 * @returns the model, plain data; every step; whether it was stopped by the signal
 * @throws FocalError `argument`, `shape` or `data` for what cannot be trained; `model` for a checkpoint of another run
 *
 * @example
 * const { model } = await trainDetector(scenes, { classes: ["crater"], channels: 1, width: 128, height: 128, levels: craterLevels, widths: smallWidths }, {
 *   loss: focal({ gamma: 2, alpha: 0.25 }), steps: 1500, seed: 1,
 * });
 * await detect(model, [picture]);
 *
 * @see Lin, Goyal, Girshick, He, Dollár: Focal Loss for Dense Object Detection, 2017, https://arxiv.org/abs/1708.02002
 */
export async function trainDetector(scenes: readonly Scene[], spec: DetectorSpec, options: DetectorTraining): Promise<TrainedDetector> {
  checkDetectorTraining(options);
  if (scenes.length === 0) throw new FocalError("data", "a detector must be trained on at least one scene, got none");
  const { loss, priorBias = 0.01, box = "smoothL1", boxWeight = 1, steps, seed = 0, learningRate = 0.005, checkpointEvery = 250, shareEvery = 25, augment = (scene) => scene } = options;
  const { batch = Math.min(8, scenes.length), warmup = Math.min(100, Math.floor(steps / 10)) } = options;
  const graph = graphOf(spec), layout = layoutOf(graph), anchors = anchorGrid(spec.levels, spec.width, spec.height), classes = spec.classes.length;
  const run = JSON.stringify({ loss: isHardNegatives(loss) ? loss : [loss.name, loss.parameters, loss.alpha], priorBias, box, boxWeight, steps, batch, learningRate, warmup, seed, scenes: scenes.length, spec });
  const start = startOf(graph, layout, options.resume, run, priorBias === false ? 0.5 : priorBias, seed);
  const order = sceneOrder(scenes.length, batch, seed), pause = pauses(undefined);
  const training = detectorStepper(graph, layout, classes, { loss, box, boxWeight }, start, start.step);
  const history: DetectorStep[] = [...start.history];
  let step = start.step, moments: Moments = start;
  const isStopped = (): boolean => options.signal?.aborted ?? false;
  try {
    while (step < steps && !isStopped()) {
      const entry = await take();
      history.push(entry);
      options.onStep?.({ ...entry, steps });
      await pause();
      if (step % checkpointEvery === 0 || step === steps || isStopped()) {
        moments = await training.read();
        options.onCheckpoint?.({ kind: "detector", run, spec, step, ...moments, history: [...history] });
      }
    }
  } finally {
    training.dispose();
  }
  return { model: { spec, parameters: moments.parameters }, history, ended: step < steps ? "stopped" : "done" };

  async function take(): Promise<DetectorStep> {
    const random = stream(seed, `augmentation of step ${step}`);
    const chosen = order(step).map((i) => fitting(augment(scenes[i]!, random), spec));
    const data = batchOf(chosen, anchors, spec.width, spec.height), rate = learningRate * scheduled(step, warmup, steps);
    const { classLoss, boxLoss, logits } = await training.step(data, rate);
    step++;
    const total = classLoss + boxWeight * boxLoss, measured = step % shareEvery === 1 || shareEvery === 1;
    const share = measured ? { easyBackgroundShare: easyBackgroundShare(loss, await logits.data() as Float32Array, data.labels) } : {};
    if (!measured) logits.dispose();
    if (!Number.isFinite(total)) throw new FocalError("data", `training diverged in step ${step}: the loss is ${total}; try a learningRate below ${learningRate}, or a priorBias`);
    return { step, loss: total, classLoss, boxLoss, positives: data.positives, ...share };
  }
}

/** Rises in a line over the warm-up, then falls to 0 along half a cosine. */
const scheduled = (step: number, warmup: number, steps: number): number =>
  step < warmup ? (step + 1) / warmup : 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / (steps - warmup)));

function fitting(scene: Scene, { classes, channels, width, height }: DetectorSpec): Scene {
  const { picture, labels, name } = scene;
  if (picture.channels !== channels) throw new FocalError("shape", `pictures must have ${channels} channels, got ${picture.channels} in ${name}`);
  if (picture.width > width || picture.height > height) throw new FocalError("shape", `training pictures must be at most ${width} × ${height}, got ${picture.width} × ${picture.height} in ${name}`);
  const wrong = labels.find((label) => !(label >= 0 && label < classes.length));
  if (wrong !== undefined) throw new FocalError("label", `labels must be classes 0 … ${classes.length - 1}, got ${wrong} in ${name}`);
  return scene;
}

type Start = Moments & Pick<DetectorCheckpoint, "step" | "history">;

function startOf(graph: Graph, layout: Layout, resume: DetectorCheckpoint | undefined, run: string, prior: number, seed: number): Start {
  if (!resume) return { parameters: firstParameters(graph, layout, prior, seed), mean: new Float32Array(layout.size), square: new Float32Array(layout.size), step: 0, history: [] };
  if (resume.kind !== "detector" || resume.run !== run) throw new FocalError("model", `the checkpoint belongs to another run: expected ${run}, got ${resume.run}`);
  for (const name of ["parameters", "mean", "square"] as const) {
    if (resume[name].length !== layout.size) throw new FocalError("model", `the checkpoint is damaged: ${name} must hold ${layout.size} values, got ${resume[name].length}`);
  }
  return resume;
}
