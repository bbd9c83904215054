import type { CurveKind, LossCurves } from "./curves.ts";

/** The name of one curve: γ, and what γ = 0 is called. */
export function curveName(gamma: number, alpha: number | undefined): string {
  if (gamma !== 0) return `γ = ${gamma}`;
  return alpha === undefined ? "cross-entropy (γ = 0)" : "α · cross-entropy (γ = 0)";
}

const FACES: Record<CurveKind, { axis: string; title: string; formula: string }> = {
  loss: {
    axis: "loss",
    title: "Focal loss lets well-classified examples go",
    formula: "FL(pₜ) = −αₜ (1 − pₜ)^γ log pₜ",
  },
  gradient: {
    axis: "pull on the logit, −dL/du",
    title: "How strongly an example pulls its logit",
    formula: "−dFL/du = αₜ (1 − pₜ)^γ (1 − pₜ − γ pₜ log pₜ)",
  },
  factor: {
    axis: "share of the cross-entropy kept",
    title: "The modulating factor of focal loss",
    formula: "FL / CE = αₜ (1 − pₜ)^γ",
  },
  curvature: {
    axis: "curvature, d²L/du²",
    title: "Curvature by the logit: negative where focal loss is not convex",
    formula: "d²FL/du² = αₜ (1 − pₜ)^γ pₜ [(1 + 2γ)(1 − pₜ) − γ (γ pₜ − 1 + pₜ) log pₜ]",
  },
};

/** Title, formula and axis name of a figure. Without α the factor αₜ is left out; with it, its value is told. */
export function wording(figure: Pick<LossCurves, "what" | "alpha">): { axis: string; title: string; formula: string } {
  const { axis, title, formula } = FACES[figure.what];
  const { alpha } = figure;
  return {
    axis,
    title,
    formula: alpha === undefined ? formula.replaceAll("αₜ ", "") : `${formula},  αₜ = ${alpha}`,
  };
}

/** The figure told in numbers, for readers who cannot see it: each curve at three places. */
export function description({ what, alpha, curves }: LossCurves): string {
  const told = curves.map(({ gamma, name = curveName(gamma, alpha), points }) => {
    const at = [0.1, 0.5, 0.9].map((pt) => {
      const point = points.reduce((a, b) => (Math.abs(b.pt - pt) < Math.abs(a.pt - pt) ? b : a));
      return `${Number(point.value.toPrecision(2))} at ${Number(point.pt.toPrecision(2))}`;
    });
    return `${name}: ${at.join(", ")}`;
  });
  return `${FACES[what].axis} over the probability of the true class. ${told.join("; ")}.`;
}
