import {
  asymmetric, asymmetricSingleLabel, classBalancedFocal, criterion, crossEntropy, defineLoss, distributionFocal, dualFocal, focal, FocalError, FocalLoss, focalStar,
  focalTversky, ldam, logitAdjusted, normalizedFocal, objective, optimalBias, runningPositives, sigmoidFocalLoss, softmaxFocalLoss, unifiedFocal,
} from "focal-loss";
import type { ErrorCode } from "focal-loss";
import { add, log, mul, neg, sym } from "focal-loss/expr";
import { render } from "focal-loss/render";
import { describe, expect, test, vi } from "vitest";

// Mistakes that types would catch are made here as JavaScript would make them.
const any = <T>(value: unknown): T => value as T;

const mistakes: [sentence: string, code: ErrorCode, make: () => unknown][] = [
  ["gamma must be ≥ 0, got -1", "argument", () => focal({ gamma: -1 })],
  ["gamma must be a finite number, got NaN", "argument", () => focal({ gamma: NaN })],
  ["gamma must be a finite number, got the string \"2\"", "argument", () => focal({ gamma: any("2") })],
  ["alpha must be in [0, 1] (positives weigh alpha, negatives 1 − alpha) or be left out for no weighting, got 2", "argument", () => focal({ alpha: 2 })],
  ["alpha's weights must be finite numbers ≥ 0, got -1", "argument", () => focal({ alpha: [1, -1] })],
  ["alpha's weights must be finite numbers ≥ 0, got undefined", "argument", () => focal({ alpha: any({ uniforme: 0.25 }) })],
  ["focal has no parameter gama; it has gamma, alpha", "argument", () => focal(any({ gama: 2 }))],
  ["crossEntropy has no parameter gamma; it has alpha", "argument", () => crossEntropy(any({ gamma: 2 }))],
  ["criterion has no option reduce; it has head, reduction, classes, inner, ignoreIndex, background, soft, smoothing, from, classWeights, engine, check", "argument", () => criterion(focal(), any<object>({ reduce: "mean" }))],
  [`reduction must be "mean", "sum", "none", "positives" or "weightedMean", got "average"`, "argument", () => criterion(focal(), { reduction: any<"mean">("average") })],
  [`head must be "sigmoid" or "softmax", got "tanh"`, "argument", () => criterion(focal(), { head: any("tanh") })],
  [`engine must be "js", "wasm" or "relaxed", got "gpu"`, "argument", () => criterion(focal(), { engine: any("gpu") })],
  ["classes must be a whole number ≥ 2, got undefined", "argument", () => criterion(focal(), { head: "softmax" })],
  ["classes must be a whole number ≥ 2, got 1", "argument", () => criterion(focal(), { head: "softmax", classes: 1 })],
  ["inner must be a whole number ≥ 1, got 0.5", "argument", () => criterion(focal(), { inner: 0.5 })],
  [`reduction "positives" needs the sigmoid head: a softmax row has a label, not a positive`, "argument", () => criterion(focal(), { head: "softmax", classes: 2, reduction: "positives" })],
  ["with the softmax head alpha must be an array of 3 class weights or { uniform: 0.25 }, got 0.25: α and 1 − α name two classes only", "argument", () => criterion(focal({ alpha: 0.25 }), { head: "softmax", classes: 3 })],
  ["alpha must have 3 values, one per class, got 2", "argument", () => criterion(focal({ alpha: [1, 2] }), { head: "softmax", classes: 3 })],
  ["alpha must have 2 values, for negatives and for positives, got 3", "argument", () => criterion(focal({ alpha: [1, 2, 3] }))],
  ["gamma must have 3 values, one per class, got 2", "argument", () => criterion(focal({ gamma: [1, 2] }), { head: "softmax", classes: 3 })],
  ["the mean of no logits is no number: logits must hold at least one value", "shape", () => sigmoidFocalLoss([], [])],
  ["targets must have one value per logit: expected 2, got 1", "shape", () => sigmoidFocalLoss([1, 2], [1])],
  ["targets must have one label per row or one share per logit: expected 2 or 4, got 3", "shape", () => softmaxFocalLoss([1, 2, 3, 4], [0, 1, 0], { classes: 2 })],
  ["the number of logits must be a multiple of classes × inner = 3, got 4", "shape", () => softmaxFocalLoss([1, 2, 3, 4], [0], { classes: 3 })],
  ["weights must have one value per logit: expected 1, got 2", "shape", () => sigmoidFocalLoss([1], [1], { weights: [1, 2] })],
  ["out must have one value per logit: expected 1, got 2", "shape", () => criterion(focal()).valueAndGrad([1], [1], { out: new Float64Array(2) })],
  ["out must be a Float64Array, as the logits are, got a Float32Array", "argument", () => criterion(focal()).valueAndGrad([1], [1], { out: any(new Float32Array(1)) })],
  [`normalizer must be a number > 0, "positives" or runningPositives(), got 0`, "argument", () => criterion(focal()).value([1], [1], { normalizer: 0 })],
  ["targets[1] must be in [0, 1], got 2", "target", () => sigmoidFocalLoss([1, 2], [1, 2])],
  ["targets[1] must be in [0, 1], got NaN", "target", () => sigmoidFocalLoss([1, 2], [1, NaN])],
  ["targets[1] must be in [0, 1] or the ignored 255, got -1", "target", () => sigmoidFocalLoss([1, 2], [1, -1], { ignoreIndex: 255 })],
  ["targets[99] must be in [0, 1], got 7", "target", () => sigmoidFocalLoss(new Float32Array(100).fill(-3), new Uint8Array(100).fill(7, 99))],
  ["targets[9000] must be in [0, 1], got -0.5", "target", () => sigmoidFocalLoss(new Float32Array(10000).fill(-3), new Float32Array(10000).fill(-0.5, 9000, 9001))],
  ["gamma given per class needs targets of 0 or 1, got a soft one at targets[1]: it stands between the classes", "target", () => sigmoidFocalLoss([1, 2], [1, 0.5], { gamma: [1, 2] })],
  ["labels[1] must be a class from 0 to 1, got 2", "label", () => softmaxFocalLoss([1, 2, 3, 4], [0, 2], { classes: 2 })],
  ["labels[0] must be a class from 0 to 1 or the ignored -1, got 0.5", "label", () => softmaxFocalLoss([1, 2], [0.5], { classes: 2, ignoreIndex: -1 })],
  ["logits[0] must be a number, got an array: pass nested rows as one flat array", "argument", () => sigmoidFocalLoss(any<number[]>([[1, 2]]), [1])],
  [`logits must be a Float32Array, a Float64Array or an array of numbers, got the string "1"`, "argument", () => sigmoidFocalLoss(any<number[]>("1"), [1])],
  ["logits must be a Float32Array, a Float64Array or an array of numbers, got an Int32Array", "argument", () => sigmoidFocalLoss(any<number[]>(Int32Array.of(1)), [1])],
  ["targets must be a typed array or an array of numbers, got undefined", "argument", () => sigmoidFocalLoss([1], any(undefined))],
  ["targets[0] must be a number, got the boolean true", "argument", () => sigmoidFocalLoss([1], any([true]))],
  ["logits[1] must be a finite number, got NaN", "argument", () => criterion(focal(), { check: true }).value([1, NaN], [1, 0])],
  [`engine "wasm" runs float32 logits where WebAssembly SIMD exists, under softmax with at most 256 classes where rows hold shares; use engine "js" here`, "engine", () => criterion(focal(), { engine: "wasm" }).value([1], [1])],
  ["sigmoidFocalLoss takes its options as an object, got 0.25", "argument", () => sigmoidFocalLoss([1], [1], any<object>(0.25))],
  ["softmaxFocalLoss takes its options as an object, got undefined", "argument", () => softmaxFocalLoss([1, 2], [1], any<{ classes: number }>(undefined))],
  ["sigmoidFocalLoss has no option aplha; it has gamma, alpha, weights, normalizer, reduction, classes, inner, ignoreIndex, background, soft, smoothing, from, classWeights, engine, check", "argument", () => sigmoidFocalLoss([1], [1], any<object>({ aplha: 0.3 }))],
  ["FocalLoss takes its options as an object, got null", "argument", () => new FocalLoss(any<object>(null))],
  ["criterion takes a loss, like focal({ gamma: 2 }), got a function", "argument", () => criterion(any(focal))],
  ["criterion takes a loss, like focal({ gamma: 2 }), got undefined", "argument", () => criterion(any(undefined))],
  ["alpha must be a number, an array or { uniform }, got null", "argument", () => focal({ alpha: any(null) })],
  ["weights[1] must be a finite number ≥ 0, got -1", "argument", () => sigmoidFocalLoss([1, 2], [1, 0], { weights: [1, -1] })],
  ["weights[0] must be a finite number ≥ 0, got NaN", "argument", () => sigmoidFocalLoss([1, 2], [1, 0], { weights: [NaN, 1] })],
  ["targets must hold numbers, got a BigInt64Array; Int32Array.from(targets, Number) makes them so", "argument", () => sigmoidFocalLoss([1], any(BigInt64Array.of(1n)))],
  ["out must be the logits' own memory or apart from it, got memory that overlaps it in part", "argument", () => {
    const memory = new Float64Array(4);
    return criterion(focal()).valueAndGrad(memory.subarray(0, 3), [1, 0, 1], { out: memory.subarray(1) });
  }],
  ["labels[0] must be a class from 0 to 1, got -100; ignoreIndex: -100 would leave such rows out", "label", () => softmaxFocalLoss([1, 2], [-100], { classes: 2 })],
  ["mine: the formula must be a function of { pt, … }; parameters come before it, {} for none", "formula", () => defineLoss("mine", any<Record<string, number>>(({ pt }: { pt: number }) => pt), any(undefined))],
  ["mine: the default of tau must be a finite number, got the string \"1\"", "argument", () => defineLoss("mine", { tau: any<number>("1") }, ({ pt }) => neg(log(pt)))],
  [`soft must be "interpolate", "mixture" or "quality", got "hard"`, "argument", () => criterion(focal(), { soft: any("hard") })],
  [`from must be "logits", "probabilities" or "logProbabilities", got "scores"`, "argument", () => criterion(focal(), { from: any("scores") })],
  ["smoothing must be in [0, 1), got 1", "argument", () => criterion(focal(), { smoothing: 1 })],
  ["background needs the sigmoid head with classes, whose labels may name none of them; a softmax background is a class like the others", "argument", () => criterion(focal(), { head: "softmax", classes: 3, background: 0 })],
  ["classWeights must have 3 values, one per class, got 2", "argument", () => criterion(focal(), { head: "softmax", classes: 3, classWeights: [1, 2] })],
  ["classWeights[1] must be a finite number ≥ 0, got -1", "argument", () => criterion(focal(), { classes: 2, classWeights: [1, -1] })],
  ["classWeights are per column: with the sigmoid head classes must say how many there are; the weights of no and yes are alpha: [no, yes]", "argument", () => criterion(focal(), { classWeights: [1, 2] })],
  [`asymmetric is written over one probability and its target: it needs head "sigmoid", got "softmax"`, "argument", () => criterion(asymmetric(), { head: "softmax", classes: 3 })],
  ["asymmetric reads soft targets by its own formula: leave soft out", "argument", () => criterion(asymmetric(), { soft: "mixture" })],
  [`dualFocal compares classes: it needs head "softmax", got "sigmoid"`, "argument", () => criterion(dualFocal())],
  [`asymmetricSingleLabel is written over rows of classes: it needs head "softmax", got "sigmoid"`, "argument", () => criterion(asymmetricSingleLabel())],
  [`focalTversky is one number for the whole batch: reduction must be left out, got "sum"`, "argument", () => criterion(focalTversky(), { reduction: "sum" })],
  ["focalTversky is one number for the whole batch: normalizer must be left out", "argument", () => criterion(focalTversky()).value([1], [1], { normalizer: 2 })],
  ["focalTversky has no class weights: alpha and classWeights must be left out", "argument", () => criterion(focalTversky({ alpha: 0.25 }))],
  ["unifiedFocal with the sigmoid head tells one foreground from the background: classes must be 1, got 3; softmax takes more", "argument", () => criterion(unifiedFocal(), { classes: 3 })],
  ["normalizedFocal is defined for hard targets: targets[1] must be 0 or 1", "target", () => criterion(normalizedFocal()).value([1, 2], [1, 0.5])],
  [`focalStar is written over the margin, which a soft target has on both sides: soft must be "mixture", got "quality"`, "argument", () => criterion(focalStar(), { soft: "quality" })],
  ["ldam_focal has margins for 2 classes, but there are 3", "argument", () => criterion(ldam(focal(), [9, 1]), { head: "softmax", classes: 3 })],
  ["ldam transforms losses over p_t, such as focal({ gamma: 2 }); asymmetric is none", "argument", () => ldam(asymmetric(), [9, 1])],
  ["counts[1] must be a finite number > 0, got 0", "argument", () => logitAdjusted(focal(), [9, 0])],
  ["gamma must be > 0, got 0", "argument", () => focalStar({ gamma: 0 })],
  ["shift must be ≤ 0.999, got 1", "argument", () => asymmetric({ shift: 1 })],
  ["labels[1] must be a number from 0 to 3, got 3.5", "label", () => criterion(distributionFocal(), { head: "softmax", classes: 4 }).value([1, 2, 3, 4, 1, 2, 3, 4], [0.5, 3.5])],
  ["labels[0] must be a class from 0 to 1, the background 2, got 3", "label", () => criterion(focal(), { classes: 2, background: 2 }).value([1, 2], [3])],
  ["targets[1] must be a share in [0, 1], got 2", "target", () => criterion(focal(), { head: "softmax", classes: 2 }).value([1, 2], [0, 2])],
  ["probabilities[1] must be in [0, 1], got 1.5; scores of any size are logits: from: \"logits\"", "argument", () => criterion(focal(), { from: "probabilities" }).value([0.5, 1.5], [0, 1])],
  ["logProbabilities[0] must be ≤ 0, got 0.5", "argument", () => criterion(focal(), { from: "logProbabilities" }).value([0.5], [1])],
  ["momentum must be in [0, 1), got 1", "argument", () => runningPositives({ momentum: 1 })],
  ["mine: the formula mentions kappa, which is neither a parameter nor one of tau, pt, xt, alphaT, own, p, t", "formula", () => defineLoss("mine", { tau: 1 }, ({ pt }) => neg(mul(sym("kappa"), log(pt))))],
  ["mine: a formula is written over pt (or xt), or over p and t, not over both", "formula", () => defineLoss("mine", {}, ({ pt, t }) => neg(mul(t, log(pt))))],
  ["log got NaN: JavaScript's own + − × ÷ and Math.… cannot compute with formulas; use the words of focal-loss/expr, as sub(1, pt)", "formula", () => defineLoss("mine", {}, ({ pt }) => neg(log(1 - any<number>(pt))))],
  ["mul got NaN: JavaScript's own + − × ÷ and Math.… cannot compute with formulas; use the words of focal-loss/expr, as sub(1, pt)", "formula", () => defineLoss("mine", {}, ({ pt }) => mul(Math.tanh(any<number>(pt)), log(pt)))],
  ["dualFocal is no function of one margin: language must be tex, pytorch, keras, got \"js\"", "argument", () => render(dualFocal(), "js")],
  ["FocalLoss has no option gama; it has gamma, alpha, head, reduction, classes, inner, ignoreIndex, background, soft, smoothing, from, classWeights, engine, check", "argument", () => new FocalLoss(any<object>({ gama: 2 }))],
  ["the call of a criterion has no option weight; it has weights, out, normalizer", "argument", () => criterion(focal()).value([1], [1], any<object>({ weight: [1] }))],
  ["the call of a criterion takes its options as an object, got null", "argument", () => criterion(focal()).value([1], [1], any<object>(null))],
  [`normalizer must be a number > 0, "positives" or runningPositives(), got the string "3"`, "argument", () => criterion(focal()).value([1], [1], { normalizer: any("3") })],
  [`normalizer must be a number > 0, "positives" or runningPositives(), got Infinity`, "argument", () => criterion(focal()).value([1], [1], { normalizer: Infinity })],
  ["normalizer.update must return a finite number > 0, got NaN", "argument", () => criterion(focal()).value([1], [1], { normalizer: { count: 1, update: () => NaN } })],
  ["ldam has no option margin; it has maxMargin", "argument", () => ldam(focal(), [9, 1], any<object>({ margin: 1 }))],
  ["logitAdjusted has no option t; it has tau", "argument", () => logitAdjusted(focal(), [9, 1], any<object>({ t: 1 }))],
  ["counts must hold as many classes as ldam was given before: 2, got 3", "argument", () => ldam(ldam(focal(), [9, 1]), [9, 1, 1])],
  ["runningPositives has no option inital; it has momentum, initial", "argument", () => runningPositives(any<object>({ inital: 3 }))],
  ["classBalancedFocal takes its options as an object, got undefined", "argument", () => classBalancedFocal(any(undefined))],
  ["distributionFocal spreads its labels over two classes itself: leave smoothing out", "argument", () => criterion(distributionFocal(), { head: "softmax", classes: 4, smoothing: 0.1 })],
  ["background must be a whole number that is none of the classes 0 to 1, got 0", "argument", () => criterion(focal(), { classes: 2, background: 0 })],
  [`ignoreIndex must be a number, got the string "255"`, "argument", () => criterion(focal(), { ignoreIndex: any("255") })],
  [`classes must be a whole number ≥ 2, got the string "3"`, "argument", () => criterion(focal(), { head: "softmax", classes: any("3") })],
  ["the shares of row 0 must add up to 1 (or be all 0, for a row to be left out), got 2", "target", () => criterion(focal(), { head: "softmax", classes: 3 }).value([1, 2, 3], [1, 1, 0])],
  ["probabilities[0] must be a finite number, got NaN", "argument", () => criterion(focal(), { from: "probabilities", check: true }).value([NaN], [1])],
  ["mine: the range of tau has no option min; it has default, least, most, above", "argument", () => defineLoss("mine", any<Record<string, number>>({ tau: { default: 1, min: 1 } }), ({ pt }) => neg(log(pt)))],
  ["tau must be ≥ 2, got 1", "argument", () => defineLoss("mine", { tau: { default: 1, least: 2 } }, ({ pt }) => neg(log(pt)))],
  ["add needs at least one formula, got none", "formula", () => add()],
  ["scores must hold 3 per example, got 4 of them", "shape", () => objective(focal(), { head: "softmax", classes: 3, layout: "columns" })([1, 2, 3, 4], [0])],
  [`prior must be in (0, 1), got the string "0.1"`, "argument", () => optimalBias(focal(), any("0.1"))],
  ["backward needs a forward before it: there are no logits yet", "argument", () => new FocalLoss().backward()],
  [`language must be tex, pytorch, keras, js, wasm, wgsl, sql, got "cobol"`, "argument", () => render(focal, any("cobol"))],
  ["mine: the formula must return an expression of focal-loss/expr, got number", "formula", () => defineLoss("mine", {}, any(() => 1))],
  ["my loss: names of losses and parameters turn up in generated code and must be made of letters, digits and _, got the string \"my loss\"", "formula", () => defineLoss("my loss", {}, ({ pt }) => neg(log(pt)))],
  ["mine: names of losses and parameters turn up in generated code and must be made of letters, digits and _, got the string \"a b\"", "formula", () => defineLoss("mine", { "a b": 1 }, ({ pt }) => neg(log(pt)))],
  ["mine: a parameter may not be called pt, which has a meaning of its own", "formula", () => defineLoss("mine", { pt: 1 }, ({ pt }) => neg(log(pt)))],
  ["log takes formulas and numbers, got undefined (is a parameter's name misspelt?); write formulas with the words of focal-loss/expr", "formula", () => defineLoss("mine", {}, (symbols) => neg(log(any((symbols as unknown as Record<string, unknown>)["probability"]))))],
];

