import { symbolsOf } from "../../expr/expr.ts";
import type { Job } from "../../heads/job.ts";
import { derive } from "../../losses/derive.ts";
import type { Loss } from "../../losses/loss.ts";

/** By how much the label's logit moves before the loss sees it, how its power grows with it, and how rivals' powers do. No parameter is called so. */
export const ownMoves = "#moves", ownGrows = "#grows", rivalsGrow = "#rivals";

/** What is added to the label's logit, relative to the offset of the class with the largest. */
export function leadOf({ margins }: Loss, offsets: Float64Array): Float64Array {
  const most = Math.max(...offsets);
  return offsets.map((offset, k) => offset - most - (margins?.[k] ?? 0));
}

/** The tables that a loss's kernel needs, one number per class each. */
export function tablesOf(loss: Loss, offsets: Float64Array): string[] {
  const asked = [...symbolsOf(...formulasOf(loss, 0))].filter((name) => name !== "u");
  return [...asked, ...(leadOf(loss, offsets).some((by) => by !== 0) ? [ownMoves, ownGrows] : []), ...(offsets.some((by) => by !== offsets[0]) ? [rivalsGrow] : [])];
}

/** What stands in a table. */
export function tableOf(name: string, { loss, offsets, alpha }: Job<Loss>): ArrayLike<number> {
  if (name === ownMoves) return leadOf(loss, offsets);
  if (name === ownGrows) return leadOf(loss, offsets).map(Math.exp);
  if (name === rivalsGrow) return leadOf({ ...loss, margins: undefined }, offsets).map(Math.exp);
  return name === "alphaT" ? alpha.positive : (loss.parameters[name] as readonly number[]);
}

/** A loss's formulas over the margin that has been moved already. */
export const formulasOf = (loss: Loss, order: Job["order"]): ReturnType<typeof derive> => derive({ ...loss, margins: undefined }, "hard", order);
