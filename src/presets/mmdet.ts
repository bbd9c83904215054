import { criterion } from "../criterion.ts";
import type { Criterion, Reduction } from "../criterion.ts";
import { FocalError } from "../errors.ts";
import { distributionFocal } from "../losses/distributionFocal.ts";
import { focal } from "../losses/focal.ts";
import { gaussianFocal } from "../losses/gaussianFocal.ts";
import { qualityFocal } from "../losses/qualityFocal.ts";
import { varifocal } from "../losses/varifocal.ts";
import { preset } from "./preset.ts";
import { byRow, scaled, view, without } from "./view.ts";
import type { Run } from "./view.ts";

type MmdetReduction = "none" | "mean" | "sum";

interface Shared {
  /** Default "mean": the sum ÷ number of losses, or ÷ `normalizer` (mmdet's avg_factor) where the call gives one. */
  readonly reduction: MmdetReduction;
  /** A factor on the answer. Default 1. */
  readonly lossWeight: number;
}
interface Classes { readonly classes: number }
interface Activated {
  /** Whether scores are probabilities. Default false: logits. */
  readonly activated: boolean;
}
interface Gamma { readonly gamma: number; readonly alpha: number }

const facts = { library: "mmdet", reductions: ["none", "mean", "sum"] } as const;
const reference = (name: string): string => `https://mmdetection.readthedocs.io/en/latest/api.html#mmdet.models.losses.${name}`;
const coreReduction = (reduction: MmdetReduction): Reduction => (reduction === "none" ? "none" : "sum");
const from = (activated: boolean): "probabilities" | "logits" => (activated ? "probabilities" : "logits");

/** mmdet's order: mean ÷ avg_factor, or ÷ the number of losses; avg_factor does nothing for "none" and forbids "sum". */
function averaged(core: Criterion<Reduction>, { reduction, lossWeight }: Shared, losses: (run: Run) => number): Criterion<Reduction> {
  const divided = view(core, (run) => {
    const { normalizer } = run.call;
    if (reduction === "sum" && normalizer !== undefined) throw new FocalError("argument", `avg_factor (normalizer) can not be used with reduction "sum"`);
    return { ...run, call: reduction === "mean" ? { ...run.call, normalizer: normalizer ?? losses(run) } : without(run.call, "normalizer") };
  });
  return lossWeight === 1 ? divided : scaled(divided, () => lossWeight);
}

