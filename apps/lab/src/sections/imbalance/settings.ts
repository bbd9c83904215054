/** Everything that a training depends on, in words that page and worker share. */

export const shapes = ["blobs", "moons", "rings"] as const;
export type Shape = (typeof shapes)[number];

/** Points in the plane and how they are drawn. */
export interface DataSettings {
  readonly shape: Shape;
  /** Negatives for each positive. */
  readonly imbalance: number;
  /** 0: the classes stand apart; 1: they lie on each other. */
  readonly overlap: number;
  /** Of the positives, the share whose label is wrong; as many negatives carry theirs. */
  readonly noise: number;
  /** Training examples. */
  readonly count: number;
  readonly seed: number;
}

/** The losses that are trained side by side. */
export const names = ["ce", "balanced", "focal"] as const;
export type Name = (typeof names)[number];

export interface LossSettings {
  readonly gamma: number;
  /** Weight of the positives, 1 − α that of the negatives; at 0.5 both weigh alike. */
  readonly alpha: number;
  /** The output's first bias is the best constant answer under the loss, instead of 0. */
  readonly prior: boolean;
}

export interface Settings {
  readonly data: DataSettings;
  readonly loss: LossSettings;
}

/** The square that is shown reaches from −EXTENT to EXTENT both ways, in GRID squares each way. */
export const EXTENT = 3, GRID = 56;
