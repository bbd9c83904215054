import { FocalError } from "../errors.ts";
import type { RandomNumbers } from "../random.ts";
import type { BoxLoss } from "./boxLoss.ts";
import { isHardNegatives } from "./classLoss.ts";
import type { ClassLoss } from "./classLoss.ts";
import type { DetectorSpec } from "./spec.ts";
import type { Scene } from "./types.ts";

/** A trained detector: plain data, JSON and one array. */
export interface DetectorModel {
  readonly spec: DetectorSpec;
  /** All parameters in one vector; `namedParameters` tells them apart. */
  readonly parameters: Float32Array;
}

/** What is minimised, and for how long. */
export interface DetectorTraining {
  /** Any loss that looks at one logit at a time, e.g. `focal({ gamma: 2, alpha: 0.25 })`, or `{ hardNegatives: 3 }`: cross-entropy over the positives and the hardest negatives. */
  readonly loss: ClassLoss;
  /** π: how probable an object is at first at every anchor; default .01. `false` starts at ½, without any bias. */
  readonly priorBias?: number | false;
  /** Default "smoothL1". */
  readonly box?: BoxLoss;
  /** Weight of the box loss beside the class loss; default 1. */
  readonly boxWeight?: number;
  readonly steps: number;
  /** Scenes per step, default 8 or all there are. */
  readonly batch?: number;
  /** Adam's step size after the warm-up, default 0.005; it falls to 0 along half a cosine. */
  readonly learningRate?: number;
  /** Steps over which the step size rises from 0, default 100 or a tenth of all, whichever is less. */
  readonly warmup?: number;
  /** Fixes first weights, order and augmentation; default 0. The same seed gives them to every loss alike. */
  readonly seed?: number;
  /** What happens to a scene before it is learned from. It must answer pictures of the same channels, not larger than the spec's. */
  readonly augment?: (scene: Scene, random: RandomNumbers) => Scene;
  /** Goes on from a checkpoint: the result is the same to the last bit as without the interruption. */
  readonly resume?: DetectorCheckpoint;
  /** Ends training after the step at hand: the result says "stopped", and there is a checkpoint of it. */
  readonly signal?: AbortSignal;
  readonly onStep?: (entry: DetectorStep & { readonly steps: number }) => void;
  /** Called every `checkpointEvery` steps and when training is stopped. The arrays are yours to keep. */
  readonly onCheckpoint?: (checkpoint: DetectorCheckpoint) => void;
  /** Steps between checkpoints, default 250. */
  readonly checkpointEvery?: number;
  /** Steps between measurements of `easyBackgroundShare`, default 25. */
  readonly shareEvery?: number;
}

/** One step of training. Losses are sums over the batch's anchors ÷ its positives. */
export interface DetectorStep {
  /** From 1. */
  readonly step: number;
  /** Class loss + weighted box loss. */
  readonly loss: number;
  readonly classLoss: number;
  /** Before its weight. */
  readonly boxLoss: number;
  /** Anchors of the batch that belong to an object. */
  readonly positives: number;
  /** Every so many steps: see {@link easyBackgroundShare}. */
  readonly easyBackgroundShare?: number;
}

/** A run put down between two steps: plain data and typed arrays. */
export interface DetectorCheckpoint {
  readonly kind: "detector";
  /** What run this belongs to; another run refuses it. */
  readonly run: string;
  readonly spec: DetectorSpec;
  readonly step: number;
  readonly parameters: Float32Array;
  /** Adam's moments. */
  readonly mean: Float32Array;
  readonly square: Float32Array;
  readonly history: readonly DetectorStep[];
}

/** What a training ends with. */
export interface TrainedDetector {
  readonly model: DetectorModel;
  readonly history: readonly DetectorStep[];
  readonly ended: "done" | "stopped";
}

const names = [
  "loss", "priorBias", "box", "boxWeight", "steps", "batch", "learningRate", "warmup", "seed", "augment", "resume", "signal", "onStep", "onCheckpoint", "checkpointEvery", "shareEvery",
];

/** @throws FocalError `argument` naming the option */
export function checkDetectorTraining(options: DetectorTraining): void {
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new FocalError("argument", `trainDetector has no option ${name}; it has ${names.join(", ")}`);
  }
  const { loss, priorBias, box, boxWeight, steps, learningRate, seed } = options;
  const fits = loss && (isHardNegatives(loss) ? loss.hardNegatives > 0 && loss.hardNegatives < Infinity : loss.kind === "margin" || loss.kind === "score");
  if (!fits) throw new FocalError("argument", "loss must look at one logit at a time, like focal({ gamma: 2, alpha: 0.25 }), or be { hardNegatives: 3 }");
  if (priorBias !== undefined && priorBias !== false && !(priorBias > 0 && priorBias < 1)) throw new FocalError("argument", `priorBias must be in (0, 1), or false, got ${String(priorBias)}`);
  if (box !== undefined && box !== "smoothL1" && box !== "giou") throw new FocalError("argument", `box must be "smoothL1" or "giou", got ${String(box)}`);
  if (boxWeight !== undefined && !(boxWeight >= 0 && boxWeight < Infinity)) throw new FocalError("argument", `boxWeight must be a finite number ≥ 0, got ${boxWeight}`);
  if (steps === undefined) throw new FocalError("argument", "steps must say how long to train, like 1500, got undefined");
  for (const [name, least] of [["steps", 1], ["batch", 1], ["warmup", 0], ["checkpointEvery", 1], ["shareEvery", 1]] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= least)) throw new FocalError("argument", `${name} must be a whole number ≥ ${least}, got ${String(value)}`);
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw new FocalError("argument", `seed must be a whole number, got ${seed}`);
  if (learningRate !== undefined && !(learningRate > 0 && learningRate < Infinity)) throw new FocalError("argument", `learningRate must be a finite number > 0, got ${learningRate}`);
}
