import { criterion } from "../criterion.ts";
import { add, log, mul, neg, pow, sub } from "../expr/expr.ts";
import { defineLoss } from "../losses/define.ts";
import { focal } from "../losses/focal.ts";
import { preset } from "./preset.ts";
import { bySoftness } from "./view.ts";

/** Flux takes the logarithm of the interpolated p_t, where others interpolate the cross-entropy. */
const soft = defineLoss("fluxFocal", { gamma: { default: 2, least: 0 } }, ({ p, t, gamma }) => {
  const pt = add(mul(t, p), mul(sub(1, t), sub(1, p))), rest = add(mul(t, sub(1, p)), mul(sub(1, t), p));
  return neg(mul(pow(rest, gamma), log(pt)));
}, { reference: "https://fluxml.ai/Flux.jl/stable/reference/models/losses/" });

interface Settings {
  /** Default 2. */
  readonly gamma: number;
  /** What Flux calls `agg`. Default "mean". */
  readonly reduction: "mean" | "sum" | "none";
}

const facts = {
  library: "Flux",
  reference: "https://fluxml.ai/Flux.jl/stable/reference/models/losses/",
  defaults: { gamma: 2, reduction: "mean" },
  reductions: ["mean", "sum", "none"],
} as const;

/** Flux.jl's losses. A Julia array (classes, batch) is in memory what rows of classes are here. */
export const flux = {
  /**
   * Flux.Losses.binary_focal_loss: probabilities, no α.
   *
   * @example
   * flux.binaryFocalLoss().value([0.6, 0.4, 0.3, 0.7], [1, 0, 0, 1]);   // 0.0569…
   */
  binaryFocalLoss: preset({
    ...facts,
    name: "Flux.Losses.binary_focal_loss",
    needs: [],
    also: [],
    conventions: {
      scores: "probabilities",
      targets: "one per score",
      alpha: "none",
      soft: "p_t interpolated, also in the logarithm",
      reduction: "mean or sum (agg) of all elements",
      errors: "p + eps: can pass 1, then NaN for broken γ",
    },
  }, ({ gamma, reduction }: Settings) => bySoftness(
    criterion(focal({ gamma }), { from: "probabilities", reduction }),
    criterion(soft({ gamma }), { from: "probabilities", reduction }),
  )),

  /**
   * Flux.Losses.focal_loss: rows of probabilities, no α.
   *
   * @example
   * flux.focalLoss({ classes: 3 }).value([0.4, 0.5, 0.1, 0.2, 0.5, 0.3], [1, 0, 0, 0, 0, 1]);   // 0.4599…
   */
  focalLoss: preset({
    ...facts,
    name: "Flux.Losses.focal_loss",
    needs: ["classes"],
    also: [],
    conventions: {
      scores: "probabilities, rows adding up to 1",
      targets: "one-hot rows (here also labels)",
      alpha: "none",
      soft: "mixture over classes",
      reduction: "sum over classes, then mean or sum (agg) over rows",
      errors: "p + eps; rows that do not add up to 1 are taken as they are, here they are normalised",
    },
  }, ({ gamma, reduction, classes }: Settings & { readonly classes: number }) => criterion(focal({ gamma }), { head: "softmax", classes, from: "probabilities", reduction })),
};
