import type { CurveKind } from "focal-loss/plot";

/** What each tab is called, is a formula of, and shows. */
export const faces: Readonly<Record<CurveKind, { tab: string; axis: string; title: string; tex: string; notice: string }>> = {
  loss: {
    tab: "Loss", axis: "loss", title: "Loss of one example",
    tex: "\\mathrm{FL}(p_t) = -\\alpha_t\\,(1-p_t)^{\\gamma}\\,\\log p_t",
    notice: "Right of pₜ = 0.6, where examples are already well classified, cross-entropy still charges for each; the larger γ, the flatter the curve there. On the left all curves meet: hard examples keep their price.",
  },
  factor: {
    tab: "Modulating factor", axis: "share of cross-entropy kept", title: "What is left of cross-entropy",
    tex: "\\mathrm{FL}/\\mathrm{CE} = \\alpha_t\\,(1-p_t)^{\\gamma}",
    notice: "The whole idea in one factor: near 1 for hard examples, near 0 for easy ones. On a logarithmic axis its steep end shows how many powers of ten easy examples lose.",
  },
  gradient: {
    tab: "Gradient", axis: "pull on the logit, −dL/du", title: "How strongly an example pulls its logit",
    tex: "-\\frac{\\partial\\,\\mathrm{FL}}{\\partial u} = \\alpha_t\\,(1-p_t)^{\\gamma}\\,\\bigl(1-p_t-\\gamma\\,p_t\\log p_t\\bigr)",
    notice: "This is what training feels. For γ > 0 the pull is largest not at pₜ = 0 but a little to its right, where it even exceeds cross-entropy’s: focal loss moves effort to the middle before it takes it from the easy end.",
  },
  curvature: {
    tab: "Curvature", axis: "curvature, d²L/du²", title: "Curvature by the logit",
    tex: "\\frac{\\partial^2\\mathrm{FL}}{\\partial u^2} = \\alpha_t\\,(1-p_t)^{\\gamma}\\,p_t\\,\\bigl[(1+2\\gamma)(1-p_t)-\\gamma(\\gamma p_t-1+p_t)\\log p_t\\bigr]",
    notice: "Below zero the loss is not convex. For γ > 0 that is so for very hard examples, which is why second-order methods, as boosted trees, need an upper bound in its place.",
  },
};

/** Colours of γ: cross-entropy in the ink of the page, the slider’s γ in the first colour of series. */
export const chips = [
  { value: 0, label: "0 · cross-entropy", color: "var(--ink)" },
  { value: 0.5, label: "0.5", color: "var(--c3)" },
  { value: 1, label: "1", color: "var(--c5)" },
  { value: 2, label: "2", color: "var(--c2)" },
  { value: 5, label: "5", color: "var(--c4)" },
] as const;
