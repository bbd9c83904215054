import { readdirSync, readFileSync } from "node:fs";
import { FocalError, runningPositives } from "focal-loss";
import type { Criterion } from "focal-loss";
import * as presets from "focal-loss/presets";
import { describe, expect, test } from "vitest";

const { apex, detectron2, flux, keras, kornia, mmcv, mmdet, monai, paddle, segmentationModelsPytorch: smp, timm, torchvision } = presets;

interface AnyPreset {
  (settings?: object): Criterion;
  readonly library: string;
  readonly name: string;
  readonly reference: string;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly needs: readonly string[];
  readonly also: readonly string[];
  readonly reductions: readonly string[];
  readonly conventions: Readonly<Record<string, string>>;
}
const all = Object.entries(presets).flatMap(([library, calls]) => Object.entries(calls).map(([call, preset]) => [`${library}.${call}`, preset as unknown as AnyPreset] as const));

describe("every example in the presets' doc comments prints what it says", () => {
  const folder = new URL("../src/presets/", import.meta.url);
  const source = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8")).join("\n");
  const examples = [...source.matchAll(/@example\n\s+\* (.+);   \/\/ (.+)$/gm)].map((match) => [match[1]!, match[2]!] as const);
  const names = Object.keys(presets);

  test("each preset has one", () => {
    for (const [name] of all) expect(examples.some(([code]) => code.startsWith(`${name}(`)), name).toBe(true);
  });
  test.each(examples)("%s", (code, printed) => {
    const value: unknown = new Function(...names, `return ${code}`)(...Object.values(presets));
    const numbers = typeof value === "number" ? [value] : [...(value as Float64Array)];
    const said = [...printed.matchAll(/(\d\.\d+)…/g)].map((match) => match[1]!);
    expect(said.length).toBe(numbers.length);
    said.forEach((digits, i) => expect(String(numbers[i]).slice(0, digits.length)).toBe(digits));
  });
});

/** Two rows of three scores for each preset, with the options it cannot do without. */
const logits = [1.2, -0.7, 0.1, -2.3, 0.6, 2], probabilities = [0.7, 0.2, 0.1, 0.15, 0.25, 0.6];
const dense = { scores: logits, targets: [1, 0, 0, 0, 1, 1] }, labels = { scores: logits, targets: [2, 0] }, quality = { scores: logits, targets: [0.7, 0, 0, 0, 0.4, 0] };
interface Setup { readonly settings?: object; readonly scores: number[]; readonly targets: number[]; readonly normalizer?: number }
const setups: Record<string, Setup> = {
  "apex.focalLoss": { ...labels, settings: { classes: 3, alpha: 0.25, gamma: 2, labelSmoothing: 0.1 }, normalizer: 2 },
  "detectron2.retinaNet": { ...labels, settings: { numClasses: 3, lossNormalizerMomentum: 0 } },
  "flux.binaryFocalLoss": { scores: probabilities, targets: dense.targets },
  "flux.focalLoss": { settings: { classes: 3 }, scores: probabilities, targets: [2, 0] },
  "fvcore.sigmoidFocalLoss": dense,
  "fvcore.sigmoidFocalLossStar": { ...dense, settings: { gamma: 2 } },
  "keras.binaryFocalCrossentropy": { settings: { classes: 3, labelSmoothing: 0.1 }, scores: probabilities, targets: dense.targets },
  "keras.categoricalFocalCrossentropy": { settings: { classes: 3, labelSmoothing: 0.1 }, scores: probabilities, targets: [0, 0, 1, 1, 0, 0] },
  "kornia.focalLoss": { ...labels, settings: { alpha: 0.8, classes: 3, weight: [1, 2, 3] } },
  "kornia.binaryFocalLossWithLogits": { ...quality, settings: { classes: 3, weight: [1, 2, 3] } },
  "mmcv.sigmoidFocalLoss": { scores: logits, targets: [2, 3], settings: { classes: 3, weight: [1, 2, 3] } },
  "mmcv.softmaxFocalLoss": { ...labels, settings: { classes: 3, weight: [1, 2, 3] } },
  "mmdet.focalLoss": { scores: logits, targets: [2, 3], settings: { classes: 3, lossWeight: 2 } },
  "mmdet.qualityFocalLoss": { ...quality, settings: { classes: 3 } },
  "mmdet.varifocalLoss": { ...quality, settings: { classes: 3 } },
  "mmdet.gaussianFocalLoss": { scores: probabilities, targets: quality.targets },
  "mmdet.distributionFocalLoss": { scores: logits, targets: [0.3, 1.5], settings: { classes: 3 } },
  "monai.focalLoss": { ...labels, settings: { classes: 3, toOnehotY: true, useSoftmax: true, includeBackground: false } },
  "optax.sigmoidFocalLoss": dense,
  "paddle.sigmoidFocalLoss": { ...dense, normalizer: 3 },
  "segmentationModelsPytorch.focalLoss": { ...labels, settings: { mode: "multiclass", classes: 3 } },
  "tensorflowAddons.sigmoidFocalCrossEntropy": { settings: { classes: 3 }, scores: probabilities, targets: dense.targets },
  "timm.asymmetricLossMultiLabel": { ...quality, settings: { classes: 3, weight: [1, 2, 3] } },
  "timm.asymmetricLossSingleLabel": { ...labels, settings: { classes: 3 } },
  "torchvision.sigmoidFocalLoss": dense,
  "ultralytics.focalLoss": { ...dense, settings: { classes: 3 } },
  "ultralytics.varifocalLoss": { ...quality, settings: { classes: 3 } },
};
const total = (value: number | ArrayLike<number>): number => (typeof value === "number" ? value : Array.from(value).reduce((a, b) => a + b, 0));

