import { criterion } from "../criterion.ts";
import type { Criterion, Reduction } from "../criterion.ts";
import { focal } from "../losses/focal.ts";
import { preset } from "./preset.ts";
import { eachClass, sides } from "./sides.ts";
import { atLabels, dividedBy } from "./view.ts";

interface Shared {
  /** Default 2. */
  readonly gamma: number;
  /** Default "none". */
  readonly reduction: "none" | "mean" | "sum";
  /** A factor per class. */
  readonly weight?: readonly number[];
  /** Targets of this value give no loss, but still count in the mean. Default −100. */
  readonly ignoreIndex: number;
  /** Pixels of a plane. Default 1. */
  readonly inner: number;
}
interface Softmax extends Shared {
  /** 1 − α weighs class 0, α every other class; null: no weighting. There is no default. */
  readonly alpha: number | null;
  readonly classes: number;
}
interface Binary extends Shared {
  /** Weight of positives; negatives get 1 − α; null: no weighting. Default 0.25. */
  readonly alpha: number | null;
  /** A factor on the positives of each class. */
  readonly posWeight?: readonly number[];
  /** Default 1. */
  readonly classes: number;
}

const facts = {
  library: "kornia",
  reference: "https://kornia.readthedocs.io/en/latest/losses.html",
  reductions: ["none", "mean", "sum"],
} as const;

/** kornia's losses, on planes (N, C, *). */
export const kornia = {
  /**
   * kornia.losses.focal_loss: softmax; 1 − α for class 0, taken as background, α for all others; the mean divides by every
   * element, other classes' and ignored pixels' included.
   *
   * @example
   * kornia.focalLoss({ alpha: 0.5, classes: 3, reduction: "mean" }).value([1, 0, -1], [0]);   // 0.0076…
   */
  focalLoss: preset({
    ...facts,
    name: "kornia.losses.focal_loss",
    defaults: { gamma: 2, reduction: "none", ignoreIndex: -100, inner: 1 },
    needs: ["alpha", "classes"],
    also: ["weight"],
    conventions: {
      scores: "logits, softmax over dimension 1",
      targets: "a label per pixel; −100 is ignored but counts in the mean",
      alpha: "1 − α class 0, α every other class; None: off; no default",
      soft: "labels only",
      reduction: "mean: sum ÷ N·C·pixels; none: every element, 0 but at the label",
      errors: "gradient NaN where p saturates and 0 < γ < 1 (#918)",
    },
  }, ({ alpha, gamma, reduction, weight, ignoreIndex, classes, inner }: Softmax) => {
    const loss = focal({ gamma, ...(alpha !== null && { alpha: Array.from({ length: classes }, (_, k) => (k === 0 ? 1 - alpha : alpha)) }) });
    const core = criterion(loss, {
      head: "softmax", classes, inner, ignoreIndex, reduction: reduction === "none" ? "none" : "sum", ...(weight && { classWeights: eachClass("weight", weight, classes) }),
    });
    if (reduction === "none") return atLabels(core, classes, inner);
    return reduction === "mean" ? dividedBy(core, ({ logits }) => logits.length) : core;
  }),

  /**
   * kornia.losses.binary_focal_loss_with_logits: one target per logit, soft ones as a mixture; the mean divides by every
   * element, ignored ones included.
   *
   * @example
   * kornia.binaryFocalLossWithLogits({ alpha: null }).value([1], [0.7]);   // Float64Array [ 0.2264… ]
   */
  binaryFocalLossWithLogits: preset({
    ...facts,
    name: "kornia.losses.binary_focal_loss_with_logits",
    defaults: { alpha: 0.25, gamma: 2, reduction: "none", ignoreIndex: -100, classes: 1, inner: 1 },
    needs: [],
    also: ["posWeight", "weight"],
    conventions: {
      scores: "logits, sigmoid",
      targets: "one per logit; −100 is ignored but counts in the mean",
      alpha: "α positives, 1 − α negatives; None: off",
      soft: "mixture",
      reduction: "mean or sum of all elements",
      errors: "gradient NaN where e^−|x| underflows and 0 < γ < 1 (#918)",
    },
  }, ({ alpha, gamma, reduction, posWeight, weight, ignoreIndex, classes, inner }: Binary) => {
    const options = { classes, inner, ignoreIndex, soft: "mixture", reduction: reduction === "none" ? "none" : "sum" } as const;
    const core = weight || posWeight ? weighted() : criterion(focal({ gamma, ...(alpha !== null && { alpha }) }), options);
    return reduction === "mean" ? dividedBy(core, ({ logits }) => logits.length) : core;

    function weighted(): Criterion<Reduction> {
      const each = eachClass("weight", weight, classes), yes = eachClass("posWeight", posWeight, classes);
      const both = sides(each.map((w, k) => w * yes[k]! * (alpha ?? 1)), each.map((w) => w * (1 - (alpha ?? 0))));
      return criterion(focal({ gamma, alpha: both.alpha }), { ...options, classWeights: both.classWeights });
    }
  }),
};
