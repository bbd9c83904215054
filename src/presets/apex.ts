import { criterion } from "../criterion.ts";
import { FocalError } from "../errors.ts";
import { add, log, mul, neg, pow, sub } from "../expr/expr.ts";
import { defineLoss } from "../losses/define.ts";
import { focal } from "../losses/focal.ts";
import { preset } from "./preset.ts";
import { view } from "./view.ts";

/** apex smooths the cross-entropy alone: α_t and (1 − p_t)^γ stay those of the label. */
const smoothed = defineLoss(
  "apexFocal",
  { gamma: { default: 2, least: 0 }, smoothing: { default: 0, least: 0, most: 1 } },
  ({ pt, alphaT, gamma, smoothing }) => {
    const half = mul(0.5, smoothing);
    return neg(mul(alphaT, pow(sub(1, pt), gamma), add(mul(sub(1, half), log(pt)), mul(half, log(sub(1, pt))))));
  },
  { reference: "https://github.com/NVIDIA/apex/tree/master/apex/contrib/focal_loss" },
);

interface Settings {
  /** Columns of the scores. */
  readonly classes: number;
  /** Columns that count, the first ones; the others pad. Default: all. */
  readonly numRealClasses?: number;
  readonly alpha: number;
  readonly gamma: number;
  /** Default 0. */
  readonly labelSmoothing: number;
  readonly reduction: "sum";
}

/** NVIDIA apex's fused kernel. */
export const apex = {
  /**
   * apex.contrib.focal_loss.focal_loss: the sum ÷ `normalizer` (its num_positive_sum), which every call must give.
   *
   * @example
   * apex.focalLoss({ classes: 2, alpha: 0.25, gamma: 2 }).value([2, -1, 0, 1], [0, -1], { normalizer: 1 });   // 0.6738…
   */
  focalLoss: preset({
    library: "apex",
    name: "apex.contrib.focal_loss.focal_loss",
    reference: "https://github.com/NVIDIA/apex/tree/master/apex/contrib/focal_loss",
    defaults: { labelSmoothing: 0, reduction: "sum" },
    needs: ["classes", "alpha", "gamma"],
    also: ["numRealClasses"],
    reductions: ["sum"],
    conventions: {
      scores: "logits, sigmoid per class",
      targets: "a label per row; −1 is background, −2 is left out, columns from num_real_classes on are padding",
      alpha: "α positives, 1 − α negatives",
      soft: "labels only; smoothing t(1 − s) + s/2 in the cross-entropy alone",
      reduction: "sum ÷ num_positive_sum",
      errors: "float32: factor 0 from x ≈ 17 on",
    },
  }, ({ classes, numRealClasses = classes, alpha, gamma, labelSmoothing }: Settings) => {
    const loss = labelSmoothing === 0 ? focal({ gamma, alpha }) : smoothed({ gamma, alpha, smoothing: labelSmoothing });
    const core = criterion(loss, {
      classes, background: -1, ignoreIndex: -2, reduction: "sum",
      ...(numRealClasses < classes && { classWeights: Array.from({ length: classes }, (_, k) => (k < numRealClasses ? 1 : 0)) }),
    });
    return view(core, (run) => {
      if (run.call.normalizer === undefined) throw new FocalError("argument", "apex divides by num_positive_sum: give each call a normalizer");
      return run;
    });
  }),
};
