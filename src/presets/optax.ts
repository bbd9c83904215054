import { criterion } from "../criterion.ts";
import { focal } from "../losses/focal.ts";
import { preset, weighing } from "./preset.ts";

interface Settings {
  /** Weight of positives; negatives get 1 − α. Default null: no weighting. */
  readonly alpha: number | null;
  /** Default 2. */
  readonly gamma: number;
  /** optax never reduces. */
  readonly reduction: "none";
}

/** optax's call. */
export const optax = {
  /**
   * optax.losses.sigmoid_focal_loss: no α unless given, and never a reduction.
   *
   * @example
   * optax.sigmoidFocalLoss().value([2, 0.1], [0, 0]);   // Float64Array [ 1.650…, 0.2051… ]
   */
  sigmoidFocalLoss: preset({
    library: "optax",
    name: "optax.losses.sigmoid_focal_loss",
    reference: "https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.sigmoid_focal_loss",
    defaults: { alpha: null, gamma: 2, reduction: "none" },
    needs: [],
    also: [],
    reductions: ["none"],
    conventions: {
      scores: "logits, sigmoid",
      targets: "one per logit",
      alpha: "α positives, 1 − α negatives; None: off",
      soft: "interpolate",
      reduction: "none",
      errors: "none since #1346 (before: NaN at γ = 0, #1267)",
    },
  }, ({ alpha, gamma, reduction }: Settings) => criterion(focal({ gamma, ...weighing(alpha) }), { reduction })),
};
