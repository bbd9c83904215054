import { crossEntropy, focal } from "focal-loss";
import type { Loss } from "focal-loss";
import { detect, digitLevels, evaluateDetections, tinyWidths, trainDetector } from "focal-loss/detect";
import type { Detections, DetectorCheckpoint, DetectorSpec } from "focal-loss/detect";
import { startOf } from "./models.ts";
import type { SceneSet } from "./scenes.ts";
import { BATCH, LOOK, SHOWN, SIZE } from "./settings.ts";
import type { Name, Settings } from "./settings.ts";

const spec: DetectorSpec = { classes: ["digit"], channels: 1, width: SIZE, height: SIZE, levels: digitLevels, widths: tinyWidths };
const RATE = 0.01;

export const lossOf = (name: Name, { gamma, alpha }: Pick<Settings, "gamma" | "alpha">): Loss => (name === "focal" ? focal({ gamma, ...(alpha !== 0.5 && { alpha }) }) : crossEntropy());

/** One step, as a curve draws it. */
export interface LossPoint {
  readonly step: number;
  /** Class loss of the batch ÷ its positives. */
  readonly loss: number;
}

/** What a detector does after so many steps. */
export interface Look {
  readonly step: number;
  /** At IoU 0.5, on all held-out pictures. */
  readonly ap50: number;
  /** Of the latest measured batch's class loss. */
  readonly easyShare: number;
  /** Steps since the look before. */
  readonly losses: readonly LossPoint[];
  /** On the pictures that are shown, down to a score of .05. */
  readonly found: readonly Detections[];
}

export interface Learning {
  /** Taken up again from here. */
  readonly resume: DetectorCheckpoint | undefined;
  readonly signal: AbortSignal;
  onLook(look: Look): void;
}

/**
 * Trains one of the detectors to the end, or until the signal; the seed gives all of them the same first weights and the same batches.
 *
 * @returns where it stopped, to go on from
 */
export async function learn(name: Name, settings: Settings, { train, held }: SceneSet, { resume, signal, onLook }: Learning): Promise<DetectorCheckpoint> {
  let latest = resume, seen = resume?.step ?? 0, looking = Promise.resolve();
  const look = async ({ step, parameters, history }: DetectorCheckpoint): Promise<void> => {
    const found = await detect({ spec, parameters }, held.map(({ picture }) => picture));
    const measured = history.findLast(({ easyBackgroundShare }) => easyBackgroundShare !== undefined);
    onLook({
      step, ap50: evaluateDetections(held, found, 1).ap50, easyShare: measured?.easyBackgroundShare ?? NaN,
      losses: history.slice(seen).map(({ step, classLoss }) => ({ step, loss: classLoss })), found: found.slice(0, SHOWN),
    });
    seen = step;
  };
  await trainDetector(train, spec, {
    loss: lossOf(name, settings), priorBias: startOf(name, settings), steps: settings.steps, seed: settings.seed, batch: BATCH, learningRate: RATE, signal,
    checkpointEvery: LOOK, shareEvery: LOOK / 2, ...(resume && { resume }),
    onCheckpoint(checkpoint) {
      latest = checkpoint;
      looking = looking.then(() => look(checkpoint));
    },
  });
  await looking;
  return latest!;
}
