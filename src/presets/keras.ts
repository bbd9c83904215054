import { criterion } from "../criterion.ts";
import type { Criterion, Reduction } from "../criterion.ts";
import type { NumberArray } from "../heads/job.ts";
import { focal } from "../losses/focal.ts";
import type { Alpha } from "../losses/loss.ts";
import { preset } from "./preset.ts";
import { byRow, dividedBy } from "./view.ts";
import type { Run } from "./view.ts";

type KerasReduction = "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none";

interface Shared {
  /** Default 2. */
  readonly gamma: number;
  /** Whether scores are logits. Default false: probabilities. */
  readonly fromLogits: boolean;
  /** Draws targets together: by half of this towards ½, or by this towards 1/classes. Default 0. */
  readonly labelSmoothing: number;
  /** Default "sum_over_batch_size": the mean over rows. */
  readonly reduction: KerasReduction;
}

interface Binary extends Shared {
  /** Whether α counts at all. Default false. */
  readonly applyClassBalancing: boolean;
  /** Weight of positives; negatives get 1 − α. Default 0.25. */
  readonly alpha: number;
  /** The length of the last axis, which is averaged. Default 1. */
  readonly classes: number;
}

interface Categorical extends Shared {
  /** A factor on every class, or one per class. Default 0.25. */
  readonly alpha: number | readonly number[];
  readonly classes: number;
}

const facts = {
  library: "Keras",
  reductions: ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"],
} as const;
const order = "then mean over rows, sum, or Σ w·loss ÷ Σ w; weights per row";

const sum = (values: NumberArray | undefined, rows: number): number => (values ? Array.from(values).reduce((a, b) => a + b, 0) : rows);

/** What Keras divides the sum of the rows' losses by. */
function divisor(reduction: KerasReduction, rows: number, { call }: Run): number {
  if (reduction === "sum") return 1;
  return reduction === "mean_with_sample_weight" ? sum(call.weights, rows) || 1 : rows;
}

const coreReduction = (reduction: KerasReduction): Reduction => (reduction === "none" ? "none" : "sum");

/** The calls of Keras 3 (and of TensorFlow 2.9 on). `sample_weight` is the call's option `weights`, one per row. */
export const keras = {
  /**
   * keras.losses.BinaryFocalCrossentropy: probabilities unless told otherwise, α only if `applyClassBalancing`, rows
   * averaged first.
   *
   * @example
   * keras.binaryFocalCrossentropy({ fromLogits: true }).value([-18.6, 0.51, 2.94, -12.8], [0, 1, 0, 0]);   // 0.6912…
   */
  binaryFocalCrossentropy: preset({
    ...facts,
    name: "keras.losses.BinaryFocalCrossentropy",
    reference: "https://keras.io/api/losses/probabilistic_losses/#binaryfocalcrossentropy-class",
    defaults: { applyClassBalancing: false, alpha: 0.25, gamma: 2, fromLogits: false, labelSmoothing: 0, reduction: "sum_over_batch_size", classes: 1 },
    needs: [],
    also: [],
    conventions: {
      scores: "probabilities (or logits), sigmoid",
      targets: "one per score",
      alpha: "α positives, 1 − α negatives, only with apply_class_balancing (tensorflow #61519)",
      soft: "interpolate; smoothing t(1 − s) + s/2",
      reduction: `mean of each row, ${order}`,
      errors: "p clipped to [1e-7, 1 − 1e-7], logits too: loss saturates at 16.1, next to no gradient beyond |x| = 16",
    },
  }, ({ applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, reduction, classes }: Binary) => {
    const core: Criterion<Reduction> = criterion(focal({ gamma, ...(applyClassBalancing && { alpha }) }), {
      classes, from: fromLogits ? "logits" : "probabilities", smoothing: labelSmoothing, reduction: coreReduction(reduction),
    });
    if (reduction === "none") return byRow(core, "mean", classes);
    return dividedBy(core, (run) => classes * divisor(reduction, run.logits.length / classes, run));
  }),

  /**
   * keras.losses.CategoricalFocalCrossentropy: one-hot rows, probabilities unless told otherwise; a single α is a factor
   * on every class.
   *
   * @example
   * keras.categoricalFocalCrossentropy({ classes: 3 }).value([0.05, 0.95, 0, 0.1, 0.8, 0.1], [0, 1, 0, 0, 0, 1]);   // 0.2331…
   */
  categoricalFocalCrossentropy: preset({
    ...facts,
    name: "keras.losses.CategoricalFocalCrossentropy",
    reference: "https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class",
    defaults: { alpha: 0.25, gamma: 2, fromLogits: false, labelSmoothing: 0, reduction: "sum_over_batch_size" },
    needs: ["classes"],
    also: [],
    conventions: {
      scores: "probabilities (or logits), softmax; rows are normalised",
      targets: "one-hot rows (here also labels)",
      alpha: "the same factor on every class, or one per class",
      soft: "mixture over classes; smoothing (1 − s)·one-hot + s/classes",
      reduction: `sum over classes, ${order}`,
      errors: "p clipped to [1e-7, 1 − 1e-7]: loss saturates at α·16.1",
    },
  }, ({ alpha, gamma, fromLogits, labelSmoothing, reduction, classes }: Categorical) => {
    const weights: Alpha = typeof alpha === "number" ? { uniform: alpha } : alpha;
    const core = criterion(focal({ gamma, alpha: weights }), {
      head: "softmax", classes, from: fromLogits ? "logits" : "probabilities", smoothing: labelSmoothing, reduction: coreReduction(reduction),
    });
    return reduction === "none" ? core : dividedBy(core, (run) => divisor(reduction, run.logits.length / classes, run));
  }),
};
