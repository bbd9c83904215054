/** What stands beside a loss: how good scores are, where to cut them, what probabilities they mean, what a loss makes of them. */
export { applyTemperature, calibrate, fitPosterior, fitTemperature, recoverPosterior } from "./calibrate.ts";
export type { Calibration, PosteriorRecovery, TemperatureScaling } from "./calibrate.ts";
export { diagnose } from "./diagnose/index.ts";
export type { ClassProfile, CumulativePoint, DiagnoseOptions, Diagnosis, DifficultyBin, LossProfile, LossVerdict } from "./diagnose/index.ts";
export {
  averagePrecision, balancedAccuracy, bestThreshold, bootstrap, brier, classScores, column, confusionMatrix, decide, expectedCalibrationError,
  logLoss, macroAveragePrecision, macroF1, macroPrecision, macroRecall, macroRocAuc, matthewsCorrelation, precisionRecallCurve, reliability,
  rocAuc, tuneMultipliers,
} from "./metrics/index.ts";
export type {
  BootstrapOptions, ClassScore, Confusion, CurvePoint, Decision, Interval, ReliabilityBin, ThresholdChoice, ThresholdGoal,
} from "./metrics/index.ts";
