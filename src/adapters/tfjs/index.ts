/** The losses in TensorFlow.js: as functions beside `tf.losses`, and for `model.compile`. */
export { sigmoidFocalLoss, softmaxFocalLoss } from "./functions.ts";
export type { FocalOptions } from "./functions.ts";
export { tfjsLoss } from "./loss.ts";
export type { TensorLoss, TfjsOptions } from "./bind.ts";
export { focalLoss, layersLoss, layersLossFrom } from "./layers.ts";
export type { LayersLoss, LayersLossData, LayersOptions } from "./layers.ts";
export { averagePrecision, recallAt } from "./metrics.ts";
export type { LayersMetric } from "./metrics.ts";
