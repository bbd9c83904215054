import { pairedDifference } from "../../apps/cli/src/experiment/intervals.ts";

export interface Measure {
  readonly title: string;
  readonly digits: number;
  readonly range: readonly [number, number];
  readonly better: "higher" | "lower";
}

export type Difference = ReturnType<typeof pairedDifference>;

/** Whether an interval supports a direction: it does where it excludes 0. */
export function verdict({ low, high }: Difference, { better }: Measure): "better" | "worse" | "undecided" {
  if (low === undefined || high === undefined || (low <= 0 && high >= 0)) return "undecided";
  return (low > 0) === (better === "higher") ? "better" : "worse";
}

export { pairedDifference };
