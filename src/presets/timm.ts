import { criterion } from "../criterion.ts";
import { add, log, max, min, mul, neg, pow, sub } from "../expr/expr.ts";
import { asymmetric, asymmetricSingleLabel } from "../losses/asymmetric.ts";
import { defineLoss } from "../losses/define.ts";
import { preset } from "./preset.ts";
import { eachClass, sides } from "./sides.ts";
import { bySoftness, dividedBy } from "./view.ts";

/** timm interpolates p_t and the power it is raised to, where the paper mixes the two sides' losses. */
const between = defineLoss(
  "timmAsymmetric",
  { gammaPos: { default: 1, least: 0 }, gammaNeg: { default: 4, least: 0 }, shift: { default: 0.05, least: 0 }, posWeight: { default: 1, least: 0 } },
  ({ p, t, gammaPos, gammaNeg, shift, posWeight }) => {
    const s = sub(1, t), shifted = max(sub(p, shift), 0);
    const crossEntropy = neg(add(mul(posWeight, t, log(p)), mul(s, log(min(add(sub(1, p), shift), 1)))));
    return mul(pow(add(mul(t, sub(1, p)), mul(s, shifted)), add(mul(gammaPos, t), mul(gammaNeg, s))), crossEntropy);
  },
  { reference: "https://arxiv.org/abs/2009.14119" },
);

interface MultiLabel {
  /** Default 4. */
  readonly gammaNeg: number;
  /** Default 1. */
  readonly gammaPos: number;
  /** Probability that negatives are forgiven. Default 0.05; 0 or null: none. */
  readonly clip: number | null;
  /** Draws targets towards ½. Default 0. */
  readonly smoothing: number;
  /** Default "batchmean": the sum ÷ rows. Older versions of timm always return the sum. */
  readonly reduction: "batchmean" | "sum" | "mean" | "none";
  /** A factor per class. */
  readonly weight?: readonly number[];
  /** A factor on positives, one or one per class. */
  readonly posWeight?: number | readonly number[];
  readonly classes: number;
}

interface SingleLabel {
  /** Default 1 (the paper's own code: 0). */
  readonly gammaPos: number;
  /** Default 4. */
  readonly gammaNeg: number;
  /** Label smoothing. Default 0.1. */
  readonly eps: number;
  /** Default "mean". */
  readonly reduction: "mean" | "none";
  readonly classes: number;
}

const facts = { library: "timm", reference: "https://github.com/huggingface/pytorch-image-models/blob/main/timm/loss/asymmetric_loss.py" } as const;

/** timm's asymmetric losses. */
export const timm = {
  /**
   * timm.loss.AsymmetricLossMultiLabel: γ+ = 1, γ− = 4, clip 0.05, the sum ÷ rows.
   *
   * @example
   * timm.asymmetricLossMultiLabel({ classes: 3 }).value([5, -5, 0, 5, -5, 0], [1, 0, 1, 0, 1, 0]);   // 3.8084…
   */
  asymmetricLossMultiLabel: preset({
    ...facts,
    name: "timm.loss.AsymmetricLossMultiLabel",
    defaults: { gammaNeg: 4, gammaPos: 1, clip: 0.05, smoothing: 0, reduction: "batchmean" },
    needs: ["classes"],
    also: ["weight", "posWeight"],
    reductions: ["batchmean", "sum", "mean", "none"],
    conventions: {
      scores: "logits, sigmoid per class",
      targets: "one per logit",
      alpha: "none; weight per class, pos_weight on positives",
      soft: "p_t and its power interpolated; smoothing t(1 − s) + s/2",
      reduction: "batchmean: sum ÷ rows; mean of all; older versions: the sum alone",
      errors: "p clamped at 1e-8: gradient 0 beyond; float16 NaN (ASL #53)",
    },
  }, ({ gammaNeg, gammaPos, clip, smoothing, reduction, weight, posWeight = 1, classes }: MultiLabel) => {
    const shift = clip ?? 0, each = eachClass("weight", weight, classes), yes = eachClass("posWeight", posWeight, classes);
    const { alpha, classWeights } = sides(each.map((w, k) => w * yes[k]!), each);
    const options = { classes, reduction: reduction === "none" ? "none" : "sum" } as const;
    const core = bySoftness(
      criterion(asymmetric({ gammaNeg, gammaPos, shift, alpha }), { ...options, classWeights }),
      criterion(between({ gammaNeg, gammaPos, shift, posWeight }), { ...options, classWeights: each, smoothing }),
      smoothing > 0,
    );
    if (reduction === "none" || reduction === "sum") return core;
    return dividedBy(core, ({ logits }) => (reduction === "mean" ? logits.length : logits.length / classes));
  }),

  /**
   * timm.loss.AsymmetricLossSingleLabel: softmax, γ+ = 1, γ− = 4; the other classes count through label smoothing.
   *
   * @example
   * timm.asymmetricLossSingleLabel({ classes: 3 }).value([2, 0, -1], [0]);   // 0.02477…
   */
  asymmetricLossSingleLabel: preset({
    ...facts,
    name: "timm.loss.AsymmetricLossSingleLabel",
    defaults: { gammaPos: 1, gammaNeg: 4, eps: 0.1, reduction: "mean" },
    needs: ["classes"],
    also: [],
    reductions: ["mean", "none"],
    conventions: {
      scores: "logits, softmax",
      targets: "a label per row",
      alpha: "none",
      soft: "labels only; smoothing (1 − s)·one-hot + s/classes, the powers stay the label's",
      reduction: "sum over classes, then mean over rows",
      errors: "gradient NaN where p saturates and 0 < γ < 1",
    },
  }, ({ gammaPos, gammaNeg, eps, reduction, classes }: SingleLabel) =>
    criterion(asymmetricSingleLabel({ gammaPos, gammaNeg }), { head: "softmax", classes, smoothing: eps, reduction })),
};
