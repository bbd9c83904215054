import { FocalError } from "focal-loss";
import type { Loss } from "focal-loss";
import { inCode } from "../commands/arguments.ts";
import { numbers, oneOf } from "../commands/options.ts";
import { families, familyNames } from "../experiment/families.ts";
import type { Family } from "../experiment/families.ts";

export const LOSSES = ["cross-entropy", ...familyNames];

/** The loss that the arguments name. */
export function lossOf({ loss, gamma, alpha }: { readonly loss: string; readonly gamma?: string | undefined; readonly alpha?: string | undefined }): Loss {
  const name = oneOf("loss", loss === "crossEntropy" ? "cross-entropy" : loss, LOSSES), family: Family = families[inCode(name) as keyof typeof families];
  if (gamma !== undefined && family.zero === undefined) throw new FocalError("argument", `${name} has no gamma`);
  const weights = alpha === undefined ? undefined : numbers("alpha", alpha);
  return family.make({
    ...(family.zero !== undefined && { gamma: gamma === undefined ? 2 : numbers("gamma", gamma)[0]! }), ...(weights && { alpha: weights.length === 1 ? weights[0]! : weights }),
  });
}
