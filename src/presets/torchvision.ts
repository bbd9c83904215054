import { criterion } from "../criterion.ts";
import { focal } from "../losses/focal.ts";
import { preset, weighing } from "./preset.ts";

interface Settings {
  /** Weight of positives; negatives get 1 − α. −1: no weighting. Default 0.25. */
  readonly alpha: number;
  /** Default 2. */
  readonly gamma: number;
  /** Default "none". */
  readonly reduction: "none" | "mean" | "sum";
}

/** torchvision's call. */
export const torchvision = {
  /**
   * torchvision.ops.sigmoid_focal_loss: α = 0.25 and no reduction unless asked for.
   *
   * @example
   * torchvision.sigmoidFocalLoss({ reduction: "mean" }).value([2, -1, 0.5], [1, 0, 0]);   // 0.1001…
   */
  sigmoidFocalLoss: preset({
    library: "torchvision",
    name: "torchvision.ops.sigmoid_focal_loss",
    reference: "https://pytorch.org/vision/stable/generated/torchvision.ops.sigmoid_focal_loss.html",
    defaults: { alpha: 0.25, gamma: 2, reduction: "none" },
    needs: [],
    also: [],
    reductions: ["none", "mean", "sum"],
    conventions: {
      scores: "logits, sigmoid",
      targets: "one per logit",
      alpha: "α positives, 1 − α negatives; below 0: off",
      soft: "interpolate",
      reduction: "mean or sum of all elements",
      errors: "gradient NaN where p saturates and 0 < γ < 1; float32: loss and gradient 0 from x = 16.7 on",
    },
  }, ({ alpha, gamma, reduction }: Settings) => criterion(focal({ gamma, ...weighing(alpha) }), { reduction })),
};
