/** Everything that a training depends on, in words that page and worker share. */

/** The detectors that are trained side by side. */
export const names = ["half", "prior", "focal"] as const;
export type Name = (typeof names)[number];

export interface Settings {
  readonly seed: number;
  /** Of the focal loss. */
  readonly gamma: number;
  /** Weight of an object's anchors under the focal loss, 1 − α that of the background; at 0.5 both weigh alike. */
  readonly alpha: number;
  /** Focal loss too starts at the prior instead of at ½. */
  readonly prior: boolean;
  /** As long as the whole training is; the step size falls to 0 towards its end. */
  readonly steps: number;
}

/** How probable an object is at every anchor at first, where the start is the prior. */
export const PRIOR = 0.01;
/** Pictures of a step. */
export const BATCH = 8;
/** Steps between two looks at what a detector finds. */
export const LOOK = 10;
/** Pictures held out of training, and how many of them are shown. */
export const HELD = 24, SHOWN = 4;
/** Pixels of each side. */
export const SIZE = 96;
