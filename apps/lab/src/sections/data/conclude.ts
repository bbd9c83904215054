import { percent } from "../../ui/format.ts";
import type { Comparison, Run, RunName } from "./compare.ts";

export interface Conclusion {
  readonly verdict: "better" | "worse" | "none";
  readonly says: string;
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
const named = (runs: readonly Run[], name: RunName): Run | undefined => runs.find((run) => run.name === name);

/** Says what one split supports, and no more: a difference must leave out 0 and exceed what a restart moves. */
export function conclude({ runs, difference: { value, low, high } }: Comparison): Conclusion {
  const again = named(runs, "again"), noise = again ? Math.abs(again.averagePrecision - named(runs, "crossEntropy")!.averagePrecision) : 0;
  const measured = `${signed(value)} in average precision (95 % interval over the held-out rows ${signed(low)} to ${signed(high)}${again ? `; a restart of cross-entropy moves it by ${noise.toFixed(3)}` : ""})`;
  if (low > 0 && value > noise) return { verdict: "better", says: `On this split focal loss ranks better: ${measured}.` };
  if (high < 0 && -value > noise) return { verdict: "worse", says: `On this split focal loss ranks worse: ${measured}.` };
  return { verdict: "none", says: `No difference beyond noise: focal loss differs by ${measured}.` };
}

/** What moves recall: the threshold, not γ. */
export function onThresholds({ runs }: Comparison, weighted: boolean): string {
  const plain = named(runs, "crossEntropy")!, focal = named(runs, "focal")!;
  const moved = `Cross-entropy finds ${percent(plain.half.recall)} of the positives at 0.5 and ${percent(plain.tuned.recall)} at its tuned threshold, ${Number(plain.tuned.threshold.toPrecision(2))}`;
  const other = `focal loss ${percent(focal.half.recall)} at 0.5 and ${percent(focal.tuned.recall)} at its own, ${Number(focal.tuned.threshold.toPrecision(2))}`;
  const byThreshold = Math.abs(plain.tuned.recall - plain.half.recall), byLoss = Math.abs(focal.half.recall - plain.half.recall);
  const so = weighted ? "α and the threshold both shift what is called positive: choose the threshold, whatever the loss"
    : byLoss < byThreshold ? "The threshold moves recall more than γ does" : "At 0.5 the losses differ more here than the threshold would move them; but 0.5 was nobody’s choice, so compare at tuned thresholds";
  return `${moved}; ${other}. ${so}.`;
}
