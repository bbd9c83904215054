import { describe, expect, test } from "vitest";
import { gridOf } from "../src/experiment/candidates.ts";
import { choose } from "../src/experiment/choose.ts";
import { familyNames } from "../src/experiment/families.ts";
import { pairedDifference } from "../src/experiment/intervals.ts";
import { pronounce } from "../src/experiment/pronounce.ts";
import { numbers } from "./data-files.ts";

const flat = (value: number, folds = 5): number[] => Array.from({ length: folds }, () => value);
const plus = (scores: readonly number[], gains: readonly number[]): number[] => scores.map((score, i) => score + gains[i]!);
const reference = [0.8, 0.82, 0.78, 0.8, 0.81];
const restart = plus(reference, [0.002, -0.002, 0.001, -0.001, 0]);
const steady = [0.03, 0.031, 0.029, 0.03, 0.03];
const wild = [0.3, -0.1, 0.2, -0.2, 0.1];
const settings = { better: "higher", folds: 5, testOverTrain: 0.3125 } as const;

describe("the choice", () => {
  test("takes the best mean where its gain is steady", () => {
    const choice = choose({ ...settings, scores: [reference, restart, plus(reference, steady.map((g) => g / 3)), plus(reference, steady)] });
    expect(choice).toMatchObject({ best: 3, recommended: 3, comparisons: 2, level: 0.975 });
    expect(choice.nearBest).toEqual([false, false, false, true]);
  });

  test("keeps cross-entropy where the best mean's gain is larger, but scatters", () => {
    const choice = choose({ ...settings, scores: [reference, restart, plus(reference, wild)] });
    expect(choice).toMatchObject({ best: 2, recommended: 0 });
    expect(choice.nearBest[0]).toBe(true);
  });

  test("recommends the simplest that is within noise of the best and better than cross-entropy", () => {
    const close = plus(reference, [0.031, 0.029, 0.031, 0.028, 0.03]);
    const unsteady = plus(reference, [0.2, -0.1, 0.15, -0.2, 0.05]); // simpler and within noise, but of cross-entropy too
    const choice = choose({ ...settings, scores: [reference, restart, unsteady, close, plus(reference, steady.map((g) => g + 0.0005))] });
    expect(choice.best).toBe(4);
    expect(choice.nearBest).toEqual([false, false, true, true, true]);
    expect(choice.recommended).toBe(3);
  });

  test("asks for more than a restart moves cross-entropy", () => {
    const lucky = plus(reference, flat(0.05));
    expect(choose({ ...settings, scores: [reference, lucky, plus(reference, steady)] }).recommended).toBe(0);
  });

  test("knows that log loss is better when lower", () => {
    const choice = choose({ ...settings, better: "lower", scores: [reference, restart, plus(reference, steady), plus(reference, steady.map((g) => -g))] });
    expect(choice).toMatchObject({ best: 3, recommended: 3 });
    expect(choice.toReference[3]!.high).toBeLessThan(0);
  });

  test("never chooses the restart, and takes the simpler of equals", () => {
    expect(choose({ ...settings, scores: [reference, plus(reference, steady), reference, reference] }).best).toBe(0);
  });

  test("its intervals are Nadeau and Bengio's at a level that allows for all comparisons", () => {
    const cells = [wild, steady, flat(0.01)].map((gains) => plus(reference, gains));
    const { toReference, level } = choose({ ...settings, scores: [reference, restart, ...cells] });
    expect(level).toBeCloseTo(1 - 0.05 / 3, 12);
    cells.forEach((cell, i) => expect(toReference[i + 2]).toEqual(pairedDifference(cell, reference, 0.3125, 1 - 0.05 / 3)));
  });

  test("judges itself on each fold by what the other folds of the same repeat choose, by hand", () => {
    // Each of three candidates is lucky in one fold of three: left out of the choice, that fold sees another's bad score.
    const lucky = (at: number): number[] => [0, 1, 2].map((fold) => (fold === at ? 0.9 : 0.3));
    const scores = [flat(0.4, 3), flat(0.4, 3), lucky(0), lucky(1), lucky(2)];
    const { best, held, gain } = choose({ ...settings, folds: 3, scores });
    expect(best).toBe(2); // mean 0.5 against 0.4
    // Without fold 0: candidates 3 and 4 have 0.6, the first of them 0.3 on fold 0. Without fold 1: candidate 2, 0.3. Without fold 2: candidate 2, 0.3.
    expect(held).toBeCloseTo(0.3, 12);
    expect(gain.mean).toBeCloseTo(-0.1, 12);
    const twice = choose({ ...settings, folds: 3, scores: scores.map((own) => [...own, ...flat(0.4, 3)]) });
    expect(twice.held).toBeCloseTo((3 * 0.3 + 3 * 0.4) / 6, 12);
  });

  test("names a winner in at most 5 % of 400 grids of pure noise; what it says tuning gains there is 0, within three standard errors", () => {
    const random = numbers(7);
    const noise = (): number => random() + random() + random() - 1.5;
    const choices = Array.from({ length: 400 }, () => {
      const levels = Array.from({ length: 10 }, noise);
      return choose({ ...settings, scores: Array.from({ length: 11 }, () => levels.map((level) => level + 0.3 * noise())) });
    });
    expect(choices.filter(({ recommended }) => recommended !== 0).length).toBeLessThanOrEqual(20);
    const gains = choices.map(({ gain }) => gain.mean);
    const mean = gains.reduce((a, b) => a + b, 0) / gains.length;
    const error = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1) / gains.length);
    expect(Math.abs(mean)).toBeLessThan(3 * error);
    // What is taken at face value is above it by far: the optimism that the sentence speaks of.
    const faceValue = choices.map(({ best, toReference }) => toReference[best]!.mean).reduce((a, b) => a + b, 0) / choices.length;
    expect(faceValue).toBeGreaterThan(5 * error);
  });
});

