import { readFileSync } from "node:fs";
import * as library from "focal-loss";
import * as detection from "focal-loss/detect";
import * as evaluate from "focal-loss/evaluate";
import * as expr from "focal-loss/expr";
import * as jax from "focal-loss/jax";
import * as presets from "focal-loss/presets";
import * as render from "focal-loss/render";
import * as sql from "focal-loss/sql";
import * as webgpu from "focal-loss/webgpu";
import { expect, test } from "vitest";

interface Manifest {
  readonly exports: Record<string, { readonly source: string; readonly require: { readonly types: string } }>;
  readonly typesVersions: unknown;
}

test("the library exports just these names", () => {
  expect(Object.keys(library).sort()).toEqual([
    "AdaFocal", "FocalError", "FocalLoss", "alloc", "asymmetric", "asymmetricSingleLabel", "asymmetricUnifiedFocal", "classBalancedFocal",
    "criterion", "crossEntropy", "cyclicalFocal", "cyclicalShare", "defineLoss", "distributionFocal", "dualFocal",
    "effectiveNumberWeights", "equalizedFocal", "equalizedGamma", "flsd53", "focal", "focalStar", "focalTversky", "gaussianFocal",
    "inverseFocal", "inverseFrequencyWeights", "ldam", "logitAdjusted", "normalizedFocal", "objective", "optimalBias", "poly1Focal",
    "qualityFocal", "reducedFocal", "reducedFocalContinuous", "runningPositives", "sigmoidFocalLoss", "sigmoidPriorBias",
    "softmaxFocalLoss", "softmaxPriorBias", "threads", "unifiedFocal", "varifocal",
  ]);
  expect(Object.keys(evaluate).sort()).toEqual([
    "applyTemperature", "averagePrecision", "balancedAccuracy", "bestThreshold", "bootstrap", "brier", "calibrate", "classScores",
    "column", "confusionMatrix", "decide", "diagnose", "expectedCalibrationError", "fitPosterior", "fitTemperature", "logLoss",
    "macroAveragePrecision", "macroF1", "macroPrecision", "macroRecall", "macroRocAuc", "matthewsCorrelation", "precisionRecallCurve",
    "recoverPosterior", "reliability", "rocAuc", "tuneMultipliers",
  ]);
  expect(Object.keys(render)).toEqual(["render"]);
  expect(Object.keys(expr).sort()).toEqual([
    "abs", "add", "differentiate", "div", "exp", "fold", "isExpr", "log", "lower", "max", "min", "mul", "neg", "num", "pow",
    "select", "sigmoid", "softplus", "sqrt", "stabilize", "sub", "sym", "toFloat32",
  ]);
  expect(Object.keys(jax).sort()).toEqual(["jaxLoss", "sigmoidFocalLoss", "softmaxFocalLoss"]);
  expect(Object.keys(webgpu)).toEqual(["webgpu"]);
  expect(Object.keys(detection).sort()).toEqual([
    "anchorGrid", "anchorSizes", "assign", "augment", "boxArea", "clipBoxes", "craterLevels", "decodeBoxes", "detect", "digitLevels", "digitScenes",
    "easyBackgroundShare", "encodeBoxes", "evaluateDetections", "graphOf", "iou", "namedParameters", "readDigits", "sliceDigits", "smallWidths",
    "suppress", "tinyWidths", "trainDetector",
  ]);
  expect(Object.keys(sql).sort()).toEqual([
    "clickhouseEngine", "duckdbEngine", "evaluateSql", "fitLinearFocal", "freePrefix", "logitsSql", "lossSql", "querySql", "quoteName", "quoteText",
    "scoringSql", "softmaxLossSql",
  ]);
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

test("every subpath has its source, and is found by import, by require and by TypeScript's older resolution", () => {
  const { exports, typesVersions } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Manifest;
  const paths = Object.entries(exports);
  for (const [, conditions] of paths) {
    const { source } = conditions, at = source.replace("./src/", "").replace(/\.ts$/, "");
    expect(readFileSync(new URL(`../${source}`, import.meta.url), "utf8").length).toBeGreaterThan(0);
    // Conditions are taken in their order: "types" before what runs.
    expect(JSON.stringify(conditions)).toBe(JSON.stringify({
      source,
      import: { types: `./dist/${at}.d.ts`, default: `./dist/${at}.js` },
      require: { types: `./dist/cjs/${at}.d.ts`, default: `./dist/cjs/${at}.js` },
    }));
  }
  expect(typesVersions).toEqual({ "*": Object.fromEntries(paths.slice(1).map(([path, { require }]) => [path.slice(2), [require.types]])) });
});
