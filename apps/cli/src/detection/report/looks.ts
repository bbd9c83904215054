import type { Look } from "../../report/panel.ts";
import type { DetectResults, LossResult } from "../results.ts";

/** A loss with the look it keeps through all figures: the reference in ink, the others in colours, beyond six of them dashed. */
export interface LossLook extends Look {
  readonly loss: LossResult;
}

export function looksOf({ losses }: DetectResults): readonly LossLook[] {
  return losses.map((loss, i) => ({
    loss, color: i === 0 ? "var(--ink)" : `var(--c${((i - 1) % 6) + 1})`, dash: i > 6 ? "5 3" : "none", strokeWidth: i === 0 ? 2.2 : 1.7,
  }));
}
