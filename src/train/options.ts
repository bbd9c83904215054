import { FocalError } from "../errors.ts";
import type { Loss } from "../losses/loss.ts";
import type { Minimization } from "./lbfgs.ts";
import type { Model } from "./model.ts";
import type { Verdict } from "./selection.ts";

/** What is minimised, by which model, and for how long. */
export interface TrainOptions {
  /** What is minimised, e.g. `focal({ gamma: 2 })`, `crossEntropy({ alpha: [0.1, 1.9] })`. */
  readonly loss: Loss;
  /** Widths of the hidden ReLU layers, default [64, 32]. `[]` is a linear model, fitted to convergence by L-BFGS. */
  readonly hidden?: readonly number[];
  /** Fixes first weights and batches; default 0. The same seed gives them to every loss alike. */
  readonly seed?: number;
  /** Makes validation log loss comparable: scores → probabilities, e.g. by `recoverPosterior`. Default: as they are. */
  readonly posterior?: (scores: Float32Array) => ArrayLike<number>;
  /** Adam's first step size, default 0.003; it falls to 0 along half a cosine over `epochs`. Networks only. */
  readonly learningRate?: number;
  /** Rows per step, default 256 or all there are. The remainder of an epoch, other rows each time, is left out. Networks only. */
  readonly batch?: number;
  /** Never more epochs than these (linear: iterations). Default: as many as make 4000 steps, between 10 (of large tables as many as make 40 000 steps) and 150 (linear: 2000). */
  readonly epochs?: number;
  /** Steps that are always taken where `epochs` allows, default 1200. Networks only. */
  readonly minimumSteps?: number;
  /** Epochs without a better validation score (mean of the last ten) before training ends; default half of `epochs`. Networks only. */
  readonly patience?: number;
  /** Half the weight of Σ w² beside the mean loss, default 1/rows (scikit-learn's C = 1): it keeps separable classes finite. Linear models only. */
  readonly l2?: number;
  /** Ends training with the signal's reason. Take the last checkpoint to go on. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Called between epochs with all that is needed to go on from there. The arrays are yours to keep. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void;
  /** Goes on from a checkpoint: the result is the same to the last bit as without the interruption. */
  readonly resume?: Checkpoint;
}

/** How far a training is. */
export interface Progress {
  /** Steps taken (linear: iterations). */
  readonly step: number;
  /** Steps at which training will end if validation does not improve any more (linear: the cap). */
  readonly total: number;
  readonly epoch: number;
}

/** One epoch, as training and validation saw it. */
export interface HistoryEntry {
  readonly epoch: number;
  /** Mean training loss over the epoch's batches (linear: over all rows, at this iteration). */
  readonly trainLoss: number;
  /** Validation score: average precision for two classes, macro-F1 for more. */
  readonly validation: number;
  /** Validation log loss, after `posterior`. */
  readonly logLoss: number;
}

/** What a training ends with. */
export interface Trained {
  readonly model: Model;
  /** The epoch whose weights these are, from 1. */
  readonly epoch: number;
  /** Epochs trained (linear: iterations). */
  readonly epochs: number;
  readonly steps: number;
  /** Why training ended. "cap" means that more epochs might have helped; "converged" that nothing can be gained. */
  readonly ended: "patience" | "cap" | "converged" | "stalled";
  readonly history: readonly HistoryEntry[];
}

/** A run put down between two epochs: plain data and typed arrays. */
export type Checkpoint = NetworkCheckpoint | LinearCheckpoint;

/** All that is needed to go on training a network. */
export interface NetworkCheckpoint {
  readonly kind: "network";
  /** What run this belongs to; another run refuses it. */
  readonly run: string;
  readonly epoch: number;
  readonly step: number;
  /** State of the generator that orders the rows. */
  readonly random: number;
  readonly parameters: Float32Array;
  /** Adam's moments. */
  readonly mean: Float32Array;
  readonly square: Float32Array;
  readonly best: Best;
  readonly history: readonly HistoryEntry[];
}

/** The best epoch so far; its score is the mean over the ten epochs that end with it. */
export interface Best extends Verdict {
  readonly epoch: number;
  readonly parameters: Float32Array;
}

/** All that is needed to go on fitting a linear model. */
export interface LinearCheckpoint {
  readonly kind: "linear";
  readonly run: string;
  readonly minimization: Minimization;
  /** Parameters at which the preconditioner was made. */
  readonly anchor: Float64Array;
  readonly history: readonly HistoryEntry[];
}

const names = ["loss", "hidden", "seed", "posterior", "learningRate", "batch", "epochs", "minimumSteps", "patience", "l2", "signal", "onProgress", "onCheckpoint", "resume"];

/** @throws FocalError `argument` naming the option */
export function checkOptions(options: TrainOptions): void {
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new FocalError("argument", `train has no option ${name}; it has ${names.join(", ")}`);
  }
  const { hidden = [], seed, learningRate, l2 } = options;
  hidden.forEach((width, l) => expectWhole(`hidden[${l}]`, width, 1));
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw new FocalError("argument", `seed must be a whole number, got ${seed}`);
  for (const [name, least] of [["batch", 1], ["epochs", 1], ["minimumSteps", 0], ["patience", 1]] as const) {
    if (options[name] !== undefined) expectWhole(name, options[name], least);
  }
  if (learningRate !== undefined && !(learningRate > 0 && learningRate < Infinity)) throw new FocalError("argument", `learningRate must be a finite number > 0, got ${learningRate}`);
  if (l2 !== undefined && !(l2 >= 0 && l2 < Infinity)) throw new FocalError("argument", `l2 must be a finite number ≥ 0, got ${l2}`);
}

function expectWhole(name: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least)) throw new FocalError("argument", `${name} must be a whole number ≥ ${least}, got ${String(value)}`);
}