describe.each(all)("%s", (name, preset) => {
  const { settings, scores, targets, normalizer } = setups[name]!;
  const call = normalizer === undefined ? {} : { normalizer };
  const shape = Object.fromEntries(Object.entries(settings ?? {}));

  test.each(preset.reductions)('reduction "%s": gradient and curvature are the value\'s, by differences within 1e-6', (reduction) => {
    const criterion = preset({ ...shape, reduction });
    const { value, grad, hessian } = criterion.derivatives(scores, targets, call);
    expect(criterion.value(scores, targets, call)).toEqual(value);
    expect(criterion.valueAndGrad(scores, targets, call)).toEqual({ value, grad });
    expect(typeof value).toBe(reduction === "none" ? "object" : "number");
    const h = 1e-4, at = (i: number, by: number): number => total(criterion.value(scores.map((s, j) => (j === i ? s + by : s)), targets, call));
    for (let i = 0; i < scores.length; i++) {
      const [left, middle, right] = [at(i, -h), at(i, 0), at(i, h)];
      const size = 1 + Math.abs(grad[i]!) + Math.abs(hessian[i]!);
      expect(Math.abs((right - left) / (2 * h) - grad[i]!) / size).toBeLessThan(1e-6);
      expect(Math.abs((right - 2 * middle + left) / (h * h) - hessian[i]!) / size).toBeLessThan(1e-5);
    }
  });

  test("float32 in, float32 out; the gradient goes where it is asked to", () => {
    const out = new Float32Array(scores.length).fill(9);
    const criterion = preset({ ...shape, reduction: preset.reductions.at(-1) });
    const { value, grad } = criterion.valueAndGrad(Float32Array.from(scores), targets, { ...call, out });
    expect(grad).toBe(out);
    const exact = criterion.valueAndGrad(scores, targets, call);
    grad.forEach((g, i) => expect(g).toBeCloseTo(exact.grad[i]!, 5));
    expect(total(value)).toBeCloseTo(total(exact.value), 5);
    if (typeof value !== "number") expect(value).toBeInstanceOf(Float32Array);
  });

  test("says what it is, and refuses what it does not know", () => {
    expect(preset.reference).toMatch(/^https:/);
    expect(Object.isFrozen(preset)).toBe(true);
    expect(preset.reductions).toContain(preset.defaults["reduction"]);
    for (const word of Object.values(preset.conventions)) expect(word.length).toBeGreaterThan(0);
    expect(() => preset({ ...shape, aplha: 1 })).toThrow(new FocalError("argument", `${preset.name} has no option aplha here; it has ${[...preset.needs, ...Object.keys(preset.defaults), ...preset.also].join(", ")}`));
    expect(() => preset({ ...shape, reduction: "avg" })).toThrow(`reduction must be ${preset.reductions.map((r) => `"${r}"`).join(", ")}, got "avg"`);
    expect(() => preset(0.25 as never)).toThrow("takes its options as an object");
  });
});

