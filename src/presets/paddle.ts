import { criterion } from "../criterion.ts";
import { describe, FocalError } from "../errors.ts";
import { focal } from "../losses/focal.ts";
import { preset } from "./preset.ts";
import { scaled, view, without } from "./view.ts";

interface Settings {
  /** Weight of positives; negatives get 1 − α. Default 0.25. */
  readonly alpha: number;
  /** Default 2. */
  readonly gamma: number;
  /** Default "sum". */
  readonly reduction: "none" | "mean" | "sum";
}

/** Paddle's call. */
export const paddle = {
  /**
   * paddle.nn.functional.sigmoid_focal_loss: α = 0.25, the sum. Its `normalizer` is the call's option of that name;
   * it divides every element before the mean or sum is taken.
   *
   * @example
   * paddle.sigmoidFocalLoss().value([0.97, 0.91, 0.03], [1, 0, 0], { normalizer: 2 });   // 0.3094…
   */
  sigmoidFocalLoss: preset({
    library: "Paddle",
    name: "paddle.nn.functional.sigmoid_focal_loss",
    reference: "https://www.paddlepaddle.org.cn/documentation/docs/en/api/paddle/nn/functional/sigmoid_focal_loss_en.html",
    defaults: { alpha: 0.25, gamma: 2, reduction: "sum" },
    needs: [],
    also: [],
    reductions: ["none", "mean", "sum"],
    conventions: {
      scores: "logits, sigmoid",
      targets: "one per logit",
      alpha: "α positives, 1 − α negatives",
      soft: "interpolate",
      reduction: "each element ÷ normalizer, then mean or sum of all",
      errors: "gradient NaN where p saturates and 0 < γ < 1",
    },
  }, ({ alpha, gamma, reduction }: Settings) => {
    const core = criterion(focal({ gamma, alpha }), { reduction: reduction === "none" ? "none" : "sum" });
    return scaled(view(core, (run) => ({ ...run, call: without(run.call, "normalizer") })), ({ logits, call }) => {
      const { normalizer = 1 } = call;
      if (typeof normalizer !== "number" || !(normalizer > 0)) throw new FocalError("argument", `normalizer must be a number > 0, as in Paddle, got ${describe(normalizer)}`);
      return 1 / (reduction === "mean" ? normalizer * logits.length : normalizer);
    });
  }),
};