describe("a mistake gives one sentence that names value and expectation", () => {
  test.each(mistakes)("%s", (sentence, code, make) => {
    let thrown: unknown;
    try {
      make();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FocalError);
    expect(thrown).toMatchObject({ message: sentence, code });
  });
});

test("of no logits the sum is 0 and the losses are none: a picture without anchors is no mistake", () => {
  expect(criterion(focal(), { reduction: "sum" }).valueAndGrad([], [])).toEqual({ value: 0, grad: new Float64Array(0) });
  expect(criterion(focal(), { reduction: "none" }).value(new Float32Array(0), [])).toEqual(new Float32Array(0));
  expect(criterion(focal(), { reduction: "positives", head: "sigmoid" }).value([], [])).toBe(0);
});

test("a failed forward leaves nothing for backward", () => {
  const focalLoss = new FocalLoss();
  focalLoss.forward([1, 2], [1, 0]);
  expect(() => focalLoss.forward([1, 2], [1, 2])).toThrow(FocalError);
  expect(() => focalLoss.backward()).toThrow("backward needs a forward before it");
});

test("NaN logits give NaN at their element and nowhere else, without an exception, on both engines", () => {
  for (const engine of ["js", "wasm"] as const) {
    const { value, grad } = criterion(focal(), { reduction: "none", engine }).valueAndGrad(Float32Array.of(1, NaN, 2), [1, 0, 1]);
    expect([...value].map(Number.isNaN)).toEqual([false, true, false]);
    expect([...grad].map(Number.isNaN)).toEqual([false, true, false]);
  }
});

test("logits that look like probabilities are warned about once, unless they are said to be logits; zeros and mixed logits are not", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const loss = criterion(focal());
  loss.value(new Float32Array(100), new Uint8Array(100));
  loss.value(Float32Array.from({ length: 100 }, (_, i) => i / 50), new Uint8Array(100));
  expect(warn).not.toHaveBeenCalled();
  const scores = Float32Array.from({ length: 100 }, (_, i) => i / 100);
  loss.value(scores, new Uint8Array(100));
  loss.value(scores, new Uint8Array(100));
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]![0]).toContain("these look like probabilities");
  criterion(focal(), { from: "logits" }).value(scores, new Uint8Array(100));
  expect(warn).toHaveBeenCalledTimes(1);
  warn.mockRestore();
});