/** The losses of mmdetection 3. avg_factor is the call's option `normalizer`, `weight` its option `weights`. */
export const mmdet = {
  /**
   * mmdet FocalLoss: a label per anchor, `classes` for background; without avg_factor the mean divides by anchors × classes.
   *
   * @example
   * mmdet.focalLoss({ classes: 1 }).value([-1, 1], [0, 0]);   // 0.0905… (two positives)
   */
  focalLoss: preset({
    ...facts,
    name: "mmdet.models.losses.FocalLoss",
    reference: reference("FocalLoss"),
    defaults: { gamma: 2, alpha: 0.25, reduction: "mean", lossWeight: 1, activated: false },
    needs: ["classes"],
    also: [],
    conventions: {
      scores: "logits (or probabilities), sigmoid per class",
      targets: "a label per row; the label `classes` is background; with several classes also one target per logit",
      alpha: "α positives, 1 − α negatives",
      soft: "interpolate",
      reduction: "mean: sum ÷ avg_factor, else ÷ rows × classes; weights per row or per element",
      errors: "as mmcv's; avg_factor + 1.2e-7",
    },
  }, (settings: Gamma & Shared & Activated & Classes) => {
    const { gamma, alpha, reduction, activated, classes } = settings;
    const core = criterion(focal({ gamma, alpha }), { classes, background: classes, from: from(activated), reduction: coreReduction(reduction) });
    return averaged(core, settings, ({ logits }) => logits.length);
  }),

  /**
   * mmdet QualityFocalLoss: the target of a positive is its IoU, at its class; rows are added up before they are averaged.
   *
   * @example
   * mmdet.qualityFocalLoss({ classes: 1 }).value([1], [0.7]);   // 0.000591…
   */
  qualityFocalLoss: preset({
    ...facts,
    name: "mmdet.models.losses.QualityFocalLoss",
    reference: reference("QualityFocalLoss"),
    defaults: { beta: 2, reduction: "mean", lossWeight: 1, activated: false },
    needs: ["classes"],
    also: [],
    conventions: {
      scores: "logits (or probabilities), sigmoid per class",
      targets: "one quality per logit, 0 but at the label's class (there also a pair of label and quality)",
      alpha: "none",
      soft: "quality",
      reduction: "sum of each row; mean: ÷ avg_factor, else ÷ rows; weights per row",
      errors: "none known",
    },
  }, (settings: { readonly beta: number } & Shared & Activated & Classes) => {
    const { beta, reduction, activated, classes } = settings;
    const core = criterion(qualityFocal({ beta }), { classes, from: from(activated), reduction: coreReduction(reduction) });
    return averaged(reduction === "none" ? byRow(core, "sum", classes) : core, settings, ({ logits }) => logits.length / classes);
  }),

  /**
   * mmdet VarifocalLoss (iou_weighted): `alpha` weighs negatives alone; positives weigh their IoU.
   *
   * @example
   * mmdet.varifocalLoss({ classes: 2 }).value([1, -1], [0.7, 0]);   // 0.2231…
   */
  varifocalLoss: preset({
    ...facts,
    name: "mmdet.models.losses.VarifocalLoss",
    reference: reference("VarifocalLoss"),
    defaults: { alpha: 0.75, gamma: 2, reduction: "mean", lossWeight: 1 },
    needs: ["classes"],
    also: [],
    conventions: {
      scores: "logits, sigmoid per class",
      targets: "one quality per logit, 0 for negatives",
      alpha: "on negatives only; positives weigh their target",
      soft: "varifocal: t·CE where t > 0",
      reduction: "mean: sum ÷ avg_factor, else ÷ rows × classes; weights per row or per element",
      errors: "none known",
    },
  }, (settings: Gamma & Shared & Classes) => {
    const { alpha, gamma, reduction, classes } = settings;
    const core = criterion(varifocal({ gamma, negativeWeight: alpha }), { classes, reduction: coreReduction(reduction) });
    return averaged(core, settings, ({ logits }) => logits.length);
  }),

  /**
   * mmdet GaussianFocalLoss of heat maps: probabilities; `alpha` and `gamma` are powers, of the prediction and of 1 − target.
   *
   * @example
   * mmdet.gaussianFocalLoss().value([0.8, 0.3], [1, 0.5]);   // 0.0054…
   */
  gaussianFocalLoss: preset({
    ...facts,
    name: "mmdet.models.losses.GaussianFocalLoss",
    reference: reference("GaussianFocalLoss"),
    defaults: { alpha: 2, gamma: 4, reduction: "mean", lossWeight: 1 },
    needs: [],
    also: [],
    conventions: {
      scores: "probabilities",
      targets: "a heat map: 1 at centres, less around them",
      alpha: "none: `alpha` is the power of the prediction, `gamma` that of 1 − target",
      soft: "Gaussian: (1 − t)^γ on negatives",
      reduction: "mean: sum ÷ avg_factor, else ÷ all elements",
      errors: "p + 1e-12 in the logarithm",
    },
  }, (settings: Gamma & Shared) => {
    const { alpha, gamma, reduction } = settings;
    const core = criterion(gaussianFocal({ gamma: alpha, beta: gamma }), { from: "probabilities", reduction: coreReduction(reduction) });
    return averaged(core, settings, ({ logits }) => logits.length);
  }),

  /**
   * mmdet DistributionFocalLoss: a box edge as a distribution over whole distances; the target stands between two of them.
   *
   * @example
   * mmdet.distributionFocalLoss({ classes: 3 }).value([0, 1, 0], [0.5]);   // 1.0514…
   */
  distributionFocalLoss: preset({
    ...facts,
    name: "mmdet.models.losses.DistributionFocalLoss",
    reference: reference("DistributionFocalLoss"),
    defaults: { reduction: "mean", lossWeight: 1 },
    needs: ["classes"],
    also: [],
    conventions: {
      scores: "logits, softmax",
      targets: "a real distance per row, in [0, classes − 1)",
      alpha: "none",
      soft: "between the two whole distances beside it",
      reduction: "mean: sum ÷ avg_factor, else ÷ rows; weights per row",
      errors: "fails at the last distance itself",
    },
  }, (settings: Shared & Classes) => {
    const core = criterion(distributionFocal(), { head: "softmax", classes: settings.classes, reduction: coreReduction(settings.reduction) });
    return averaged(core, settings, ({ targets }) => targets.length);
  }),
};
