import { criterion } from "../criterion.ts";
import type { Criterion, Reduction } from "../criterion.ts";
import { FocalError } from "../errors.ts";
import { add, log, mul, neg, pow, sigmoid, sub } from "../expr/expr.ts";
import { defineLoss } from "../losses/define.ts";
import { focal } from "../losses/focal.ts";
import { withoutFirstClass } from "./background.ts";
import { fromOneHot } from "./labels.ts";
import { preset, weighing } from "./preset.ts";
import { eachClass } from "./sides.ts";
import { atLabels, bySoftness, dividedBy } from "./view.ts";

/** For a soft target MONAI takes 1 − p_t = σ(−x(2t − 1)), beside the cross-entropy with t. */
const soft = defineLoss("monaiFocal", { gamma: { default: 2, least: 0 } }, ({ p, t, gamma }) => {
  const logP = log(p), logRest = log(sub(1, p));
  const crossEntropy = neg(add(mul(t, logP), mul(sub(1, t), logRest)));
  return mul(pow(sigmoid(mul(sub(1, mul(2, t)), sub(logP, logRest))), gamma), crossEntropy);
});

interface Settings {
  /** Whether channel 0 counts. Default true. */
  readonly includeBackground: boolean;
  /** Whether targets are a label per pixel. Default false: a target per logit. */
  readonly toOnehotY: boolean;
  /** Default 2. */
  readonly gamma: number;
  /** Sigmoid: α for positives, 1 − α for negatives. Softmax: 1 − α for class 0, α for the others. Default null: none. */
  readonly alpha: number | null;
  /** A factor on every class or one per class (those that count). Default null: none. */
  readonly weight: number | readonly number[] | null;
  /** Default "mean". */
  readonly reduction: "none" | "mean" | "sum";
  /** Default false: sigmoid. */
  readonly useSoftmax: boolean;
  readonly classes: number;
  /** Voxels of a channel: height × width × depth. Default 1. */
  readonly inner: number;
}

/** MONAI's loss. */
export const monai = {
  /**
   * monai.losses.FocalLoss: a sigmoid per channel unless `useSoftmax`; "mean" over every element, "sum" after the mean over voxels.
   *
   * @example
   * monai.focalLoss({ classes: 3, inner: 2, toOnehotY: true, useSoftmax: true }).value([1, 0, 1, 0, 1, 0], [0, 2]);   // 0.1627…
   */
  focalLoss: preset({
    library: "MONAI",
    name: "monai.losses.FocalLoss",
    reference: "https://docs.monai.io/en/stable/losses.html#focalloss",
    defaults: { includeBackground: true, toOnehotY: false, gamma: 2, alpha: null, weight: null, reduction: "mean", useSoftmax: false, inner: 1 },
    needs: ["classes"],
    also: [],
    reductions: ["none", "mean", "sum"],
    conventions: {
      scores: "logits, sigmoid per channel (or softmax)",
      targets: "one per logit, or a label per voxel; include_background=False drops channel 0 before the softmax",
      alpha: "α positives, 1 − α negatives; softmax: 1 − α class 0, α every other class; None: off",
      soft: "1 − p_t = σ(−x(2t − 1)); softmax: mixture",
      reduction: "mean of all elements; sum: mean over voxels, then sum",
      errors: "α is dropped for softmax without background, here an error (#8117); one channel left gives loss 0 under softmax, here an error (#2509)",
    },
  }, (settings: Settings): Criterion<Reduction> => {
    if (settings.includeBackground || settings.classes === 1) return counted(settings, settings.classes);
    if (settings.useSoftmax && settings.alpha !== null) throw new FocalError("argument", `alpha has no effect in MONAI with useSoftmax and includeBackground: false, got ${settings.alpha}`);
    return withoutFirstClass(counted(settings, settings.classes - 1), settings.classes, settings.inner);
  }),
};

/** The loss of the channels that count. */
function counted({ includeBackground, toOnehotY, gamma, alpha, weight, reduction, useSoftmax, inner }: Settings, classes: number): Criterion<Reduction> {
  const options = {
    classes, inner, reduction: reduction === "none" ? "none" : "sum",
    ...(weight !== null && classes > 1 && { classWeights: eachClass("weight", weight, classes) }),
  } as const;
  const ordered = (core: Criterion<Reduction>): Criterion<Reduction> =>
    reduction === "none" ? core : dividedBy(core, ({ logits }) => (reduction === "mean" ? logits.length : inner));
  if (useSoftmax) {
    const each = alpha === null ? {} : { alpha: Array.from({ length: classes }, (_, k) => (k === 0 ? 1 - alpha : alpha)) };
    const core = criterion(focal({ gamma, ...each }), { ...options, head: "softmax", ignoreIndex: -1 });
    return reduction === "none" ? fromOneHot(atLabels(core, classes, inner), classes, inner) : ordered(core);
  }
  const loss = focal({ gamma, ...weighing(alpha) });
  // A lone channel is a yes or no of its own, unless it is what is left beside the background.
  if (toOnehotY && (classes > 1 || !includeBackground)) return ordered(criterion(loss, { ...options, background: -1 }));
  return ordered(bySoftness(criterion(loss, options), criterion(soft({ gamma, ...weighing(alpha) }), options)));
}
