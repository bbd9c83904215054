import {
  asymmetric, asymmetricSingleLabel, cyclicalFocal, dualFocal, equalizedFocal, flsd53, focal, focalStar, gaussianFocal, inverseFocal, ldam, logitAdjusted, poly1Focal, qualityFocal,
  reducedFocal, reducedFocalContinuous, varifocal,
} from "focal-loss";
import type { Loss, Parameter } from "focal-loss";
import { softmaxOnly } from "./evaluate.ts";

interface Family {
  (settings?: Record<string, Parameter>): Loss;
  readonly defaults: Readonly<Record<string, number>>;
}

/** Losses that are made of another by how often the classes occur: here focal loss, with this many negatives and positives. */
const COUNTS = [100, 1];
const made: Readonly<Record<string, (loss: Loss) => Loss>> = { ldam: (loss) => ldam(loss, COUNTS), logitAdjusted: (loss) => logitAdjusted(loss, COUNTS) };

/** The losses that can lie over the figure: all that are a function of one example's p_t. */
const families = {
  asymmetric, asymmetricSingleLabel, cyclicalFocal, dualFocal, equalizedFocal, flsd53, focalStar, gaussianFocal, inverseFocal, poly1Focal, qualityFocal, reducedFocal,
  reducedFocalContinuous, varifocal,
} as Readonly<Record<string, unknown>> as Readonly<Record<string, Family>>;

export const overlays = [
  "poly1Focal", "focalStar", "asymmetric", "asymmetricSingleLabel", "cyclicalFocal", "dualFocal", "equalizedFocal", "flsd53", "gaussianFocal", "inverseFocal", "ldam", "logitAdjusted",
  "qualityFocal", "reducedFocal", "reducedFocalContinuous", "varifocal",
] as const;
export type Overlay = (typeof overlays)[number];

/** A member at the γ and α of the figure, where it has them; else at its own defaults. */
export function member(name: Overlay, gamma: number, alpha: number | undefined): { loss: Loss; label: string } {
  const of = made[name], family = families[name] ?? (focal as unknown as Family), settings: Record<string, Parameter> = {};
  // focalStar divides by its γ.
  if ("gamma" in family.defaults) settings["gamma"] = name === "focalStar" ? Math.max(gamma, 0.1) : gamma;
  // Of softmax rows α and 1 − α are said class by class.
  if (alpha !== undefined) settings["alpha"] = softmaxOnly.includes(name) ? [1 - alpha, alpha] : alpha;
  const loss = of ? of(family(settings)) : family(settings);
  const told = Object.entries(loss.parameters).map(([key, value]) => `${key === "gamma" ? "γ" : key} = ${String(value)}`);
  if (of) told.push(`${COUNTS[0]} negatives for each positive`);
  return { loss, label: [name, ...told].join(", ") };
}
