import { readFileSync } from "node:fs";
import * as library from "focal-loss";
import * as expr from "focal-loss/expr";
import * as jax from "focal-loss/jax";
import * as presets from "focal-loss/presets";
import * as webgpu from "focal-loss/webgpu";
import { expect, test } from "vitest";

test("the library exports just these names", () => {
  expect(Object.keys(library).sort()).toEqual([
    "AdaFocal", "FocalError", "FocalLoss", "alloc", "applyTemperature", "asymmetric", "asymmetricSingleLabel", "asymmetricUnifiedFocal",
    "averagePrecision", "balancedAccuracy", "bestThreshold", "bootstrap", "brier", "calibrate", "classBalancedFocal", "classScores",
    "column", "confusionMatrix", "criterion", "crossEntropy", "cyclicalFocal", "cyclicalShare", "decide", "defineLoss", "diagnose",
    "distributionFocal", "dualFocal", "effectiveNumberWeights", "equalizedFocal", "equalizedGamma", "expectedCalibrationError",
    "fitPosterior", "fitTemperature", "flsd53", "focal", "focalStar", "focalTversky", "gaussianFocal", "inverseFocal",
    "inverseFrequencyWeights", "ldam", "logLoss", "logitAdjusted", "macroAveragePrecision", "macroF1", "macroPrecision", "macroRecall",
    "macroRocAuc", "matthewsCorrelation", "normalizedFocal", "objective", "optimalBias", "poly1Focal", "precisionRecallCurve",
    "qualityFocal", "recoverPosterior", "reducedFocal", "reducedFocalContinuous", "reliability", "rocAuc", "runningPositives",
    "sigmoidFocalLoss", "sigmoidPriorBias", "softmaxFocalLoss", "softmaxPriorBias", "threads", "tuneMultipliers", "unifiedFocal", "varifocal",
  ]);
  expect(Object.keys(expr).sort()).toEqual([
    "abs", "add", "differentiate", "div", "exp", "fold", "isExpr", "log", "lower", "max", "min", "mul", "neg", "num", "pow",
    "select", "sigmoid", "softplus", "sqrt", "stabilize", "sub", "sym", "toFloat32",
  ]);
  expect(Object.keys(jax)).toEqual(["jaxLoss"]);
  expect(Object.keys(webgpu)).toEqual(["webgpu"]);
  expect(Object.entries(presets).map(([library, calls]) => `${library}: ${Object.keys(calls).join(", ")}`)).toEqual([
    "apex: focalLoss",
    "detectron2: retinaNet",
    "flux: binaryFocalLoss, focalLoss",
    "fvcore: sigmoidFocalLoss, sigmoidFocalLossStar",
    "keras: binaryFocalCrossentropy, categoricalFocalCrossentropy",
    "kornia: focalLoss, binaryFocalLossWithLogits",
    "mmcv: sigmoidFocalLoss, softmaxFocalLoss",
    "mmdet: focalLoss, qualityFocalLoss, varifocalLoss, gaussianFocalLoss, distributionFocalLoss",
    "monai: focalLoss",
    "optax: sigmoidFocalLoss",
    "paddle: sigmoidFocalLoss",
    "segmentationModelsPytorch: focalLoss",
    "tensorflowAddons: sigmoidFocalCrossEntropy",
    "timm: asymmetricLossMultiLabel, asymmetricLossSingleLabel",
    "torchvision: sigmoidFocalLoss",
    "ultralytics: focalLoss, varifocalLoss",
  ]);
});

test("every subpath of package.json exists in source", () => {
  const { exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { exports: Record<string, { source: string; default: string }> };
  for (const { source, default: built } of Object.values(exports)) {
    expect(readFileSync(new URL(`../${source}`, import.meta.url), "utf8").length).toBeGreaterThan(0);
    expect(built).toBe(source.replace("./src/", "./dist/").replace(/\.ts$/, ".js"));
  }
});
