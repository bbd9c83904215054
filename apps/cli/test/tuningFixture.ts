import { gridOf } from "../src/experiment/candidates.ts";
import { choose } from "../src/experiment/choose.ts";
import { becomesCrossEntropy, type FamilyName } from "../src/experiment/families.ts";
import { meanAndDeviation } from "../src/experiment/intervals.ts";
import { pronounce } from "../src/experiment/pronounce.ts";
import type { Metric } from "../src/results.ts";
import type { Tuning } from "../src/tuning.ts";
import { numbers } from "./data-files.ts";
import { makeResults } from "./reportFixture.ts";

interface Shape {
  readonly metric?: Metric;
  readonly losses?: readonly FamilyName[];
  readonly gammas?: readonly number[];
  /** Added to the score of every γ above 0. */
  readonly gain?: number;
  readonly tested?: boolean;
}

/** A tuning that looks like a real one, computed from a seed; it measures nothing. */
export function makeTuning({ metric = "averagePrecision", losses = ["focal"], gammas = [0, 0.5, 1, 2, 5], gain = 0, tested = false }: Shape = {}): Tuning {
  const random = numbers(5);
  const { data, reproduce, protocol } = makeResults({ counts: [9200, 310], seed: 3 });
  const grid = gridOf(gammas, ["none", "balanced", 0.25], 2, losses);
  const better = metric === "logLoss" ? "lower" : "higher";
  const levels = Array.from({ length: 10 }, () => 0.5 + 0.05 * random());
  const metrics = ["averagePrecision", "rocAuc", "macroF1", "macroF1Tuned", "brierRaw", "brier", "eceRaw", "ece", "logLoss", "seconds"] as const;
  const runs = grid.map(({ gamma }) => levels.map((level) => Object.fromEntries(metrics.map((name) => {
    const value = level + 0.02 * (random() - 0.5) + (gamma ? gain : 0);
    return [name, name === "logLoss" ? 1 - value : value];
  })) as Record<Metric, number>));
  const scores = runs.map((own) => own.map((run) => run[metric]));
  const choice = choose({ scores, better, folds: 5, testOverTrain: 0.3125 });
  return {
    format: 1, metric,
    ...pronounce(choice, grid.map(({ name }) => name), metric, scores.map((own) => meanAndDeviation(own).mean)),
    next: "focal train data.csv --target y --gamma 2 --alpha none",
    notes: ["First note.", "Second note."], data,
    protocol: { ...protocol, folds: 5, repeats: 2, comparisons: choice.comparisons, level: choice.level },
    cells: grid.map(({ name, formula, family, gamma, alpha }, c) => ({
      name, formula, family, ...(gamma !== undefined && { gamma }), alpha, zeroIsCrossEntropy: becomesCrossEntropy(family), runs: runs[c]!,
      summary: Object.fromEntries(metrics.map((key) => [key, meanAndDeviation(runs[c]!.map((run) => run[key]))])) as Tuning["cells"][number]["summary"],
      ...(c !== 0 && { toReference: choice.toReference[c]! }), ...(c !== choice.best && { toBest: choice.toBest[c]! }), nearBest: choice.nearBest[c]!,
    })),
    ...(tested && { test: { origin: 'column "split"', rows: 3600, losses: [{ name: "cross-entropy", metrics: runs[0]![0]! }], sentence: "On the official test part: cross-entropy 0.5." } }),
    reproduce,
  };
}