describe("what a library counts", () => {
  test("detectron2's divisor runs: 100, then 0.9 of it and 0.1 of each batch's positives; one may bring one's own", () => {
    const loss = detectron2.retinaNet({ numClasses: 3 });
    const sum = 90.1 * loss.value(logits, [2, 3]);
    expect(loss.value(logits, [2, 3])).toBeCloseTo(sum / (0.9 * 90.1 + 0.1), 12);
    expect(loss.value(logits, [3, 3], { normalizer: runningPositives({ initial: 10 }) })).toBeGreaterThan(0);
    expect(loss.value(logits, [-1, -1])).toBe(0);
  });
  test("nothing to count gives 0 and no NaN: all ignored, all background", () => {
    for (const { value, grad } of [
      kornia.focalLoss({ alpha: null, classes: 3, reduction: "mean" }).valueAndGrad(logits, [-100, -100]),
      kornia.binaryFocalLossWithLogits({ reduction: "mean" }).valueAndGrad(logits, new Array(6).fill(-100)),
      smp.focalLoss({ mode: "multiclass", classes: 3, ignoreIndex: 255 }).valueAndGrad(logits, [255, 255]),
      smp.focalLoss({ mode: "binary", ignoreIndex: 255 }).valueAndGrad(logits, new Array(6).fill(255)),
      mmcv.softmaxFocalLoss({ classes: 3 }).valueAndGrad(logits, [-1, -1]),
      apex.focalLoss({ classes: 3, alpha: 0.25, gamma: 2 }).valueAndGrad(logits, [-2, -2], { normalizer: 1 }),
      monai.focalLoss({ classes: 3, toOnehotY: true, useSoftmax: true, includeBackground: false }).valueAndGrad(logits, [0, 0]),
    ]) {
      expect(value).toBe(0);
      expect([...grad].map(Math.abs)).toEqual(new Array(6).fill(0));
    }
  });
  test("with one class label 0 is the class and label 1 (or −1) the background", () => {
    const positive = torchvision.sigmoidFocalLoss({ reduction: "sum" }).value([0.4], [1]), negative = torchvision.sigmoidFocalLoss({ reduction: "sum" }).value([0.4], [0]);
    expect(mmcv.sigmoidFocalLoss({ classes: 1, reduction: "sum" }).value([0.4], [0])).toBe(positive);
    expect(mmcv.sigmoidFocalLoss({ classes: 1, reduction: "sum" }).value([0.4], [1])).toBe(negative);
    expect(apex.focalLoss({ classes: 1, alpha: 0.25, gamma: 2 }).value([0.4], [-1], { normalizer: 1 })).toBe(negative);
    expect(() => mmcv.sigmoidFocalLoss({ classes: 1 }).value([0.4], [2])).toThrow("labels[0] must be 0, the background 1, got 2");
  });
  test("a caller's normalizer takes the place of the library's divisor", () => {
    expect(mmcv.sigmoidFocalLoss({ classes: 3 }).value(logits, [2, 3], { normalizer: 10 })).toBeCloseTo(mmcv.sigmoidFocalLoss({ classes: 3, reduction: "sum" }).value(logits, [2, 3]) / 10, 14);
  });
});

