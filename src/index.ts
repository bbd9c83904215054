export { effectiveNumberWeights, inverseFrequencyWeights, sigmoidPriorBias, softmaxPriorBias } from "./balance.ts";
export { applyTemperature, calibrate, fitTemperature, recoverPosterior } from "./calibrate.ts";
export type { Calibration, PosteriorRecovery, TemperatureScaling } from "./calibrate.ts";
export { criterion } from "./criterion.ts";
export type { ArrayOf, CallOptions, Criterion, CriterionOptions, Engine, Logits, Reduction, Value } from "./criterion.ts";
export { FocalError } from "./errors.ts";
export type { ErrorCode } from "./errors.ts";
export { FocalLoss, sigmoidFocalLoss, softmaxFocalLoss } from "./focalLoss.ts";
export type { FocalSettings } from "./focalLoss.ts";
export { crossEntropy } from "./losses/crossEntropy.ts";
export { defineLoss } from "./losses/define.ts";
export type { LossFamily, ParameterRange } from "./losses/define.ts";
export { focal } from "./losses/focal.ts";
export type { Alpha, Language, Loss, Parameter } from "./losses/loss.ts";
export {
  averagePrecision, balancedAccuracy, bestThreshold, bootstrap, brier, classScores, column, confusionMatrix, decide, expectedCalibrationError,
  logLoss, macroAveragePrecision, macroF1, macroPrecision, macroRecall, macroRocAuc, matthewsCorrelation, precisionRecallCurve, reliability,
  rocAuc, tuneMultipliers,
} from "./metrics/index.ts";
export type {
  BootstrapOptions, ClassScore, Confusion, CurvePoint, Decision, Interval, ReliabilityBin, ThresholdChoice, ThresholdGoal,
} from "./metrics/index.ts";
