export { effectiveNumberWeights, inverseFrequencyWeights, sigmoidPriorBias, softmaxPriorBias } from "./balance.ts";
export { alloc } from "./alloc.ts";
export type { Room } from "./alloc.ts";
export { criterion } from "./criterion.ts";
export { objective } from "./objective.ts";
export type { Objective, ObjectiveOptions } from "./objective.ts";
export { optimalBias } from "./optimalBias.ts";
export { runningPositives } from "./normalizer.ts";
export type { RunningPositives } from "./normalizer.ts";
export type { ArrayOf, CallOptions, Chunk, Criterion, CriterionOptions, Engine, Logits, Reduction, StreamingCriterion, Value } from "./criterion.ts";
export { threads } from "./threads.ts";
export { FocalError } from "./errors.ts";
export type { ErrorCode } from "./errors.ts";
export { FocalLoss, sigmoidFocalLoss, softmaxFocalLoss } from "./focalLoss.ts";
export type { FocalSettings } from "./focalLoss.ts";
export { defineLoss } from "./losses/define.ts";
export type { LossFamily } from "./losses/family.ts";
export {
  AdaFocal, asymmetric, asymmetricSingleLabel, asymmetricUnifiedFocal, classBalancedFocal, crossEntropy, cyclicalFocal, cyclicalShare,
  distributionFocal, dualFocal, equalizedFocal, equalizedGamma, flsd53, focal, focalStar, focalTversky, gaussianFocal, inverseFocal, ldam,
  logitAdjusted, normalizedFocal, poly1Focal, qualityFocal, reducedFocal, reducedFocalContinuous, unifiedFocal, varifocal,
} from "./losses/index.ts";
export type { AdaFocalOptions, AdaFocalState, ClassBalancedSettings } from "./losses/index.ts";
export type { Alpha, AnyLoss, BatchLoss, Loss, PairLoss, Parameter, SoftRule } from "./losses/loss.ts";
export type { ParameterRange } from "./losses/parameters.ts";
