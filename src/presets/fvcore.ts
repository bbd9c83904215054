import { criterion } from "../criterion.ts";
import { div, log, mul, neg, sigmoid, sub } from "../expr/expr.ts";
import { defineLoss } from "../losses/define.ts";
import { focal } from "../losses/focal.ts";
import { focalStar } from "../losses/focalStar.ts";
import { preset, weighing } from "./preset.ts";
import { bySoftness } from "./view.ts";

/** For a soft target fvcore's star loss shrinks the logit by 2t − 1. */
const softStar = defineLoss("fvcoreFocalStar", { gamma: { default: 1, above: 0 } }, ({ p, t, gamma }) => {
  const logit = sub(log(p), log(sub(1, p)));
  return neg(div(log(sigmoid(mul(gamma, sub(mul(2, t), 1), logit))), gamma));
});

interface Settings {
  /** Weight of positives; negatives get 1 − α. −1, the default: no weighting. */
  readonly alpha: number;
  /** Default 2; of the star loss 1. */
  readonly gamma: number;
  /** Default "none". */
  readonly reduction: "none" | "mean" | "sum";
}

const facts = {
  library: "fvcore",
  reference: "https://github.com/facebookresearch/fvcore/blob/main/fvcore/nn/focal_loss.py",
  needs: [],
  also: [],
  reductions: ["none", "mean", "sum"],
} as const;
const conventions = {
  scores: "logits, sigmoid",
  targets: "one per logit",
  alpha: "α positives, 1 − α negatives; below 0: off",
  reduction: "mean or sum of all elements",
} as const;

/** fvcore's calls, as detectron2 uses them. */
export const fvcore = {
  /**
   * fvcore.nn.sigmoid_focal_loss: torchvision's formula, but no α unless given.
   *
   * @example
   * fvcore.sigmoidFocalLoss({ alpha: 0.25, reduction: "sum" }).value([2, -1, 0.5], [1, 0, 0]);   // 0.3005…
   */
  sigmoidFocalLoss: preset({
    ...facts,
    name: "fvcore.nn.sigmoid_focal_loss",
    defaults: { alpha: -1, gamma: 2, reduction: "none" },
    conventions: { ...conventions, soft: "interpolate", errors: "gradient NaN where p saturates and 0 < γ < 1; float32: loss and gradient 0 from x = 16.7 on" },
  }, ({ alpha, gamma, reduction }: Settings) => criterion(focal({ gamma, ...weighing(alpha) }), { reduction })),

  /**
   * fvcore.nn.sigmoid_focal_loss_star: the paper's FL* with β = 0, since that code has no β. Default γ = 1: cross-entropy.
   *
   * @example
   * fvcore.sigmoidFocalLossStar({ gamma: 2, reduction: "sum" }).value([1], [1]);   // 0.06346…
   */
  sigmoidFocalLossStar: preset({
    ...facts,
    name: "fvcore.nn.sigmoid_focal_loss_star",
    defaults: { alpha: -1, gamma: 1, reduction: "none" },
    conventions: { ...conventions, soft: "σ(γx(2t − 1))", errors: "the paper's β is missing" },
  }, ({ alpha, gamma, reduction }: Settings) => bySoftness(
    criterion(focalStar({ gamma, beta: 0, ...weighing(alpha) }), { reduction }),
    criterion(softStar({ gamma, ...weighing(alpha) }), { reduction }),
  )),
};
