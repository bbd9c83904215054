import type { DetectorModel } from "focal-loss/detect";
import type { Scaling } from "../fit.ts";
import type { Recipe } from "../losses.ts";

/** A trained detector with everything needed to use it on new pictures. */
export interface SavedDetector {
  /** Version of this program that wrote it. */
  readonly library: string;
  /** What it learnt from. */
  readonly data: string;
  readonly scaling: Scaling;
  readonly recipe: Recipe;
  readonly steps: number;
  readonly model: DetectorModel;
}
