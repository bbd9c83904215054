import { criterion } from "../criterion.ts";
import { describe, FocalError } from "../errors.ts";
import { crossEntropy } from "../losses/crossEntropy.ts";
import type { Loss } from "../losses/loss.ts";
import { focal } from "../losses/focal.ts";

/** What is drawn over p_t: the loss, the pull on the logit, (1 − p_t)^γ, or the second derivative. */
export type CurveKind = "loss" | "gradient" | "factor" | "curvature";

/** One curve: a loss over the probability of the true class at one γ. */
export interface LossCurve {
  readonly gamma: number;
  /** What the figure calls it; absent: γ and its value, or cross-entropy for 0. */
  readonly name?: string;
  /** Ascending in pt; both ends of [0, 1] are left out, because the logit is infinite there. */
  readonly points: readonly { readonly pt: number; readonly value: number }[];
}

/** Curves of a loss over the probability of the true class, and what is drawn. */
export interface LossCurves {
  readonly what: CurveKind;
  readonly alpha: number | undefined;
  readonly curves: readonly LossCurve[];
}

/** Which curves: of what, for which γ and α, how finely. */
export interface LossCurvesOptions {
  /** A family of losses over γ (and α); default `focal`. */
  readonly loss?: (parameters: { gamma: number; alpha?: number }) => Loss;
  /** One curve each, ≥ 0; default 0, ½, 1, 2, 5 as in the paper. γ = 0 is cross-entropy. */
  readonly gammas?: readonly number[];
  /** α_t of the positive class, within [0, 1]; omitted means no weighting. */
  readonly alpha?: number;
  /** Default "loss". */
  readonly what?: CurveKind;
  /** Points per curve, an integer ≥ 2; default 401. */
  readonly points?: number;
}

/** How near to p_t = 0 and 1 a curve comes: far outside what a figure resolves, far inside float64. */
const END = 1e-6;

/**
 * The curves of the focal-loss figure as numbers, computed by the library itself.
 *
 * For drawing with any tool, and for seeing what γ does before training: how far the loss of an easy example falls,
 * where the gradient peaks, where the curvature turns negative.
 *
 * Evaluated at u = log(p_t / (1 − p_t)) of a positive example. `loss`: L(u) · `gradient`: −dL/du, how strongly the
 * example pulls its logit up · `factor`: L / cross-entropy, for focal loss α(1 − p_t)^γ · `curvature`: d²L/du².
 *
 * @throws FocalError when γ, α or the number of points is out of range.
 * @example
 * const { curves } = lossCurves({ gammas: [0, 2], points: 3 });
 * console.log(curves.map((c) => c.points[1]!.value.toFixed(4)));   // [ '0.6931', '0.1733' ] at p_t = 1/2
 * @see Lin et al., Focal Loss for Dense Object Detection, 2017, figure 1.
 */
export function lossCurves(options: LossCurvesOptions = {}): LossCurves {
  const { loss = focal, gammas = [0, 0.5, 1, 2, 5], alpha, what = "loss", points = 401 } = options;
  if (!Number.isInteger(points) || points < 2) {
    throw new FocalError("argument", `points must be an integer ≥ 2, got ${describe(points)}`);
  }
  if (!Array.isArray(gammas) || gammas.length === 0) throw new FocalError("argument", `gammas must name at least one γ, got ${Array.isArray(gammas) ? "none" : describe(gammas)}`);
  if (typeof what !== "string" || !Object.hasOwn(kinds, what)) throw new FocalError("argument", `what must be ${Object.keys(kinds).join(", ")}, got ${describe(what)}`);
  const pts = Array.from({ length: points }, (_, i) => Math.min(Math.max(i / (points - 1), END), 1 - END));
  const logits = Float64Array.from(pts, (pt) => Math.log(pt / (1 - pt)));
  const curves = gammas.map((gamma) => {
    const values = evaluate(loss({ gamma, ...(alpha === undefined ? {} : { alpha }) }), what, logits);
    return { gamma, points: pts.map((pt, i) => ({ pt, value: values[i]! })) };
  });
  return { what, alpha, curves };
}

type Results = { readonly value: Float64Array; readonly grad: Float64Array; readonly hessian: Float64Array };

const kinds: Readonly<Record<CurveKind, (own: Results, crossEntropy: () => Results) => Float64Array>> = {
  loss: ({ value }) => value,
  gradient: ({ grad }) => grad.map((slope) => -slope),
  factor: ({ value }, crossEntropy) => {
    const reference = crossEntropy().value;
    return value.map((loss, i) => loss / reference[i]!);
  },
  curvature: ({ hessian }) => hessian,
};

function evaluate(loss: Loss, what: CurveKind, logits: Float64Array): Float64Array {
  const positives = new Uint8Array(logits.length).fill(1);
  const at = (l: Loss): Results => criterion(l, { reduction: "none", from: "logits" }).derivatives(logits, positives);
  return kinds[what](at(loss), () => at(crossEntropy()));
}
