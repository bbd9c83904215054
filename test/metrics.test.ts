import { describe, expect, test } from "vitest";
import { FocalError } from "focal-loss";
import {
  averagePrecision, balancedAccuracy, bestThreshold, brier, classScores, column, confusionMatrix, decide, expectedCalibrationError, logLoss, macroAveragePrecision, macroF1, macroPrecision, macroRecall, macroRocAuc, matthewsCorrelation, precisionRecallCurve, reliability, rocAuc, tuneMultipliers,
} from "focal-loss/evaluate";
import type { ThresholdGoal } from "focal-loss/evaluate";
import { randomNumbers } from "focal-loss/train";

describe("ranking", () => {
  test("average precision and ROC-AUC of scikit-learn's documented example (exact)", () => {
    expect(averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBeCloseTo(5 / 6, 15);
    expect(rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
  });

  test("equal scores are one step: AP 2/4, AUC 1/2, whatever their order", () => {
    for (const labels of [[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1]]) {
      expect(averagePrecision([3, 3, 3, 3], labels)).toBe(0.5);
      expect(rocAuc([3, 3, 3, 3], labels)).toBe(0.5);
    }
    // Steps: 0.9 finds 1 of 1; 0.5 finds one more with two negatives (2/4); 0.1 the last (3/5).
    expect(averagePrecision([0.9, 0.5, 0.5, 0.5, 0.1], [1, 1, 0, 0, 1])).toBeCloseTo((1 + 2 / 4 + 3 / 5) / 3, 15);
  });

  test("AP and AUC agree with counting every pair on 200 random rankings with ties (1e-12)", () => {
    const random = randomNumbers(7);
    for (let round = 0; round < 200; round++) {
      const n = 2 + Math.floor(random() * 30);
      const scores = Array.from({ length: n }, () => Math.floor(random() * 8));
      const labels = Array.from({ length: n }, (_, i) => (i === 0 ? 1 : i === 1 ? 0 : Math.floor(random() * 2)));
      const right = scores.filter((_, i) => labels[i] === 1), wrong = scores.filter((_, i) => labels[i] === 0);
      const wins = right.flatMap((r) => wrong.map((w) => (r > w ? 1 : r === w ? 0.5 : 0))) as number[];
      const precisions = right.map((r) => right.filter((s) => s >= r).length / scores.filter((s) => s >= r).length);
      expect(rocAuc(scores, labels)).toBeCloseTo(wins.reduce((a, b) => a + b) / wins.length, 12);
      expect(averagePrecision(scores, labels)).toBeCloseTo(precisions.reduce((a, b) => a + b) / right.length, 12);
    }
  });

  test("infinite scores rank like any other", () => {
    expect(averagePrecision([-Infinity, 0, Infinity], [0, 0, 1])).toBe(1);
    expect(rocAuc([Infinity, Infinity, -Infinity, -Infinity], [1, 0, 1, 0])).toBe(0.5);
  });

  test("without positives AP is 0 and AUC is 1/2; a NaN score and unequal lengths are errors", () => {
    expect(averagePrecision([1, 2], [0, 0])).toBe(0);
    expect(rocAuc([1, 2], [0, 0])).toBe(0.5);
    expect(rocAuc([1, 2], [1, 1])).toBe(0.5);
    expect(() => averagePrecision([1, NaN], [0, 1])).toThrow("scores[1] must be a number, got NaN");
    expect(() => rocAuc([1], [0, 1])).toThrow(FocalError);
  });

  test("a column of a table", () => {
    expect(column([0.9, 0.1, 0.3, 0.7], 2, 1)).toEqual(Float64Array.of(0.1, 0.7));
  });

  test("macro forms average one-vs-rest over the classes that occur", () => {
    const probabilities = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.4, 0.5, 0.1];
    const labels = [0, 1, 0]; // class 2 does not occur
    expect(macroAveragePrecision(probabilities, labels, 3)).toBe((averagePrecision([0.7, 0.1, 0.4], [1, 0, 1]) + averagePrecision([0.2, 0.8, 0.5], [0, 1, 0])) / 2);
    expect(macroRocAuc(probabilities, labels, 3)).toBe(1);
  });
});

describe("confusion", () => {
  test("scikit-learn's documented confusion matrix and macro-F1 (exact)", () => {
    expect(confusionMatrix([0, 0, 2, 2, 0, 2], [2, 0, 2, 2, 0, 1], 3)).toEqual([[2, 0, 0], [0, 0, 1], [1, 0, 2]]);
    expect(macroF1(confusionMatrix([0, 2, 1, 0, 0, 1], [0, 1, 2, 0, 1, 2], 3))).toBeCloseTo(0.26666666666666666, 15);
  });

  test("scikit-learn's documented macro precision and recall, balanced accuracy and Matthews correlation (1e-15)", () => {
    const confusion = confusionMatrix([0, 2, 1, 0, 0, 1], [0, 1, 2, 0, 1, 2], 3);
    expect(macroPrecision(confusion)).toBeCloseTo(2 / 9, 15); // printed there as 0.22
    expect(macroRecall(confusion)).toBeCloseTo(1 / 3, 15); // 0.33
    expect(balancedAccuracy(confusionMatrix([0, 1, 0, 0, 0, 1], [0, 1, 0, 0, 1, 0], 2))).toBe(0.625);
    expect(matthewsCorrelation(confusionMatrix([1, 0, 1, 1], [1, 1, 1, 0], 2))).toBeCloseTo(-1 / 3, 15); // -0.33
  });

  test("a class that is predicted and never occurs counts for the macro means, and not for balanced accuracy", () => {
    const confusion = [[2, 0, 1], [0, 1, 0], [0, 0, 0]];
    expect(macroRecall(confusion)).toBeCloseTo((2 / 3 + 1 + 0) / 3, 15);
    expect(macroPrecision(confusion)).toBeCloseTo((1 + 1 + 0) / 3, 15);
    expect(balancedAccuracy(confusion)).toBeCloseTo((2 / 3 + 1) / 2, 15);
  });

  test("Matthews correlation is the covariance of one-hot classes over its greatest value, on 100 random tables (1e-12)", () => {
    const random = randomNumbers(13);
    for (let round = 0; round < 100; round++) {
      const classes = 2 + Math.floor(random() * 4), rows = 30;
      const labels = Array.from({ length: rows }, (_, i) => (i < 2 ? i : Math.floor(random() * classes)));
      const predicted = labels.map((label, i) => (i < 2 || random() < 0.5 ? label : Math.floor(random() * classes)));
      const covariance = (a: number[], b: number[]): number => {
        let sum = 0;
        for (let k = 0; k < classes; k++) {
          const is = (list: number[]) => list.map((value) => Number(value === k) - list.filter((other) => other === k).length / rows);
          const [x, y] = [is(a), is(b)];
          sum += x.reduce((all, value, i) => all + value * y[i]!, 0);
        }
        return sum;
      };
      const expected = covariance(predicted, labels) / Math.sqrt(covariance(predicted, predicted) * covariance(labels, labels));
      expect(matthewsCorrelation(confusionMatrix(predicted, labels, classes))).toBeCloseTo(expected, 12);
    }
  });

  test("all right is 1; one class only, or one class called, is no correlation: 0", () => {
    expect(matthewsCorrelation([[3, 0, 0], [0, 2, 0], [0, 0, 4]])).toBe(1);
    expect(matthewsCorrelation([[0, 5], [0, 3]])).toBe(0);
    expect(matthewsCorrelation([[5, 3], [0, 0]])).toBe(0);
  });

  test("scores per class, by hand", () => {
    const [a, b, c] = classScores([[3, 1, 0], [2, 4, 0], [0, 0, 0]]);
    expect(a).toEqual({ precision: 3 / 5, recall: 3 / 4, f1: 6 / 9, support: 4, predicted: 5 });
    expect(b).toEqual({ precision: 4 / 5, recall: 4 / 6, f1: 8 / 11, support: 6, predicted: 5 });
    expect(c).toEqual({ precision: 0, recall: 0, f1: 0, support: 0, predicted: 0 });
    expect(macroF1([[3, 1, 0], [2, 4, 0], [0, 0, 0]])).toBeCloseTo((6 / 9 + 8 / 11) / 2, 15);
  });

  test("a label outside the classes is named", () => {
    expect(() => confusionMatrix([0, 3], [0, 1], 3)).toThrow("predicted[1] must be a class from 0 to 2, got 3");
  });
});

describe("probabilities", () => {
  test("log loss of scikit-learn's documented example (1e-12)", () => {
    expect(logLoss([0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65], [1, 0, 0, 1], 2)).toBeCloseTo(0.21616187468057912, 12);
  });

  test("a probability of 0 for what happened costs 52 log 2, not infinity", () => {
    expect(logLoss([1, 0], [1], 2)).toBeCloseTo(52 * Math.LN2, 12);
  });

  test("Brier score: scikit-learn's documented example for two classes, by hand for three (1e-12)", () => {
    expect(brier([0.9, 0.1, 0.1, 0.9, 0.2, 0.8, 0.7, 0.3], [0, 1, 1, 0], 2)).toBeCloseTo(0.0375, 12);
    expect(brier([0.5, 0.3, 0.2], [1], 3)).toBeCloseTo(0.25 + 0.49 + 0.04, 12);
  });

  test("reliability and calibration error by hand: two classes by p of class 1, more by the leading class (1e-12)", () => {
    const two = [0.9, 0.1, 0.85, 0.15, 0.3, 0.7, 0.25, 0.75];
    const bins = reliability(two, [0, 1, 1, 1], 2, 5);
    expect(bins.map(({ count }) => count)).toEqual([2, 2]);
    expect(bins.map(({ observed }) => observed)).toEqual([0.5, 1]);
    expect(expectedCalibrationError(two, [0, 1, 1, 1], 2, 5)).toBeCloseTo(0.5 * (0.5 - 0.125) + 0.5 * (1 - 0.725), 12);
    expect(expectedCalibrationError([0.6, 0.3, 0.1, 0.2, 0.6, 0.2], [0, 0], 3)).toBeCloseTo(0.1, 12);
  });
});

describe("decisions", () => {
  test("the precision–recall curve rises in recall and keeps both ends in at most 200 points", () => {
    expect(precisionRecallCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toEqual([
      { recall: 0.5, precision: 1, threshold: 0.8 },
      { recall: 1, precision: 2 / 3, threshold: 0.35 },
    ]);
    const random = randomNumbers(3);
    const labels = Array.from({ length: 3000 }, () => (random() < 0.3 ? 1 : 0));
    const curve = precisionRecallCurve(labels.map((t) => random() + t / 2), labels);
    expect(curve).toHaveLength(200);
    expect(curve.at(-1)!.recall).toBe(1);
    expect(curve[0]!.recall).toBe(1 / labels.filter((t) => t === 1).length);
    for (let i = 1; i < curve.length; i++) expect(curve[i]!.recall).toBeGreaterThan(curve[i - 1]!.recall);
    expect(precisionRecallCurve([1, 2], [0, 0])).toEqual([]);
  });

  test("the best threshold by hand, in the middle of the gap below the last score called positive", () => {
    expect(bestThreshold([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toEqual({
      threshold: expect.closeTo(0.225, 12), met: true, precision: expect.closeTo(2 / 3, 15), recall: 1, f1: 0.8,
      mcc: expect.closeTo(1 / Math.sqrt(3), 15), balancedAccuracy: 0.75,
    });
    const scores = [0.9, 0.8, 0.7, 0.6, 0.5], labels = [1, 1, 0, 1, 0];
    const at = (goal: ThresholdGoal) => bestThreshold(scores, labels, { goal });
    expect(at({ precision: 0.9 })).toMatchObject({ threshold: expect.closeTo(0.75, 12), met: true, precision: 1, recall: 2 / 3 });
    expect(at({ precision: 0.7 })).toMatchObject({ threshold: expect.closeTo(0.55, 12), met: true, precision: 0.75, recall: 1 });
    expect(at({ recall: 0.6 })).toMatchObject({ threshold: expect.closeTo(0.75, 12), met: true, precision: 1, recall: 2 / 3 });
    expect(at({ recall: 0.7 })).toMatchObject({ threshold: expect.closeTo(0.55, 12), met: true, precision: 0.75, recall: 1 });
  });

  test.each<[ThresholdGoal]>([["f1"], ["mcc"], ["balancedAccuracy"], [{ precision: 0.4 }], [{ recall: 0.7 }]])(
    "the best threshold for %j reaches what it promises, and no score as a threshold does better", (goal) => {
      const random = randomNumbers(5);
      const labels = Array.from({ length: 80 }, () => (random() < 0.2 ? 1 : 0));
      const scores = labels.map((t) => Math.round(10 * (random() + t / 3)) / 20);
      const reached = (threshold: number) => {
        const confusion = confusionMatrix(decide(scores.flatMap((p) => [1 - p, p]), 2, threshold), labels, 2);
        const { precision, recall, f1 } = classScores(confusion)[1]!;
        return { precision, recall, f1, mcc: matthewsCorrelation(confusion), balancedAccuracy: balancedAccuracy(confusion) };
      };
      const best = bestThreshold(scores, labels, { goal });
      expect(best).toEqual({ threshold: best.threshold, met: true, ...reached(best.threshold) });
      for (const score of scores) {
        const other = reached(score);
        if (typeof goal === "string") expect(other[goal]).toBeLessThanOrEqual(best[goal]);
        else if ("precision" in goal) expect(other.precision < 0.4 || other.recall <= best.recall).toBe(true);
        else expect(other.recall < 0.7 || other.precision <= best.precision).toBe(true);
      }
    },
  );

  test("a precision that no threshold has gives the nearest, and says that it is not met", () => {
    expect(bestThreshold([0.9, 0.8, 0.7], [0, 1, 1], { goal: { precision: 0.9 } })).toMatchObject({ met: false, precision: 2 / 3, recall: 1, threshold: 0.7 });
    expect(bestThreshold([0.3, 0.6], [0, 0])).toEqual({ threshold: 0.5, met: false, precision: 0, recall: 0, f1: 0, mcc: 0, balancedAccuracy: 0 });
  });

  test("the positive label is an option, or the third argument alone; an unknown goal is named", () => {
    expect(bestThreshold([0.9, 0.1], [3, 1], 3)).toEqual(bestThreshold([0.9, 0.1], [1, 0]));
    expect(bestThreshold([0.9, 0.1], [3, 1], { positive: 3 })).toEqual(bestThreshold([0.9, 0.1], [1, 0]));
    const wrong = (goal: unknown) => () => bestThreshold([0.9, 0.1], [1, 0], { goal: goal as ThresholdGoal });
    expect(wrong("f2")).toThrow('goal must be "f1", "mcc", "balancedAccuracy", { precision } or { recall }, got the string "f2"');
    expect(wrong({ precision: 0.5, recall: 0.5 })).toThrow('got {"precision":0.5,"recall":0.5}');
    expect(wrong({})).toThrow("got {}");
    expect(wrong(null)).toThrow("got null");
    expect(() => bestThreshold([0.9, 0.1], [1, 0], { gaol: "mcc" } as object)).toThrow("bestThreshold has no option gaol; it has goal, positive");
    expect(wrong({ precision: 90 })).toThrow("the precision of a goal must be in [0, 1], got 90");
  });

  test("tuned multipliers reach the macro-F1 they promise, above argmax and above 400 random multipliers", () => {
    const random = randomNumbers(11);
    const classes = 4, rows = 300;
    const labels = Array.from({ length: rows }, () => Math.min(3, Math.floor(-Math.log(random()) * 0.9)));
    const probabilities = labels.flatMap((label) => {
      const raw = Array.from({ length: classes }, (_, k) => random() ** 2 * [8, 3, 1, 0.5][k]! + (k === label ? 0.6 : 0));
      const sum = raw.reduce((a, b) => a + b);
      return raw.map((p) => p / sum);
    });
    const reached = (multipliers?: number[]) => macroF1(confusionMatrix(decide(probabilities, classes, multipliers), labels, classes));
    const tuned = tuneMultipliers(probabilities, labels, classes);
    expect(reached(tuned.multipliers)).toBeCloseTo(tuned.macroF1, 12);
    expect(tuned.macroF1).toBeGreaterThan(reached() + 0.05);
    for (let i = 0; i < 400; i++) expect(reached(Array.from({ length: classes }, () => Math.exp(4 * random() - 2)))).toBeLessThanOrEqual(tuned.macroF1 + 0.02);
    expect(tuneMultipliers(probabilities, labels, classes)).toEqual(tuned);
  });

  test("multipliers stay 1 where the largest probability is always right", () => {
    expect(tuneMultipliers([0.6, 0.3, 0.1, 0.2, 0.5, 0.3], [0, 1], 3)).toEqual({ multipliers: [1, 1, 1], macroF1: 1 });
  });

  test("a class is found that argmax never names", () => {
    const probabilities = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4];
    const { multipliers, macroF1: f1 } = tuneMultipliers(probabilities, [0, 0, 1, 1], 2);
    expect(f1).toBe(1);
    expect([...decide(probabilities, 2, multipliers)]).toEqual([0, 0, 1, 1]);
  });
});

describe("a mistake gives one sentence that names value and expectation", () => {
  const wrong = <T>(value: unknown): T => value as T;
  const rows = [0.4, 0.6, 0.9, 0.1];
  test.each<[string, () => unknown]>([
    ["scores[0] must be a number, got undefined", () => averagePrecision(wrong([undefined, 0.9]), [1, 0])],
    ['scores[1] must be a number, got the string "abc"', () => rocAuc(wrong([0.1, "abc"]), [1, 0])],
    ["scores[1] must be a number, got undefined", () => bestThreshold(wrong([0.1, , 0.2]), [1, 0, 1])], // eslint-disable-line no-sparse-arrays
    ["scores[0] must be a number, got null", () => precisionRecallCurve(wrong([null, 1]), [1, 0])],
    ["scores must be a typed array or an array of numbers, got null", () => rocAuc(wrong(null), [1, 0])],
    ["labels must be a typed array or an array of numbers, got undefined", () => averagePrecision([1, 2], wrong(undefined))],
    ["labels[0] must be a number, got the boolean true", () => averagePrecision([1, 2], wrong([true, false]))],
    ['labels[0] must be a number, got the string "0"', () => rocAuc([1, 2], wrong(["0", "1"]))],
    ["labels[0] must be a number, got the bigint 1", () => bestThreshold([1, 2], wrong([1n, 0n]))],
    ["labels must hold numbers, got a BigInt64Array; Int32Array.from(labels, Number) makes them so", () => rocAuc([1, 2], wrong(BigInt64Array.of(1n, 0n)))],
    ["labels[1] must be a number, got NaN", () => averagePrecision([1, 2], [1, NaN])],
    ['positive must be a label, a number, got the string "1"', () => averagePrecision([1, 2], [0, 1], wrong("1"))],
    ['labels[0] must be a number, got the string "0"', () => logLoss(rows, wrong(["0", "1"]), 2)],
    ["predicted[0] must be a number, got the boolean true", () => confusionMatrix(wrong([true]), [1], 2)],
    ["labels[0] must be a number, got the boolean false", () => confusionMatrix([1], wrong([false]), 2)],
    ["confusion[0] must be a row of counts, as confusionMatrix returns them, got 0", () => wrong<(a: unknown, b: unknown) => number>(macroF1)([0, 1], [1, 1])],
    ["confusion must be what confusionMatrix returns, got an Int32Array", () => matthewsCorrelation(wrong(Int32Array.of(0, 1)))],
    ["confusion must be square: expected 2 counts in confusion[1], got 1", () => balancedAccuracy([[1, 2], [3]])],
    ["confusion[1][0] must be a count, got -1", () => macroRecall([[1, 2], [-1, 3]])],
    ["probabilities[0] must be in [0, 1], got 7; a softmax makes probabilities of logits", () => logLoss([7, -7], [0], 2)],
    ["probabilities[1] must be in [0, 1], got -7", () => brier([0.5, -7], [0], 2)],
    ["probabilities[0] must be in [0, 1], got 6", () => expectedCalibrationError([6, -6], [0], 2)],
    ["probabilities[1] must be in [0, 1], got 3", () => tuneMultipliers([0.5, 3], [0], 2)],
    ["probabilities[0] must be a number, got NaN", () => logLoss([NaN, 1], [0], 2)],
    ["probabilities[0] must be in [0, 1], got NaN", () => decide([NaN, 1], 2)],
    ["probabilities[0] must be in [0, 1], got 4", () => decide([4, -4], 2)],
    ["probabilities must come in rows of 2, got 3 values", () => decide([0.1, 0.9, 1], 2)],
    ["the threshold must be a number, got NaN", () => decide(rows, 2, NaN)],
    ["decision[1] must be a finite number ≥ 0, got NaN", () => decide(rows, 2, [1, NaN])],
    ["decision must be a typed array or an array of numbers, got the string \"0.5\"", () => decide(rows, 2, wrong("0.5"))],
    ["bins must be a whole number ≥ 1, got 0", () => expectedCalibrationError(rows, [0, 1], 2, 0)],
    ["bins must be a whole number ≥ 1, got 1.5", () => reliability(rows, [0, 1], 2, 1.5)],
    ["rounds must be a whole number ≥ 0, got -1", () => tuneMultipliers(rows, [0, 1], 2, -1)],
    ["the column must be a class from 0 to 1, got 5", () => column(rows, 2, 5)],
    ["probabilities must come in rows of 3, got 4 values", () => column(rows, 3, 0)],
    ["precisionRecallCurve has no option pionts; it has positive, points", () => precisionRecallCurve([1, 2], [0, 1], wrong({ pionts: 9 }))],
    ["points must be a whole number ≥ 2, got 2.5", () => precisionRecallCurve([1, 2], [0, 1], { points: 2.5 })],
  ])("%s", (sentence, make) => {
    expect(make).toThrow(FocalError);
    expect(make).toThrow(sentence);
  });

  test("what a float32 softmax rounds to stays a probability, and ranked scores may be of any scale", () => {
    expect(logLoss(Float32Array.of(1.0000001, 0), [0], 2)).toBeCloseTo(0, 6);
    expect(macroRocAuc([3, -3, -3, 3], [0, 1], 2)).toBe(1);
  });
});
