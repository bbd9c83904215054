/** Formulas to start from, as their papers write them. */
export const presets = [
  { name: "Focal", text: "-alphaT * (1 - pt)^gamma * log(pt)" },
  { name: "Cross-entropy", text: "-alphaT * log(pt)" },
  { name: "Focal*", text: "-alphaT * log(sigmoid(gamma * xt + beta)) / gamma" },
  { name: "Poly-1", text: "-(1 - pt)^gamma * log(pt) + epsilon * (1 - pt)^(gamma + 1)" },
  { name: "Generalized cross-entropy", text: "(1 - pt^q) / q", values: { q: 0.7 } },
  { name: "Quality focal", text: "-abs(t - p)^beta * ((1 - t) * log(1 - p) + t * log(p))", values: { beta: 2 } },
  {
    name: "Asymmetric", values: { gammaPos: 1, gammaNeg: 4, shift: 0.05 },
    text: "-(t * (1 - p)^gammaPos * log(p) + (1 - t) * max(p - shift, 0)^gammaNeg * log(1 - max(p - shift, 0)))",
  },
] as const satisfies readonly { readonly name: string; readonly text: string; readonly values?: Readonly<Record<string, number>> }[];
