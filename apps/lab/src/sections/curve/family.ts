import {
  asymmetric, asymmetricSingleLabel, cyclicalFocal, equalizedFocal, flsd53, focalStar, gaussianFocal, inverseFocal, poly1Focal, qualityFocal, reducedFocal, reducedFocalContinuous,
  varifocal,
} from "focal-loss";
import type { Loss, Parameter } from "focal-loss";

interface Family {
  (settings?: Record<string, Parameter>): Loss;
  readonly defaults: Readonly<Record<string, number>>;
}

/** The losses that can lie over the figure: all that are a function of one example's p_t. A batch's losses have no such curve. */
export const families = {
  asymmetric, asymmetricSingleLabel, cyclicalFocal, equalizedFocal, flsd53, focalStar, gaussianFocal, inverseFocal, poly1Focal, qualityFocal, reducedFocal,
  reducedFocalContinuous, varifocal,
} as Readonly<Record<string, unknown>> as Readonly<Record<Overlay, Family>>;

export const overlays = [
  "poly1Focal", "focalStar", "asymmetric", "asymmetricSingleLabel", "cyclicalFocal", "equalizedFocal", "flsd53", "gaussianFocal", "inverseFocal", "qualityFocal", "reducedFocal",
  "reducedFocalContinuous", "varifocal",
] as const;
export type Overlay = (typeof overlays)[number];

/** A member at the γ and α of the figure, where it has them; else at its own defaults. */
export function member(name: Overlay, gamma: number, alpha: number | undefined): { loss: Loss; label: string } {
  const family = families[name], settings: Record<string, Parameter> = {};
  // focalStar divides by its γ.
  if ("gamma" in family.defaults) settings["gamma"] = name === "focalStar" ? Math.max(gamma, 0.1) : gamma;
  // Of softmax rows α and 1 − α are said class by class.
  if (alpha !== undefined) settings["alpha"] = name === "asymmetricSingleLabel" ? [1 - alpha, alpha] : alpha;
  const loss = family(settings);
  const told = Object.entries(loss.parameters).map(([key, value]) => `${key === "gamma" ? "γ" : key} = ${String(value)}`).join(", ");
  return { loss, label: told === "" ? name : `${name}, ${told}` };
}
