import { criterion } from "../criterion.ts";
import type { Criterion, Reduction } from "../criterion.ts";
import { FocalError } from "../errors.ts";
import { add, div, exp, log, mul, neg, pow, select, sub } from "../expr/expr.ts";
import { defineLoss } from "../losses/define.ts";
import { focal } from "../losses/focal.ts";
import { normalizedFocal } from "../losses/normalizedFocal.ts";
import { reducedFocal } from "../losses/reducedFocal.ts";
import { preset, weighing } from "./preset.ts";
import { bySoftness, byRow, scaled } from "./view.ts";

/** For a soft target smp takes p_t = exp(−cross-entropy), which no label gives. A threshold of 0 means none. */
const soft = defineLoss("smpFocal", { gamma: { default: 2, least: 0 }, threshold: { default: 0, least: 0, most: 1 } }, ({ p, t, gamma, threshold }) => {
  const crossEntropy = neg(add(mul(t, log(p)), mul(sub(1, t), log(sub(1, p))))), pt = exp(neg(crossEntropy));
  const full = pow(sub(1, pt), gamma);
  const reduced = select(sub(pt, threshold), pow(div(sub(1, pt), threshold), gamma), 1);
  return mul(select(neg(threshold), full, reduced), crossEntropy);
});

const modes: readonly unknown[] = ["binary", "multilabel", "multiclass"];

interface Settings {
  readonly mode: "binary" | "multilabel" | "multiclass";
  /** Weight of positives; negatives get 1 − α. Default null: no weighting. */
  readonly alpha: number | null;
  /** Default 2. */
  readonly gamma: number;
  /** Targets of this value are left out, of the mean too. Default null: none. */
  readonly ignoreIndex: number | null;
  /** Default "mean". */
  readonly reduction: "mean" | "sum" | "none";
  /** Divide by Σ (1 − p_t)^γ, and by the number of elements on top for "mean". Not in multiclass mode here. Default false. */
  readonly normalized: boolean;
  /** The threshold of reduced focal loss. Default null: focal loss. */
  readonly reducedThreshold: number | null;
  /** Channels of multiclass mode. */
  readonly classes?: number;
  /** Pixels of a plane, for (N, C, H, W). Default 1. */
  readonly inner: number;
}

/** segmentation_models_pytorch's loss. */
export const segmentationModelsPytorch = {
  /**
   * smp.losses.FocalLoss: no α unless given. Its multiclass mode is a sigmoid per class, not softmax: the sum over classes of each
   * class's mean over pixels.
   *
   * @example
   * segmentationModelsPytorch.focalLoss({ mode: "multiclass", classes: 3 }).value([1, 0, -1, 0, 1, 2], [2, 1]);   // 1.7115…
   */
  focalLoss: preset({
    library: "segmentation_models_pytorch",
    name: "segmentation_models_pytorch.losses.FocalLoss",
    reference: "https://smp.readthedocs.io/en/latest/losses.html#focalloss",
    defaults: { alpha: null, gamma: 2, ignoreIndex: null, reduction: "mean", normalized: false, reducedThreshold: null, inner: 1 },
    needs: ["mode"],
    also: ["classes"],
    reductions: ["mean", "sum", "none"],
    conventions: {
      scores: "logits, sigmoid per class in every mode (#671)",
      targets: "binary, multilabel: one per logit; multiclass: a label per pixel; ignore_index is left out",
      alpha: "α positives, 1 − α negatives; None: off",
      soft: "p_t = exp(−cross-entropy)",
      reduction: "mean over kept elements; multiclass: over kept pixels, then sum over classes",
      errors: "gradient NaN where p saturates and 0 < γ < 1; reduced loss jumps unless the threshold is ½",
    },
  }, (settings: Settings): Criterion<Reduction> => {
    const { mode, alpha, gamma, ignoreIndex, reduction, normalized, reducedThreshold, classes, inner } = settings;
    if (!modes.includes(mode)) throw new FocalError("argument", `mode must be ${modes.map((m) => `"${m}"`).join(", ")}, got ${JSON.stringify(mode)}`);
    if (normalized) return normalizedLoss(settings);
    const weighted = { gamma, ...weighing(alpha) };
    const loss = reducedThreshold === null ? focal(weighted) : reducedFocal({ ...weighted, threshold: reducedThreshold });
    const options = { inner, reduction, ...(ignoreIndex !== null && { ignoreIndex }), ...(classes !== undefined && { classes }) };
    if (mode !== "multiclass") return bySoftness(criterion(loss, options), criterion(soft({ ...weighted, threshold: reducedThreshold ?? 0 }), options));
    if (classes === undefined || classes < 2) throw new FocalError("argument", `classes must be a whole number ≥ 2 in multiclass mode, got ${String(classes)}`);
    const core = criterion(loss, options);
    if (reduction === "none") return byRow(core, "sum", classes, inner);
    // The mean over pixels and classes, times the classes: each class's mean, added up.
    return reduction === "mean" ? scaled(core, () => classes) : core;
  }),
};

/** smp divides the elements by the sum of their factors first, and for "mean" by their number on top. */
function normalizedLoss({ mode, alpha, gamma, ignoreIndex, reduction, reducedThreshold }: Settings): Criterion<Reduction> {
  const clash = mode === "multiclass" ? `mode "multiclass"` : reduction === "none" ? `reduction "none"` : reducedThreshold !== null ? "reducedThreshold" : undefined;
  if (clash !== undefined) throw new FocalError("argument", `normalized goes with mode "binary" or "multilabel" and reduction "mean" or "sum" here, not with ${clash}`);
  const core = criterion(normalizedFocal({ gamma, ...weighing(alpha) }), ignoreIndex === null ? {} : { ignoreIndex });
  if (reduction === "sum") return core;
  return scaled(core, ({ targets }) => 1 / Math.max(1, Array.from(targets).filter((t) => t !== ignoreIndex).length));
}
