import {
  averagePrecision, bestThreshold, brier, calibrate, classScores, column, confusionMatrix, decide, diagnose, expectedCalibrationError, fitPosterior, fitTemperature, logLoss, macroAveragePrecision, macroF1, macroRocAuc, precisionRecallCurve, reliability, rocAuc, tuneMultipliers,
} from "focal-loss/evaluate";
import type { Loss } from "focal-loss";
import type { Calibration } from "focal-loss/evaluate";
import { logits, predict } from "focal-loss/train";
import type { Model, Trained } from "focal-loss/train";
import type { Part, Prepared } from "../data/index.ts";
import type { Curves, Run } from "../results.ts";

/** A trained model with what validation taught about using it. */
export interface Judged {
  readonly run: Run;
  readonly calibration: readonly Calibration[];
  readonly decision: number | readonly number[];
}

/**
 * Judges a model on the test part. Validation puts its scores back on the probability scale and tunes the decision;
 * the test part is only looked at.
 *
 * @param recovery - undefined where no way back to probabilities is known: then a γ and a temperature are fitted, the class weights taken out
 * @param options.temperature - also fit a temperature, after the recovery
 * @param options.curves - also compute what the figures draw
 */
export function judge(
  trained: Trained, prepared: Prepared, loss: Loss, recovery: readonly Calibration[] | undefined,
  options: { seconds: number; temperature: boolean; curves: readonly string[] | undefined },
): Judged {
  const { model } = trained;
  const { validation, test } = prepared;
  const { classes } = test;
  const untouched = predict(model, validation.x, validation.rows);
  const steps = recovery ?? [fitPosterior(untouched, validation.y, classes, { alpha: loss.alpha })];
  const recovered = calibrate(untouched, classes, steps);
  const temperature = options.temperature || !recovery ? [fitTemperature(recovered, validation.y, classes)] : [];
  const calibration = [...steps, ...temperature];
  const onValidation = calibrate(recovered, classes, temperature);
  const decision = classes === 2
    ? bestThreshold(column(onValidation, classes, 1), validation.y).threshold
    : tuneMultipliers(onValidation, validation.y, classes).multipliers;

  const raw = predict(model, test.x, test.rows);
  const probabilities = calibrate(raw, classes, calibration);
  const confusion = confusionMatrix(decide(raw, classes), test.y, classes);
  const tuned = confusionMatrix(decide(probabilities, classes, decision), test.y, classes);
  const atArgmax = classScores(confusion), atTuned = classScores(tuned);
  const positive = column(probabilities, classes, 1);
  return {
    calibration, decision,
    run: {
      metrics: {
        averagePrecision: classes === 2 ? averagePrecision(positive, test.y) : macroAveragePrecision(probabilities, test.y, classes),
        rocAuc: classes === 2 ? rocAuc(positive, test.y) : macroRocAuc(probabilities, test.y, classes),
        macroF1: macroF1(confusion), macroF1Tuned: macroF1(tuned),
        brierRaw: brier(raw, test.y, classes), brier: brier(probabilities, test.y, classes),
        eceRaw: expectedCalibrationError(raw, test.y, classes), ece: expectedCalibrationError(probabilities, test.y, classes),
        logLoss: logLoss(probabilities, test.y, classes), seconds: options.seconds,
      },
      perClass: atArgmax.map(({ recall, precision }, k) => ({ recall, precision, recallTuned: atTuned[k]!.recall, precisionTuned: atTuned[k]!.precision })),
      confusion,
      epoch: trained.epoch, epochs: trained.epochs,
      history: trained.history.map(({ epoch, trainLoss, validation: score }) => ({ epoch, trainLoss, validation: score })),
      ...(options.curves && { curves: curvesOf(model, prepared.train, test, loss, { raw, probabilities }, options.curves) }),
    },
  };
}

function curvesOf(
  model: Model, train: Part, test: Part, loss: Loss, scores: { raw: Float32Array; probabilities: Float64Array }, names: readonly string[],
): Curves {
  const classes = names.length;
  const drawn = classes === 2 ? [1] : names.map((_, k) => k);
  return {
    pr: drawn.map((k) => ({
      class: names[k]!,
      points: precisionRecallCurve(column(scores.probabilities, classes, k), test.y, { positive: k }).map(({ recall, precision }) => ({ recall, precision })),
    })),
    reliability: [
      { scores: "raw", bins: reliability(scores.raw, test.y, classes, 10) },
      { scores: "recovered", bins: reliability(scores.probabilities, test.y, classes, 10) },
    ],
    difficulty: diagnose(logits(model, train.x, train.rows), train.y, loss, { head: model.head, ...(model.head === "softmax" && { classes }), against: [] })
      .losses[0]!.classes.map(({ class: k, curve }) => ({ group: names[k]!, points: curve.map(({ examples, gradient }) => ({ examples, gradient })) })),
  };
}
