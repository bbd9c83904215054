/** What a criterion makes of its examples: reductions, weights, ignored ones, engines, layouts, chunks. */
import fc from "fast-check";
import { alloc, criterion, crossEntropy, dualFocal, focal, focalTversky, objective, poly1Focal, qualityFocal, sigmoidFocalLoss, softmaxFocalLoss } from "focal-loss";
import type { Criterion, CriterionOptions, Loss } from "focal-loss";
import { anything, double, hard, logit, wild, wildNumbers } from "./arbitraries.ts";
import { model, must, near, refusable } from "./model.ts";

const byName = { focal: focal(), "focal with α": focal({ gamma: 1.7, alpha: 0.25 }), crossEntropy: crossEntropy(), poly1Focal: poly1Focal(), qualityFocal: qualityFocal() } as const;
type Name = keyof typeof byName;
const loss = fc.constantFrom(...(Object.keys(byName) as Name[]));
const batch = fc.array(fc.record({ x: logit, t: fc.oneof({ weight: 5, arbitrary: hard }, { weight: 1, arbitrary: fc.constant(-1) }), w: fc.oneof(fc.constant(0), double(1e-6, 3)) }), { minLength: 1, maxLength: 40 });
const bind = (of: Loss, options: CriterionOptions): Criterion => criterion(of, options) as Criterion;

const reductions = model("calls: every reduction is a loop over the examples' own losses, with weights and ignored ones", 20,
  fc.record({ name: loss, batch, reduction: fc.constantFrom("mean", "sum", "positives", "weightedMean" as const), weighted: fc.boolean() }), ({ name, batch, reduction, weighted }) => {
    const loss = byName[name];
    const logits = batch.map(({ x }) => x), targets = batch.map(({ t }) => t), weights = batch.map(({ w }) => w), call = weighted ? { weights } : {};
    const got = bind(loss, { reduction: reduction as "mean", ignoreIndex: -1 }).valueAndGrad(logits, targets, call) as { value: number; grad: Float64Array };
    let sum = 0, count = 0, positives = 0, weight = 0;
    const slopes = logits.map((x, i) => {
      if (targets[i] === -1) return 0;
      const one = bind(loss, { reduction: "sum" }).valueAndGrad([x], [targets[i]!]) as { value: number; grad: Float64Array }, w = weighted ? weights[i]! : 1;
      sum += w * one.value; count++; positives += Number(targets[i]! > 0); weight += w;
      return w * one.grad[0]!;
    });
    const divisor = { mean: Math.max(1, count), sum: 1, positives: Math.max(1, positives), weightedMean: weight }[reduction]!;
    near(got.value, divisor === 0 ? 0 : sum / divisor, 1e-12, 1e-300, reduction);
    slopes.forEach((slope, i) => near(got.grad[i]!, divisor === 0 ? 0 : slope / divisor, 1e-12, 1e-300, `${reduction} slope ${i}`));
  });

const smooth = fc.constantFrom(...(Object.keys(byName) as Name[]).filter((name) => name !== "qualityFocal"));
/** 5e-6 of the answer and of its loss: five float32 roundings of each term (as in test/family/engines.test.ts). */
const engines = model("calls: SIMD answers as JavaScript does, within 5e-6 of the terms, also where arrays lie in its memory, then to the last bit", 6,
  fc.record({ name: smooth, classes: fc.integer({ min: 1, max: 6 }), rows: fc.integer({ min: 1, max: 70 }), values: fc.infiniteStream(logit), picks: fc.infiniteStream(fc.nat()) }), ({ name, classes, rows, values, picks }) => {
    const loss = byName[name];
    const softmax = classes > 1, n = rows * classes, logits = Float32Array.from({ length: n }, () => values.next().value!);
    const targets = Float32Array.from({ length: rows }, () => picks.next().value! % Math.max(2, classes));
    fc.pre(!softmax || loss.alpha === undefined);
    const options: CriterionOptions = { reduction: "none", ...(softmax && { head: "softmax", classes }) };
    const [js, simd] = (["js", "wasm"] as const).map((engine) => bind(loss, { ...options, engine }).derivatives(logits, targets)) as { value: Float32Array; grad: Float32Array; hessian: Float32Array }[];
    for (const part of ["value", "grad", "hessian"] as const) {
      js![part].forEach((want, i) => {
        const own = part === "value" ? i : Math.floor(i / classes);
        near(simd![part][i]!, want, 5e-6, 5e-6 * (Math.abs(js!.value[own]!) + Math.abs(js!.grad[part === "value" ? i * classes : i]!)) + 2 ** -110, `${part} ${i}`);
      });
    }
    const room = alloc(n);
    room.logits.set(logits);
    const there = bind(loss, { ...options, engine: "wasm" }).derivatives(room.logits, targets, { out: room.grad }) as { grad: Float32Array };
    must(there.grad.every((slope, i) => Object.is(slope, simd!.grad[i])), "in the kernels' memory the bits are others");
  });

