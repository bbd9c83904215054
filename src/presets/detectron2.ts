import { criterion } from "../criterion.ts";
import { focal } from "../losses/focal.ts";
import { runningPositives } from "../normalizer.ts";
import { preset, weighing } from "./preset.ts";
import { view } from "./view.ts";

interface Settings {
  readonly numClasses: number;
  /** Weight of positives; negatives get 1 − α. Default 0.25. */
  readonly focalLossAlpha: number;
  /** Default 2. */
  readonly focalLossGamma: number;
  /** The running count of positives before the first batch. Default 100. */
  readonly lossNormalizer: number;
  /** Default 0.9. */
  readonly lossNormalizerMomentum: number;
  readonly reduction: "sum";
}

/** detectron2's RetinaNet. */
export const detectron2 = {
  /**
   * The classification loss of detectron2's RetinaNet: the sum ÷ a running count of positive anchors, which every call
   * moves on. To keep the count across a pause, pass `normalizer: runningPositives({ initial })` yourself.
   *
   * @example
   * detectron2.retinaNet({ numClasses: 1 }).value([0, 0], [0, 1]);   // 0.0019…, a positive and a background ÷ 90.1
   */
  retinaNet: preset({
    library: "detectron2",
    name: "detectron2.modeling.meta_arch.RetinaNet",
    reference: "https://github.com/facebookresearch/detectron2/blob/main/detectron2/modeling/meta_arch/retinanet.py",
    defaults: { focalLossAlpha: 0.25, focalLossGamma: 2, lossNormalizer: 100, lossNormalizerMomentum: 0.9, reduction: "sum" },
    needs: ["numClasses"],
    also: [],
    reductions: ["sum"],
    conventions: {
      scores: "logits, sigmoid per class",
      targets: "a label per anchor; `num_classes` is background, −1 is left out",
      alpha: "α positives, 1 − α negatives; below 0: off",
      soft: "labels only",
      reduction: "sum ÷ running count: n ← 0.9 n + 0.1 max(1, positives), from 100",
      errors: "as fvcore's",
    },
  }, ({ numClasses, focalLossAlpha, focalLossGamma, lossNormalizer, lossNormalizerMomentum }: Settings) => {
    const running = runningPositives({ momentum: lossNormalizerMomentum, initial: lossNormalizer });
    const core = criterion(focal({ gamma: focalLossGamma, ...weighing(focalLossAlpha) }), { classes: numClasses, background: numClasses, ignoreIndex: -1, reduction: "sum" });
    return view(core, (run) => ({ ...run, call: { ...run.call, normalizer: run.call.normalizer ?? running } }));
  }),
};
