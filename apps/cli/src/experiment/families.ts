import { crossEntropy, focal } from "focal-loss";
import type { Alpha, Loss, Parameter } from "focal-loss";

/** A loss that can be trained with: what its γ does, and how it is written. */
export interface Family {
  make(settings: { readonly alpha?: Alpha; readonly gamma?: Parameter }): Loss;
  /** As the report prints it; `weight` is empty or the weight's symbol and a space. */
  formula(weight: string, gamma: number | undefined): string;
  /** What γ = 0 makes of it. Absent: it has no γ. */
  readonly zero?: "cross-entropy" | "itself" | "nothing";
  /** The γ by which its scores become probabilities again. Absent: no recovery is known, a temperature takes its place. */
  recovery?(gamma: number | undefined): number;
}

/** Losses by the name they are exported and asked for by. Only losses of one margin can be trained with. */
export const families = {
  crossEntropy: { make: crossEntropy, formula: (w) => `−${w}log pₜ`, recovery: () => 0 },
  focal: { make: focal, zero: "cross-entropy", formula: (w, g) => `−${w}(1 − pₜ)^${g} log pₜ`, recovery: (g) => g! },
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof families;

/** Those that can be asked for: cross-entropy always comes along. */
export const familyNames = Object.keys(families).filter((name) => name !== "crossEntropy") as FamilyName[];
