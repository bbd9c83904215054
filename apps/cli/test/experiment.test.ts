import { focal } from "focal-loss";
import { describe, expect, test } from "vitest";
import { candidatesFor } from "../src/experiment/candidates.ts";
import { conclude } from "../src/experiment/conclusion.ts";
import { meanAndDeviation, pairedDifference, studentQuantile } from "../src/experiment/intervals.ts";
import type { LossResult, Metric, Run } from "../src/results.ts";

describe("intervals", () => {
  test("Student's quantiles are those of the printed tables, within 1e-6", () => {
    for (const [p, freedom, value] of [[0.975, 1, 12.7062047], [0.975, 2, 4.3026527], [0.975, 4, 2.7764451], [0.975, 9, 2.2621572], [0.995, 4, 4.6040949], [0.975, 1000, 1.9623391], [0.5, 3, 0]] as const) {
      expect(Math.abs(studentQuantile(p, freedom) - value)).toBeLessThan(1e-6);
    }
  });

  test("the corrected interval, by hand: five differences, test a third of training", () => {
    // mean 0.02, variance 0.00025; t = 2.7764451; sqrt(1/5 + 1/3) = 0.7302967
    const { mean, low, high } = pairedDifference([0.02, 0.04, 0, 0.03, 0.01], [0, 0, 0, 0, 0], 1 / 3);
    expect(mean).toBeCloseTo(0.02, 12);
    expect(high! - mean).toBeCloseTo(2.7764451 * Math.sqrt(0.00025) * 0.7302967, 8);
    expect(low).toBeCloseTo(2 * mean - high!, 12);
  });

  test("fewer than four repeats give no interval, four do", () => {
    for (const n of [1, 2, 3]) expect(pairedDifference([1, 0.9, 0.8].slice(0, n), [0.5, 0.4, 0.3].slice(0, n), 0.3)).toEqual({ mean: expect.closeTo(0.5, 12) });
    expect(pairedDifference([1, 0.9, 0.8, 0.9], [0.5, 0.4, 0.3, 0.2], 0.3).low).toBeLessThan(0.55);
    expect(meanAndDeviation([3])).toEqual({ mean: 3, sd: 0 });
  });

  test("an interval ends where the metric does: of an average precision of 0.3 at −0.3 and +0.7", () => {
    const scattered = [1, 0, 1, 0], steady = [0.3, 0.3, 0.3, 0.3];
    // sd √(1/3), t = 5.8409, √(1/4 + 0.3): half an interval is 2.5009.
    expect(pairedDifference(scattered, steady, 0.3, 0.99)).toMatchObject({ low: expect.closeTo(-2.301, 3), high: expect.closeTo(2.701, 3) });
    expect(pairedDifference(scattered, steady, 0.3, 0.99, [0, 1])).toMatchObject({ low: expect.closeTo(-0.3, 12), high: expect.closeTo(0.7, 12) });
  });
});

describe("candidates", () => {
  test("cross-entropy, its restart, the balanced one, and every γ with every α", () => {
    const names = candidatesFor([1, 2], ["none", "balanced", 0.25], 2).map(({ name }) => name);
    expect(names).toEqual([
      "cross-entropy", "cross-entropy (restart)", "balanced cross-entropy",
      "focal γ = 1", "focal γ = 1, balanced", "focal γ = 1, α = 0.25", "focal γ = 2", "focal γ = 2, balanced", "focal γ = 2, α = 0.25",
    ]);
  });

  test("weights come from the training part, and recovery undoes just what the loss applied", () => {
    const balanced = candidatesFor([2], ["balanced"], 2)[3]!;
    const { alpha, parameters } = balanced.loss([90, 10]);
    expect(balanced.recovery([90, 10])).toEqual([{ kind: "posterior", gamma: parameters["gamma"], alpha }]);
    expect((alpha as number[])[1]).toBeGreaterThan((alpha as number[])[0]!);
    expect(candidatesFor([2], ["none"], 2)[3]!.loss([90, 10]).formula).toBe(focal().formula);
  });

  test("cross-entropy asked for by name adds only what is not there anyway", () => {
    expect(candidatesFor([2], ["none", "balanced", 0.25], 2, ["crossEntropy"]).map(({ name }) => name)).toEqual([
      "cross-entropy", "cross-entropy (restart)", "balanced cross-entropy", "cross-entropy, α = 0.25",
    ]);
  });
});

