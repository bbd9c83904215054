import type { Loss } from "focal-loss";
import type { Calibration } from "focal-loss/evaluate";
import type { Layer } from "focal-loss/train";
import type { Encoding } from "../data/index.ts";

/** A trained model with everything needed to use it on new files. */
export interface SavedModel {
  /** Version of this program that wrote it. */
  readonly library: string;
  readonly target: string;
  /** Two classes: the second is the positive one. */
  readonly classes: readonly string[];
  /** Two classes that stand for one class of the target against all its others. */
  readonly againstRest: boolean;
  readonly encoding: Encoding;
  /** ReLU between layers. The last has one output (two classes, a sigmoid) or one per class (a softmax). */
  readonly layers: readonly Layer[];
  /** What it was trained with. */
  readonly loss: Pick<Loss, "name" | "parameters"> & { readonly alpha?: NonNullable<Loss["alpha"]> };
  /** Steps from the network's scores to probabilities. */
  readonly calibration: readonly Calibration[];
  /** How probabilities become a class: the tuned threshold, or a multiplier per class. */
  readonly decision: number | readonly number[];
}
