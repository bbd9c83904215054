import { augment, detect, evaluateDetections, trainDetector, type AugmentOptions, type Detections, type DetectorCheckpoint, type DetectorModel, type DetectorSpec, type DetectorStep, type Objects, type Scene } from "focal-loss/detect";
import type { JobListener } from "../training/job.ts";
import { lossOf, type Recipe } from "./losses.ts";
import type { Metric, Moment, PlainBoxes, Run } from "./results.ts";

/** One detector to train and judge, as plain data: it can be sent to another thread. */
export interface Job {
  readonly train: readonly Scene[];
  readonly test: readonly Scene[];
  readonly spec: DetectorSpec;
  readonly recipe: Recipe;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number | undefined;
  readonly seed: number;
  readonly augmentation: AugmentOptions | undefined;
  /** Held-out pictures whose detections are kept. */
  readonly shown: number;
  readonly resume: DetectorCheckpoint | undefined;
}

export interface JobResult {
  readonly run: Run;
  readonly model: DetectorModel;
}

/** Judging takes about this share of the time. */
const JUDGING = 0.03;
/** Moments kept of a training. */
const MOMENTS = 200;
/** Steps between checkpoints. */
const CHECKPOINT_EVERY = 50;
/** Detections of less are not counted: they come so late in the order that they move no number. */
export const LEAST_SCORE = 0.01;

/** Trains a detector in this thread, and judges it by held-out pictures. */
export async function runJob(job: Job, listener: JobListener<DetectorCheckpoint>, signal?: AbortSignal): Promise<JobResult> {
  const { train, test, spec, recipe, steps, batch, learningRate, seed, augmentation, resume, shown } = job;
  const start = performance.now();
  const { model, history } = await trainDetector(train, spec, {
    loss: recipe.hardNegatives === undefined ? lossOf(recipe) : { hardNegatives: recipe.hardNegatives },
    priorBias: recipe.prior, box: recipe.boxLoss ?? "smoothL1", boxWeight: recipe.boxWeight, steps, batch, seed, checkpointEvery: CHECKPOINT_EVERY,
    ...(augmentation && { augment: (scene, random) => augment(scene, augmentation, random) }),
    ...(learningRate !== undefined && { learningRate }), ...(resume && { resume }), ...(signal && { signal }),
    onStep: ({ step }) => listener.onProgress(((1 - JUDGING) * step) / steps),
    onCheckpoint: (checkpoint) => listener.onCheckpoint(checkpoint),
  });
  const seconds = (performance.now() - start) / 1e3;
  signal?.throwIfAborted();
  const detections = await detect(model, test.map(({ picture }) => picture), { threshold: LEAST_SCORE });
  const moments = thin(history);
  return { model, run: { ...judged(test, detections, spec.classes.length, seconds), history: moments, easy: lately(moments), ...(shown > 0 && details(test, detections, spec.classes.length, shown)) } };
}

/** COCO's numbers of detections on scenes. */
export function judged(truth: readonly Objects[], detections: readonly Detections[], classes: number, seconds: number): Pick<Run, "metrics" | "perClass"> {
  const { ap, ap50, ap75, small, medium, large, recall, perClass } = evaluateDetections(truth, detections, classes);
  return { metrics: { ap, ap50, ap75, small, medium, large, recall, seconds } satisfies Record<Metric, number>, perClass };
}

function details(test: readonly Scene[], detections: readonly Detections[], classes: number, shown: number): Pick<Run, "curves" | "found"> {
  const { curve } = evaluateDetections(test, detections, classes);
  return {
    curves: Array.from({ length: classes }, (_, c) => curve(c, 0.5).map(({ recall, precision }) => ({ recall, precision })).filter(({ precision }, i, all) => precision > 0 || i === 0 || all[i - 1]!.precision > 0)),
    found: spreadOver(detections, shown).map(plain),
  };
}

/** So many of a list, from its whole length: neighbours look alike. */
export function spreadOver<T>(all: readonly T[], wanted: number): T[] {
  const count = Math.min(wanted, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]!);
}

/** Boxes as numbers that JSON can hold, without digits that no pixel has. */
export function plain({ boxes, labels, scores }: Detections): PlainBoxes {
  return { boxes: Array.from(boxes, (edge) => Math.round(edge * 100) / 100), labels: [...labels], scores: Array.from(scores, (score) => Math.round(score * 1e4) / 1e4) };
}

/** Means over stretches of steps, so that lines can be drawn and files stay small. */
function thin(history: readonly DetectorStep[]): Moment[] {
  const stretch = Math.ceil(history.length / MOMENTS);
  let easy = 0;
  return Array.from({ length: Math.ceil(history.length / stretch) }, (_, i) => {
    const part = history.slice(i * stretch, (i + 1) * stretch);
    const mean = (of: (moment: DetectorStep) => number): number => part.reduce((sum, moment) => sum + of(moment), 0) / part.length;
    const measured = part.flatMap(({ easyBackgroundShare }) => easyBackgroundShare ?? []);
    if (measured.length > 0) easy = measured.reduce((a, b) => a + b) / measured.length; // it is measured now and then, and stays until the next time
    return { step: part.at(-1)!.step, loss: mean(({ loss }) => loss), classLoss: mean(({ classLoss }) => classLoss), boxLoss: mean(({ boxLoss }) => boxLoss), easy };
  });
}

function lately(moments: readonly Moment[]): number {
  const last = moments.slice(Math.floor(0.9 * moments.length));
  return last.reduce((sum, { easy }) => sum + easy, 0) / Math.max(1, last.length);
}
