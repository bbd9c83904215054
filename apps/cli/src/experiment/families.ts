import { crossEntropy, flsd53, focal, focalStar, inverseFocal, poly1Focal, reducedFocal } from "focal-loss";
import type { Alpha, Loss, Parameter } from "focal-loss";

/** A loss that can be trained with: what its γ does, and how it is written. */
export interface Family {
  make(settings: { readonly alpha?: Alpha; readonly gamma?: Parameter }): Loss;
  /** As the report prints it; `weight` is empty or the weight's symbol and a space. */
  formula(weight: string, gamma: number | undefined): string;
  /** What γ = 0 makes of it. Absent: it has no γ. */
  readonly zero?: "cross-entropy" | "itself" | "nothing";
  /** The γ by which its scores become probabilities again. Absent: none is known, one is fitted on validation. */
  recovery?(gamma: number | undefined): number;
}

/** Losses by the name they are exported and asked for by, further parameters at their defaults. Only losses of one margin can be trained with. */
export const families = {
  crossEntropy: { make: crossEntropy, formula: (w) => `−${w}log pₜ`, recovery: () => 0 },
  focal: { make: focal, zero: "cross-entropy", formula: (w, g) => `−${w}(1 − pₜ)^${g} log pₜ`, recovery: (g) => g! },
  poly1Focal: { make: poly1Focal, zero: "itself", formula: (w, g) => `${w}(1 − pₜ)^${g} (1 − pₜ − log pₜ)` },
  focalStar: { make: focalStar, zero: "nothing", formula: (w, g) => `−${w}log σ(${g}u + 1) ÷ ${g}` },
  inverseFocal: { make: inverseFocal, zero: "cross-entropy", formula: (w, g) => `−${w}(1 + pₜ)^${g} log pₜ` },
  reducedFocal: { make: reducedFocal, zero: "cross-entropy", formula: (w, g) => `−${w}min(1, 2 − 2pₜ)^${g} log pₜ` },
  flsd53: { make: flsd53, formula: (w) => `−${w}(1 − pₜ)^γ log pₜ, γ = 5 where pₜ < 0.2, else 3` },
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof families;

/** Those that can be asked for: cross-entropy always comes along. */
export const familyNames = Object.keys(families).filter((name) => name !== "crossEntropy") as FamilyName[];

/** Whether γ = 0 makes cross-entropy of it. */
export const becomesCrossEntropy = (name: FamilyName): boolean => (families[name] as Family).zero === "cross-entropy";
