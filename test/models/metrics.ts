/** Metrics against their definitions, counted pair by pair and threshold by threshold. */
import fc from "fast-check";
import {
  applyTemperature, averagePrecision, balancedAccuracy, bestThreshold, bootstrap, brier, calibrate, classScores, column, confusionMatrix, decide, expectedCalibrationError, fitPosterior,
  fitTemperature, logLoss, macroAveragePrecision, macroF1, macroPrecision, macroRecall, macroRocAuc, matthewsCorrelation, precisionRecallCurve, recoverPosterior, reliability, rocAuc, tuneMultipliers,
} from "focal-loss/evaluate";
import { anything, double, hard, wild, wildNumbers } from "./arbitraries.ts";
import { model, must, near, refusable } from "./model.ts";

/** Scores with ties among them, and labels of both kinds. */
const scored = fc.array(fc.tuple(fc.oneof(fc.integer({ min: 0, max: 4 }).map((k) => k / 4), double(0, 1)), hard), { minLength: 2, maxLength: 30 })
  .filter((pairs) => pairs.some(([, y]) => y === 1) && pairs.some(([, y]) => y === 0))
  .map((pairs) => ({ scores: pairs.map(([s]) => s), labels: pairs.map(([, y]) => y) }));

const counts = (scores: readonly number[], labels: readonly number[], threshold: number): { tp: number; fp: number; fn: number; tn: number } => {
  const at = { tp: 0, fp: 0, fn: 0, tn: 0 };
  scores.forEach((s, i) => at[s >= threshold ? (labels[i] === 1 ? "tp" : "fp") : labels[i] === 1 ? "fn" : "tn"]++);
  return at;
};
const distinct = (scores: readonly number[]): number[] => [...new Set(scores)].sort((a, b) => b - a);

const ranking = model("metrics: average precision sums precision over steps of recall, ROC-AUC counts pairs, the curve has a point per threshold", 30, scored, ({ scores, labels }) => {
  const positives = labels.filter((y) => y === 1).length;
  let ap = 0, before = 0;
  for (const threshold of distinct(scores)) {
    const { tp, fp } = counts(scores, labels, threshold);
    ap += ((tp - before) / positives) * (tp / (tp + fp));
    before = tp;
  }
  near(averagePrecision(scores, labels), ap, 1e-12, 0, "average precision");
  let won = 0, pairs = 0;
  scores.forEach((a, i) => scores.forEach((b, j) => {
    if (labels[i] !== 1 || labels[j] !== 0) return;
    pairs++;
    won += a > b ? 1 : a === b ? 0.5 : 0;
  }));
  near(rocAuc(scores, labels), won / pairs, 1e-12, 0, "ROC-AUC");
  for (const { recall, precision, threshold } of precisionRecallCurve(scores, labels)) {
    if (!Number.isFinite(threshold)) continue;
    const { tp, fp } = counts(scores, labels, threshold);
    near(recall, tp / positives, 1e-12, 0, "recall");
    near(precision, tp / (tp + fp), 1e-12, 0, "precision");
  }
});

const f1 = ({ tp, fp, fn }: ReturnType<typeof counts>): number => (2 * tp) / (2 * tp + fp + fn);
const threshold = model("metrics: the best threshold is the best of all, and does what it says", 20, fc.tuple(scored, fc.constantFrom("f1", "mcc", "balancedAccuracy" as const)), ([{ scores, labels }, goal]) => {
  const best = bestThreshold(scores, labels, { goal: goal as "f1" }), at = counts(scores, labels, best.threshold);
  near(best.f1, f1(at), 1e-12, 0, "f1 at the threshold");
  near(best.balancedAccuracy, (at.tp / (at.tp + at.fn) + at.tn / (at.tn + at.fp)) / 2, 1e-12, 0, "balanced accuracy");
  for (const other of distinct(scores)) {
    const there = counts(scores, labels, other), value = goal === "f1" ? f1(there) : goal === "balancedAccuracy" ? (there.tp / (there.tp + there.fn) + there.tn / (there.tn + there.fp)) / 2
      : matthewsCorrelation([[there.tn, there.fp], [there.fn, there.tp]]);
    must(!(value > best[goal as "f1"] + 1e-12), `${goal} is ${value} at ${other}, more than ${best[goal as "f1"]} at ${best.threshold}`);
  }
});

/** Rows of probabilities of 2 to 4 classes, each with a label. */
const table = fc.integer({ min: 2, max: 4 }).chain((classes) => fc.array(fc.tuple(fc.array(double(0.01, 1), { minLength: classes, maxLength: classes }), fc.nat(classes - 1)), { minLength: 1, maxLength: 20 })
  .map((rows) => ({ classes, labels: rows.map(([, y]) => y), probabilities: rows.flatMap(([raw]) => { const sum = raw.reduce((a, b) => a + b); return raw.map((p) => p / sum); }) })));

