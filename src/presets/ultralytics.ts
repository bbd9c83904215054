import { criterion } from "../criterion.ts";
import { focal } from "../losses/focal.ts";
import { varifocal } from "../losses/varifocal.ts";
import { preset } from "./preset.ts";
import { dividedBy } from "./view.ts";

interface Settings {
  readonly gamma: number;
  readonly reduction: "sum";
  /** The size of dimension 1, over which is averaged before the sum. */
  readonly classes: number;
}
interface Focal extends Settings {
  /** Weight of positives; negatives get 1 − α. Or one per class. 0 or below: no weighting. Default 0.25. */
  readonly alpha: number | readonly number[];
}
interface Varifocal extends Settings {
  /** Weight of negatives. Default 0.75. */
  readonly alpha: number;
}

const facts = {
  library: "ultralytics",
  reference: "https://docs.ultralytics.com/reference/utils/loss/",
  needs: ["classes"],
  also: [],
  reductions: ["sum"],
} as const;
const reduction = "mean over dimension 1, then sum of the rest";

/** The losses of ultralytics (YOLOv8 and later). */
export const ultralytics = {
  /**
   * ultralytics FocalLoss: γ = 1.5, α = 0.25, rows averaged, then added up.
   *
   * @example
   * ultralytics.focalLoss({ classes: 3 }).value([2, -1, 0.5], [1, 0, 0]);   // 0.1309…
   */
  focalLoss: preset({
    ...facts,
    name: "ultralytics.utils.loss.FocalLoss",
    defaults: { gamma: 1.5, alpha: 0.25, reduction: "sum" },
    conventions: {
      scores: "logits, sigmoid per class",
      targets: "one per logit",
      alpha: "α positives, 1 − α negatives, also per class; 0 or below: off",
      soft: "interpolate",
      reduction,
      errors: "gradient NaN where p saturates and 0 < γ < 1",
    },
  }, ({ gamma, alpha, classes }: Focal) => {
    const weighted = typeof alpha !== "number" || alpha > 0;
    return dividedBy(criterion(focal({ gamma, ...(weighted && { alpha }) }), { classes, reduction: "sum" }), () => classes);
  }),

  /**
   * ultralytics VarifocalLoss: the call takes scores alone here; a target above 0 is a positive (its `label` is 1).
   *
   * @example
   * ultralytics.varifocalLoss({ classes: 2 }).value([1, -1], [0.7, 0]);   // 0.2231…
   */
  varifocalLoss: preset({
    ...facts,
    name: "ultralytics.utils.loss.VarifocalLoss",
    defaults: { gamma: 2, alpha: 0.75, reduction: "sum" },
    conventions: {
      scores: "logits, sigmoid per class",
      targets: "one quality per logit (there also a label)",
      alpha: "on negatives only; positives weigh their target",
      soft: "varifocal: t·CE where t > 0",
      reduction,
      errors: "none known",
    },
  }, ({ gamma, alpha, classes }: Varifocal) => dividedBy(criterion(varifocal({ gamma, negativeWeight: alpha }), { classes, reduction: "sum" }), () => classes)),
};