describe("what a library would let pass or get wrong is refused in one sentence", () => {
  test.each([
    [() => apex.focalLoss({ classes: 3, alpha: 0.25, gamma: 2 }).value(logits, [0, 1]), "apex divides by num_positive_sum: give each call a normalizer"],
    [() => mmdet.focalLoss({ classes: 3, reduction: "sum" }).value(logits, [0, 1], { normalizer: 4 }), 'avg_factor (normalizer) can not be used with reduction "sum"'],
    [() => kornia.focalLoss({ classes: 3 } as never), "kornia.losses.focal_loss needs alpha here, which has no default"],
    [() => kornia.focalLoss({ alpha: 0.5, classes: 3, weight: [1, 2] }), "weight must have 3 values, one per class, got 2"],
    [() => mmcv.sigmoidFocalLoss({ classes: 3, weight: [1, 2] }), "weight must have 3 values, one per class, got 2"],
    [() => mmcv.sigmoidFocalLoss({ classes: 3 }).value(logits, [0, -1]), "labels[1] must be a class from 0 to 2, the background 3, got -1"],
    [() => monai.focalLoss({ classes: 3, useSoftmax: true, includeBackground: false, alpha: 0.8 }), "alpha has no effect in MONAI with useSoftmax and includeBackground: false, got 0.8"],
    [() => monai.focalLoss({ classes: 2, useSoftmax: true, includeBackground: false }), "classes must be a whole number ≥ 2, got 1"],
    [() => smp.focalLoss({ mode: "softmax" as never }), 'mode must be "binary", "multilabel", "multiclass", got "softmax"'],
    [() => smp.focalLoss({ mode: "multiclass" }), "classes must be a whole number ≥ 2 in multiclass mode, got undefined"],
    [() => smp.focalLoss({ mode: "multiclass", classes: 3, normalized: true }), 'normalized goes with mode "binary" or "multilabel" and reduction "mean" or "sum" here, not with mode "multiclass"'],
    [() => paddle.sigmoidFocalLoss().value([0], [1], { normalizer: "positives" }), 'normalizer must be a number > 0, as in Paddle, got the string "positives"'],
    [() => keras.categoricalFocalCrossentropy({ classes: 3 }).value([0.5, 1.5, 0], [0]), "probabilities[1] must be in [0, 1], got 1.5; scores of any size are logits"],
    [() => timm.asymmetricLossMultiLabel({ classes: 3, posWeight: [1, 2] }), "posWeight must have 3 values, one per class, got 2"],
    [() => flux.focalLoss({ classes: 1 }), "classes must be a whole number ≥ 2, got 1"],
  ])("%#", (act, message) => expect(act).toThrow(message));
});

describe("where a library's own numbers go wrong, the preset's do not", () => {
  test("Keras and tensorflow_addons clip: −20 for a positive costs 16.1 there, 20 here, and pulls with −1", () => {
    const { value, grad } = keras.binaryFocalCrossentropy({ fromLogits: true }).valueAndGrad([-20], [1]);
    expect(value).toBeCloseTo(20, 6);
    expect(grad[0]).toBeCloseTo(-1, 6);
  });
  test("timm clamps at 1e-8: the gradient at −30 is −1e-12 there, −1 here", () => {
    expect(timm.asymmetricLossMultiLabel({ classes: 1 }).valueAndGrad([-30], [1]).grad[0]).toBeCloseTo(-1, 6);
  });
  test.each([
    ["torchvision", torchvision.sigmoidFocalLoss({ gamma: 0.5, reduction: "sum" }), [100], [1]],
    ["kornia, softmax", kornia.focalLoss({ alpha: null, gamma: 0.5, classes: 2, reduction: "sum" }), [100, 0], [0]],
    ["kornia, sigmoid", kornia.binaryFocalLossWithLogits({ gamma: 0.5, reduction: "sum" }), [200], [1]],
    ["smp", smp.focalLoss({ mode: "binary", gamma: 0.5 }), [100], [1]],
    ["timm, single label", timm.asymmetricLossSingleLabel({ classes: 2, gammaPos: 0.5 }), [60, 0], [0]],
    ["timm, hard among soft", timm.asymmetricLossMultiLabel({ classes: 3 }), [-100, 100, 0.5], [0, 1, 0.5]],
    ["MONAI, soft", monai.focalLoss({ classes: 2, gamma: 0.5 }), [100, -100], [0.9, 0]],
    ["smp, soft", smp.focalLoss({ mode: "binary", gamma: 0.5 }), [100, -100], [0.9, 0.9]],
    ["Flux, soft", flux.binaryFocalLoss({ gamma: 0.5 }), [1, 1e-9], [0.9, 0]],
    ["mmcv in single precision", mmcv.sigmoidFocalLoss({ classes: 2 }), Float32Array.of(9.390625, -4.234375), [1]],
  ] as const)("%s: finite where it saturates", (_, loss, scores, targets) => {
    const { value, grad, hessian } = (loss as Criterion).derivatives([...scores], targets);
    for (const v of [value as number, ...grad, ...hessian]) expect(Number.isFinite(v)).toBe(true);
  });
});

test("the type of the answer follows the reduction", () => {
  const mean: number = torchvision.sigmoidFocalLoss({ reduction: "mean" }).value(logits, dense.targets);
  const each: Float64Array = torchvision.sigmoidFocalLoss().value(logits, dense.targets);
  const single: Float32Array = keras.binaryFocalCrossentropy({ fromLogits: true, reduction: "none" }).value(Float32Array.from(logits), dense.targets);
  expect([typeof mean, each.length, single.length]).toEqual(["number", 6, 6]);
});