describe("the verdict in words", () => {
  const names = ["cross-entropy", "cross-entropy (restart)", "focal γ = 1", "focal γ = 2"];
  const say = (...gains: readonly (readonly number[])[]) => {
    const scores = [reference, restart, ...gains.map((gain) => plus(reference, gain))];
    return pronounce(choose({ ...settings, scores }), names, "averagePrecision", scores.map((own) => own.reduce((a, b) => a + b, 0) / own.length));
  };

  test("a winner is named with its interval, the comparisons allowed for, and the noise", () => {
    const { headline, recommendation, best } = say(flat(-0.05), steady);
    expect(headline).toBe("Focal γ = 2 beats cross-entropy beyond noise.");
    expect(best).toBe("focal γ = 2");
    expect(recommendation.reason).toMatch(/^It differs from cross-entropy by \+0\.030 in average precision \(97\.5 % interval \+0\.02\d to \+0\.03\d, allowing for 2 comparisons; a restart of cross-entropy moves it by 0\.002\)\. No other cell is within noise of it\.$/);
  });

  test("a gain within noise keeps cross-entropy, and says what was found", () => {
    const { headline, recommendation, best } = say(flat(-0.05), wild);
    expect(headline).toBe("No loss in the grid beats cross-entropy beyond noise.");
    expect(recommendation.loss).toBe("cross-entropy");
    expect(recommendation.reason).toMatch(/^The best mean, focal γ = 2, differs from it by \+0\.060/);
    expect(best).toBe("focal γ = 2");
  });

  test("cross-entropy with the best mean is said to have it", () => {
    expect(say(flat(-0.05), flat(-0.1)).headline).toBe("Nothing in the grid has a better mean than cross-entropy.");
  });

  test("the choice's own worth is said, and that the best mean is optimistic", () => {
    expect(say(flat(-0.05), steady).selection.sentence).toMatch(/^The best mean, 0\.832, is optimistic.*it is 0\.832, a difference of \+0\.030 to cross-entropy \(95 % interval \+0\.0\d\d to \+0\.0\d\d\).*Nested cross-validation.*was not done\.\)$/);
  });
});

describe("too few folds for an interval", () => {
  test("no winner, and the words say what is missing instead of digits", () => {
    const scores = [reference, restart, plus(reference, steady)].map((own) => own.slice(0, 2));
    const choice = choose({ ...settings, folds: 2, scores, range: [0, 1] });
    expect(choice).toMatchObject({ best: 2, recommended: 0, nearBest: [true, true, true] });
    expect(choice.toReference[2]).toEqual({ mean: expect.closeTo(0.0305, 12) });
    const { headline, recommendation, selection } = pronounce(choice, ["cross-entropy", "cross-entropy (restart)", "focal γ = 1"], "averagePrecision", [0.81, 0.81, 0.84]);
    expect(headline).toBe("So few folds cannot tell losses apart.");
    expect(recommendation.reason).toBe("For an interval use four folds or more (--folds, --repeats). The best mean, focal γ = 1, differs from it by +0.031 in average precision (too few folds for an interval; a restart of cross-entropy moves it by 0.003).");
    expect(selection.sentence).toContain("(too few folds for an interval)");
  });
});

describe("the grid", () => {
  const names = (...args: Parameters<typeof gridOf>): string[] => gridOf(...args).map(({ name }) => name);

  test("goes from the simplest on, with cross-entropy for γ = 0 under every weighting, trained once", () => {
    expect(names([2, 0, 1], [0.25, "none", "balanced"], 2, ["focal"])).toEqual([
      "cross-entropy", "cross-entropy (restart)", "balanced cross-entropy", "cross-entropy, α = 0.25",
      "focal γ = 1", "focal γ = 2", "focal γ = 1, balanced", "focal γ = 2, balanced", "focal γ = 1, α = 0.25", "focal γ = 2, α = 0.25",
    ]);
    expect(names([2], ["none"], 2, ["focal"])).toEqual(["cross-entropy", "cross-entropy (restart)", "focal γ = 2"]);
    expect(names([2], ["none"], 2, ["crossEntropy", "focal"])).toEqual(["cross-entropy", "cross-entropy (restart)", "focal γ = 2"]);
  });

  test("gives losses without γ one cell a weighting, and γ = 0 only to those for which it is a loss of its own", () => {
    expect(names([0, 2], ["none"], 3, ["poly1Focal", "focalStar", "inverseFocal", "flsd53"])).toEqual([
      "cross-entropy", "cross-entropy (restart)", "poly1Focal γ = 0", "poly1Focal γ = 2", "focalStar γ = 2", "inverseFocal γ = 2", "flsd53",
    ]);
  });

  test("makes every family's loss with the weights of the training part", () => {
    for (const candidate of gridOf([2], ["balanced"], 2, familyNames).slice(2)) {
      const { alpha, name } = candidate.loss([90, 10]);
      expect(name).toBe(candidate.family);
      expect((alpha as number[])[1]).toBeGreaterThan((alpha as number[])[0]!);
    }
  });

  test("is refused where it holds nothing to compare, repeats itself, or names two classes of three", () => {
    expect(() => names([0], ["none"], 2, ["focal"])).toThrow("nothing to compare: γ = 0 without class weights is cross-entropy itself");
    expect(() => names([1, 1], ["none"], 2, ["focal"])).toThrow("loss, gamma and alpha must not repeat a value");
    expect(() => names([0, 0], ["balanced"], 2, ["flsd53"])).toThrow("gamma must not repeat a value");
    expect(() => names([1], [0.25], 3, ["focal"])).toThrow("alpha must be none or balanced for 3 classes, got 0.25");
  });
});
