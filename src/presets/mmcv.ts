import { criterion } from "../criterion.ts";
import { focal } from "../losses/focal.ts";
import { weighedByLabel } from "./labels.ts";
import { preset } from "./preset.ts";
import { dividedBy } from "./view.ts";

interface Settings {
  /** Default 2. */
  readonly gamma: number;
  /** Default 0.25. Sigmoid: weight of positives, negatives get 1 − α. Softmax: a factor on every class. */
  readonly alpha: number;
  /** A factor for each row, looked up by its label. */
  readonly weight?: readonly number[];
  /** Default "mean": the sum ÷ rows. */
  readonly reduction: "none" | "mean" | "sum";
  readonly classes: number;
}

const facts = {
  library: "mmcv",
  reference: "https://mmcv.readthedocs.io/en/latest/api/generated/mmcv.ops.SigmoidFocalLoss.html",
  defaults: { gamma: 2, alpha: 0.25, reduction: "mean" },
  needs: ["classes"],
  also: ["weight"],
  reductions: ["none", "mean", "sum"],
} as const;

/** mmcv's fused operators. */
export const mmcv = {
  /**
   * mmcv.ops.sigmoid_focal_loss: one label per row against every class; the mean divides by rows, not by elements.
   *
   * @example
   * mmcv.sigmoidFocalLoss({ classes: 3 }).value([1, 0, -1, 0, 1, 2], [2, 1]);   // 1.1025…
   */
  sigmoidFocalLoss: preset({
    ...facts,
    name: "mmcv.ops.sigmoid_focal_loss",
    conventions: {
      scores: "logits, sigmoid per class",
      targets: "a label per row; the label `classes` is background",
      alpha: "α positives, 1 − α negatives",
      soft: "labels only",
      reduction: "mean: sum ÷ rows; none: every element",
      errors: "log p floored at −87.3; float16 NaN (#1488); weight[background] reads past the end; other labels pass as background, here they are errors",
    },
  }, ({ gamma, alpha, weight, reduction, classes }: Settings) => {
    const core = criterion(focal({ gamma, alpha }), { classes, background: classes, reduction: reduction === "none" ? "none" : "sum" });
    const weighted = weight === undefined ? core : weighedByLabel(core, weight, classes);
    return reduction === "mean" ? dividedBy(weighted, ({ targets }) => targets.length) : weighted;
  }),

  /**
   * mmcv.ops.softmax_focal_loss: α is a factor on every class, not α and 1 − α; a label of −1 gives no loss but counts in the mean.
   *
   * @example
   * mmcv.softmaxFocalLoss({ classes: 2 }).value([1, 0, 0, 1], [0, 1]);   // 0.00566…
   */
  softmaxFocalLoss: preset({
    ...facts,
    name: "mmcv.ops.softmax_focal_loss",
    conventions: {
      scores: "logits, softmax",
      targets: "a label per row; −1 gives no loss but counts in the mean",
      alpha: "the same factor on every class",
      soft: "labels only",
      reduction: "mean: sum ÷ rows; none: one per row",
      errors: "log p floored at −87.3; float16 NaN (#1488); at label −1 it reads before the row",
    },
  }, ({ gamma, alpha, weight, reduction, classes }: Settings) => {
    const core = criterion(focal({ gamma, alpha: { uniform: alpha } }), {
      head: "softmax", classes, ignoreIndex: -1, reduction: reduction === "none" ? "none" : "sum", ...(weight && { classWeights: weight }),
    });
    return reduction === "mean" ? dividedBy(core, ({ targets }) => targets.length) : core;
  }),
};