const tables = model("metrics: confusion, F1, log loss, Brier score and calibration error are what their definitions count", 25, table, ({ classes, labels, probabilities }) => {
  const rows = labels.map((_, r) => probabilities.slice(r * classes, (r + 1) * classes)), predicted = decide(probabilities, classes);
  rows.forEach((row, r) => near(row[predicted[r]!]!, Math.max(...row), 1e-12, 0, "the largest"));
  const confusion = confusionMatrix(predicted, labels, classes);
  const count = (y: number, k: number): number => labels.filter((label, r) => label === y && predicted[r] === k).length;
  confusion.forEach((line, y) => line.forEach((n, k) => must(n === count(y, k), "confusion")));
  classScores(confusion).forEach((score, k) => {
    const hit = count(k, k), support = labels.filter((y) => y === k).length, said = [...predicted].filter((p) => p === k).length;
    must(score.support === support && score.predicted === said, "support");
    if (support + said > 0) near(score.f1, (2 * hit) / (support + said), 1e-12, 0, "f1");
  });
  for (const of of [macroF1, macroPrecision, macroRecall, balancedAccuracy]) must(!(of(confusion) < 0 || of(confusion) > 1), "a mean outside [0, 1]");
  near(logLoss(probabilities, labels, classes), rows.reduce((sum, row, r) => sum - Math.log(row[labels[r]!]!), 0) / rows.length, 1e-9, 1e-12, "log loss");
  const squares = rows.reduce((sum, row, r) => sum + row.reduce((s, p, k) => s + (p - Number(labels[r] === k)) ** 2, 0), 0) / rows.length / (classes === 2 ? 2 : 1); // of two classes, the positive one's alone
  near(brier(probabilities, labels, classes), squares, 1e-9, 1e-12, "Brier");
  const bins = reliability(probabilities, labels, classes), total = bins.reduce((sum, { count }) => sum + count, 0);
  near(expectedCalibrationError(probabilities, labels, classes), bins.reduce((sum, { predicted: p, observed, count }) => sum + (count === 0 ? 0 : (count / total) * Math.abs(p - observed)), 0), 1e-9, 1e-12, "calibration error");
  const { multipliers, macroF1: tuned } = tuneMultipliers(probabilities, labels, classes);
  must(tuned >= macroF1(confusion) - 1e-12, "tuned multipliers are worse than none");
  near(macroF1(confusionMatrix(decide(probabilities, classes, multipliers), labels, classes)), tuned, 1e-12, 0, "tuned");
});

const calibration = model("metrics: recovery keeps rows probabilities and their order; the fitted temperature is no worse than its neighbours", 8, fc.tuple(table, double(0, 5)), ([{ classes, labels, probabilities }, gamma]) => {
  const sums = (values: Float64Array): void => {
    for (let r = 0; r < labels.length; r++) near(values.slice(r * classes, (r + 1) * classes).reduce((a, b) => a + b), 1, 1e-9, 0, "a row's sum");
  };
  const recovered = recoverPosterior(probabilities, classes, { gamma });
  sums(recovered);
  recovered.forEach((p, i) => recovered.forEach((q, j) => {
    if (Math.floor(i / classes) === Math.floor(j / classes) && probabilities[i]! > probabilities[j]! + 1e-9) must(p >= q - 1e-12, "recovery changed the order of a row");
  }));
  const { temperature } = fitTemperature(probabilities, labels, classes), loss = (t: number): number => logLoss(applyTemperature(probabilities, classes, t), labels, classes);
  sums(applyTemperature(probabilities, classes, temperature));
  for (const other of [temperature * 1.01, temperature / 1.01]) if (temperature > 0.0505 && temperature < 19.8) must(loss(temperature) <= loss(other) + 1e-9, `${other} is a better temperature than ${temperature}`);
  sums(calibrate(probabilities, classes, [{ kind: "posterior", gamma }, { kind: "temperature", temperature }]));
});

const everything = { applyTemperature, averagePrecision, balancedAccuracy, bestThreshold, brier, calibrate, classScores, column, confusionMatrix, decide, expectedCalibrationError, fitPosterior, fitTemperature, logLoss, macroAveragePrecision, macroF1, macroRocAuc, matthewsCorrelation, precisionRecallCurve, recoverPosterior, reliability, rocAuc, tuneMultipliers };
const argument = fc.oneof({ weight: 4, arbitrary: wildNumbers(8) as fc.Arbitrary<unknown> }, { weight: 2, arbitrary: wild as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anything });
const hostile = model("metrics: whatever they are given, they answer or refuse in a sentence", 25, fc.tuple(fc.constantFrom(...(Object.keys(everything) as (keyof typeof everything)[])), fc.array(argument, { minLength: 1, maxLength: 4 })), ([name, given]) => {
  refusable(() => (everything[name] as (...given: unknown[]) => unknown)(...given.map((value) => (typeof value === "number" && value > 1e4 ? 1e4 : value))));
});

const intervals = model("metrics: a bootstrap's interval holds its own quantiles, and the seed decides", 1, fc.tuple(scored, fc.nat(100)), ([{ scores, labels }, seed]) => {
  const of = () => bootstrap((s, y) => averagePrecision(s, y), scores, labels, { samples: 40, seed, stratified: true }), { value, low, high } = of();
  near(value, averagePrecision(scores, labels), 1e-12);
  must(low <= high && low >= 0 && high <= 1, `an interval from ${low} to ${high}`);
  must(JSON.stringify(of()) === JSON.stringify({ value, low, high }), "the same seed gave other intervals");
});

export const metrics = [ranking, threshold, tables, calibration, hostile, intervals];