const layouts = model("calls: planes are rows, a stream of chunks is one array, kinds of arrays do not matter", 10,
  fc.record({ classes: fc.integer({ min: 2, max: 4 }), images: fc.integer({ min: 1, max: 3 }), inner: fc.integer({ min: 1, max: 4 }), values: fc.infiniteStream(logit), picks: fc.infiniteStream(fc.nat()), cut: fc.nat() }), ({ classes, images, inner, values, picks, cut }) => {
    const rows = images * inner, byRow = Array.from({ length: rows * classes }, () => values.next().value!), labels = Array.from({ length: rows }, () => picks.next().value! % classes);
    const options = { head: "softmax", classes } as const, whole = bind(byName.focal, options).valueAndGrad(byRow, labels) as { value: number; grad: Float64Array };
    const at = (row: number, c: number): number => (Math.floor(row / inner) * classes + c) * inner + (row % inner), planes = new Float64Array(byRow.length);
    byRow.forEach((v, i) => (planes[at(Math.floor(i / classes), i % classes)] = v));
    const got = bind(byName.focal, { ...options, inner }).valueAndGrad(planes, Uint8Array.from(labels)) as { value: number; grad: Float64Array };
    must(got.value === whole.value && whole.grad.every((slope, i) => Object.is(got.grad[at(Math.floor(i / classes), i % classes)], slope)), "planes give other bits than rows");
    const middle = cut % (rows + 1), chunks = [[0, middle], [middle, rows]] as const;
    const streamed = criterion(byName.focal, options).accumulate(chunks.map(([from, to]) => ({ logits: byRow.slice(from * classes, to * classes), targets: labels.slice(from, to) })));
    near(streamed, whole.value, 1e-12, 0, "streamed");
  });

/** Mostly an option of its own kind, now and then anything. */
const optionsOf = (kinds: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, fc.oneof({ weight: 9, arbitrary: kind }, { weight: 1, arbitrary: anything })])), { requiredKeys: [] });
const criterionOptions = optionsOf({
  head: fc.constantFrom("sigmoid", "softmax"), reduction: fc.constantFrom("mean", "sum", "none", "positives", "weightedMean"), classes: fc.integer({ min: 0, max: 4 }), inner: fc.integer({ min: 0, max: 3 }),
  ignoreIndex: fc.constantFrom(-1, 0, 255), background: fc.integer({ min: -1, max: 4 }), soft: fc.constantFrom("interpolate", "mixture", "quality"), smoothing: double(0, 1),
  from: fc.constantFrom("logits", "probabilities", "logProbabilities"), classWeights: wildNumbers(4), engine: fc.constantFrom("js", "wasm", "relaxed"), check: fc.boolean(),
});
const every = { ...byName, dualFocal: dualFocal(), focalTversky: focalTversky() };
const hostile = model("calls: whatever comes as options, logits, targets and weights is answered in its shape or refused in a sentence", 30,
  fc.record({ name: fc.constantFrom(...(Object.keys(every) as (keyof typeof every)[])), options: criterionOptions, logits: wildNumbers(), targets: wildNumbers(), call: optionsOf({ weights: wildNumbers(), normalizer: fc.oneof(wild, fc.constant("positives")) }) }), ({ name, options, logits, targets, call }) => {
    fc.pre(!(Number(options["classes"]) > 1e4)); // whoever says so many classes gets a table of their weights
    const answer = refusable(() => (criterion(every[name] as Loss, options as CriterionOptions) as Criterion).derivatives(logits as Float32Array, targets as number[], call as object)) as { value: number | Float32Array; grad: Float32Array; hessian: Float32Array } | undefined;
    if (answer === undefined) return;
    must(answer.grad.length === logits.length && answer.hessian.length === logits.length, "derivatives of another length than the logits");
    must((typeof answer.value === "number") === (options["reduction"] !== "none"), "a value of another kind than the reduction's");
    const clean = Array.from(logits).every((x) => Math.abs(x) <= 1e30), plain = call["weights"] === undefined && call["normalizer"] === undefined && options["classWeights"] === undefined;
    const finite = [...(typeof answer.value === "number" ? [answer.value] : answer.value), ...answer.grad, ...answer.hessian].every(Number.isFinite);
    if (clean && plain && (options["from"] ?? "logits") === "logits") must(finite, "logits up to 1e30 give something that is not finite");
  });

const functions = model("calls: the functions for focal loss and for boosting answer or refuse in a sentence", 10,
  fc.record({ settings: optionsOf({ gamma: wild, alpha: fc.oneof(wild, wildNumbers(3)), reduction: fc.constantFrom("mean", "sum", "none"), weights: wildNumbers(), classes: fc.integer({ min: 0, max: 3 }), ignoreIndex: fc.constant(-1) }), logits: wildNumbers(), targets: wildNumbers() }), ({ settings, logits, targets }) => {
    fc.pre(!(Number(settings["classes"]) > 1e4)); // whoever says so many classes gets a table of their weights
    for (const of of [sigmoidFocalLoss, softmaxFocalLoss]) refusable(() => (of as (...given: unknown[]) => unknown)(logits, targets, settings));
    refusable(() => objective(focal(), settings as never));
    refusable(() => focal(settings as never));
  });

const answers = model("calls: boosting's gradient is the criterion's sum, its Hessian positive", 6, fc.record({ batch, gamma: double(0, 5) }), ({ batch, gamma }) => {
  const logits = Float64Array.from(batch, ({ x }) => x), targets = batch.map(({ t }) => Math.max(0, t)), of = focal({ gamma });
  const got = objective(of)(logits, targets);
  const want = criterion(of, { reduction: "sum" }).valueAndGrad(logits, targets);
  want.grad.forEach((slope, i) => near(got.grad[i]!, slope, 1e-12, 1e-300, "grad"));
  must(got.hess.every((value) => value > 0), "a Hessian that is not positive");
});

export const calls = [reductions, engines, layouts, hostile, functions, answers];