describe("the conclusion", () => {
  const metrics: readonly Metric[] = ["averagePrecision", "rocAuc", "macroF1", "macroF1Tuned", "brierRaw", "brier", "eceRaw", "ece", "logLoss", "seconds"];
  const loss = (name: string, values: { readonly [metric in Metric]?: readonly number[] }): LossResult => {
    const count = values.averagePrecision!.length;
    const runs = Array.from({ length: count }, (_, i) => ({
      metrics: Object.fromEntries(metrics.map((metric) => [metric, values[metric]?.[i] ?? 0.5])) as Run["metrics"],
      perClass: [], confusion: [], epoch: 1, epochs: 2, history: [],
    }));
    const summary = Object.fromEntries(metrics.map((metric) => [metric, meanAndDeviation(runs.map((run) => run.metrics[metric]))]));
    return { name, formula: "", runs, summary: summary as LossResult["summary"] };
  };
  const reference = loss("cross-entropy", { averagePrecision: [0.8, 0.82, 0.78, 0.8, 0.81] });
  const restart = loss("cross-entropy (restart)", { averagePrecision: [0.81, 0.81, 0.78, 0.79, 0.82] });

  test("recommends a loss whose gain is large and steady", () => {
    const { headline, recommendation } = conclude([reference, restart, loss("focal γ = 2", { averagePrecision: [0.86, 0.885, 0.84, 0.86, 0.87] })], 1 / 3);
    expect(headline).toBe("Focal γ = 2 ranks better than cross-entropy.");
    expect(recommendation.loss).toBe("focal γ = 2");
    expect(recommendation.reason).toMatch(/^It differs by \+0\.061 in average precision \(95 % interval \+0\.0\d\d to \+0\.0\d\d\); a restart of cross-entropy moves it by 0\.010\.$/);
  });

  test("keeps cross-entropy where the gain is as large but scatters", () => {
    const { headline, recommendation } = conclude([reference, restart, loss("focal γ = 2", { averagePrecision: [0.95, 0.8, 0.75, 0.95, 0.865] })], 1 / 3);
    expect(headline).toBe("No loss beats cross-entropy beyond noise.");
    expect(recommendation.loss).toBe("cross-entropy");
  });

  test("keeps cross-entropy where the gain is steady but no larger than a restart's", () => {
    const lucky = loss("cross-entropy (restart)", { averagePrecision: [0.83, 0.85, 0.81, 0.83, 0.84] });
    expect(conclude([reference, lucky, loss("focal γ = 2", { averagePrecision: [0.82, 0.841, 0.8, 0.82, 0.83] })], 1 / 3).recommendation.loss).toBe("cross-entropy");
  });

  test("asks more of each loss the more are compared", () => {
    const slight = loss("focal γ = 2", { averagePrecision: [0.84, 0.83, 0.81, 0.85, 0.83] });
    const others = [1, 3, 4, 5].map((g) => loss(`focal γ = ${g}`, { averagePrecision: [0.79, 0.8, 0.78, 0.8, 0.8] }));
    expect(conclude([reference, restart, slight], 0.1).recommendation.loss).toBe("focal γ = 2");
    expect(conclude([reference, restart, slight, ...others], 0.1).recommendation.loss).toBe("cross-entropy");
  });

  test("from one split concludes nothing", () => {
    const one = (result: LossResult): LossResult => ({ ...result, runs: result.runs.slice(0, 1) });
    const { headline, recommendation } = conclude([reference, restart, loss("focal γ = 2", { averagePrecision: [0.99, 1, 1, 1, 1] })].map(one), 1 / 3);
    expect(headline).toBe("One split cannot tell losses apart.");
    expect(recommendation.loss).toBe("cross-entropy");
    const three = (result: LossResult): LossResult => ({ ...result, runs: result.runs.slice(0, 3) });
    const few = conclude([reference, restart, loss("focal γ = 2", { averagePrecision: [0.99, 1, 1, 1, 1] })].map(three), 1 / 3);
    expect(few.headline).toBe("3 splits cannot tell losses apart.");
    expect(few.recommendation.reason).toMatch(/^For an interval use --repeats 5\. Here focal γ = 2 differs by \+0\.197 in average precision; a restart/);
  });

  test("names a loss that decides better where rankings do not differ", () => {
    const tuned = loss("balanced cross-entropy", { averagePrecision: [0.8, 0.815, 0.785, 0.8, 0.81], macroF1Tuned: [0.6, 0.605, 0.6, 0.61, 0.6] });
    const { headline, recommendation } = conclude([reference, restart, tuned], 1 / 3);
    expect(headline).toBe("Balanced cross-entropy decides better than cross-entropy, but does not rank better.");
    expect(recommendation.loss).toBe("balanced cross-entropy");
  });
});
