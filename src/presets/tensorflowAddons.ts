import { criterion } from "../criterion.ts";
import { focal } from "../losses/focal.ts";
import { preset, weighing } from "./preset.ts";
import { byRow, dividedBy } from "./view.ts";

interface Settings {
  /** Whether scores are logits. Default false: probabilities. */
  readonly fromLogits: boolean;
  /** Weight of positives; negatives get 1 − α. 0 means no weighting, as there. Default 0.25. */
  readonly alpha: number;
  /** Default 2. */
  readonly gamma: number;
  /** Default "none": one loss per row. */
  readonly reduction: "none" | "sum" | "sum_over_batch_size";
  /** The length of the last axis, which is added up. Default 1. */
  readonly classes: number;
}

/** tensorflow_addons' call. */
export const tensorflowAddons = {
  /**
   * tfa.losses.SigmoidFocalCrossEntropy: probabilities unless told otherwise, α = 0.25, the sum of each row.
   *
   * @example
   * tensorflowAddons.sigmoidFocalCrossEntropy().value([0.91], [1]);   // Float64Array [ 0.0001909… ]
   */
  sigmoidFocalCrossEntropy: preset({
    library: "tensorflow_addons",
    name: "tfa.losses.SigmoidFocalCrossEntropy",
    reference: "https://www.tensorflow.org/addons/api_docs/python/tfa/losses/SigmoidFocalCrossEntropy",
    defaults: { fromLogits: false, alpha: 0.25, gamma: 2, reduction: "none", classes: 1 },
    needs: [],
    also: [],
    reductions: ["none", "sum", "sum_over_batch_size"],
    conventions: {
      scores: "probabilities (or logits), sigmoid",
      targets: "one per score",
      alpha: "α positives, 1 − α negatives; 0: off",
      soft: "interpolate",
      reduction: "sum of each row, then nothing, sum or mean over rows; weights per row",
      errors: "p clipped to [1e-7, 1 − 1e-7]: loss saturates; 1 − p_t can fall below 0, complex for broken γ (PR #2697)",
    },
  }, ({ fromLogits, alpha, gamma, reduction, classes }: Settings) => {
    const core = criterion(focal({ gamma, ...weighing(alpha === 0 ? null : alpha) }), {
      classes, from: fromLogits ? "logits" : "probabilities", reduction: reduction === "none" ? "none" : "sum",
    });
    if (reduction === "none") return byRow(core, "sum", classes);
    return dividedBy(core, ({ logits }) => (reduction === "sum" ? 1 : logits.length / classes));
  }),
};
