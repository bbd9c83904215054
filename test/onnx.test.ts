import * as ort from "onnxruntime-web";
import { criterion, crossEntropy, distributionFocal, dualFocal, equalizedFocal, focal, focalTversky, qualityFocal } from "focal-loss";
import type { AnyLoss } from "focal-loss";
import { toOnnx } from "focal-loss/onnx";
import type { OnnxOptions } from "focal-loss/onnx";
import { describe, expect, test } from "vitest";
import { batchLosses, marginLosses, rowLosses, scoreLosses } from "./family/members.ts";
import { goldens, nameOf } from "./golden/read.ts";
import type { Golden } from "./golden/read.ts";
import { lossOf } from "./golden/lossOf.ts";

ort.env.wasm.numThreads = 1;

interface Run {
  readonly loss: Float32Array;
  readonly grad: Float32Array | undefined;
  readonly dims: readonly number[];
}

/** Runs a loss's model by onnxruntime. */
async function run(loss: AnyLoss, options: OnnxOptions, logits: readonly number[], targets: readonly number[], dims: readonly number[], targetDims = dims): Promise<Run> {
  const session = await ort.InferenceSession.create(toOnnx(loss, options), { executionProviders: ["wasm"] });
  const tensor = (values: readonly number[], shape: readonly number[]): ort.Tensor => new ort.Tensor("float32", Float32Array.from(values), shape);
  const results = await session.run({ logits: tensor(logits, dims), targets: tensor(targets, targetDims) });
  await session.release();
  return { loss: results["loss"]!.data as Float32Array, grad: results["grad"]?.data as Float32Array | undefined, dims: results["loss"]!.dims };
}

/** Per logit where that is a loss's head, else rows of classes with a label each. */
const byHead = ({ head, classes, logits }: Pick<Golden, "head" | "classes" | "logits">): [number[], number[]] => {
  const shape = classes === undefined ? [logits.length] : [logits.length / classes, classes];
  return [shape, head === "softmax" ? shape.slice(0, 1) : shape];
};

/** What a graph takes: no smoothing, and labels rather than shares of classes. Each loss of each file with its first two settings. */
const seen = new Map<string, number>();
const tables = goldens().filter(({ file, golden: { loss, transform, head, options, targets, logits } }) => {
  if (options?.smoothing !== undefined || (head === "softmax" && targets.length === logits.length)) return false;
  const key = `${file} ${loss} ${transform?.name}`, count = seen.get(key) ?? 0;
  seen.set(key, count + 1);
  return count < 2;
});

describe("onnxruntime's answers are those of 50 digits", () => {
  for (const { file, golden } of tables) {
    const { head, classes, options, logits, targets, transform } = golden, perExample = Array.isArray(golden.value);
    const moved = transform !== undefined && head === "softmax", gate = moved ? 1.5e-5 : 3e-6;
    const why = moved ? "logits of 100 are moved by 11 and rounded twice, times 1 + γ" : "a product of a power and a logarithm is rounded to float32 before Exp";

    test(`${file}: ${nameOf(golden)}: value and gradient within ${gate}: ${why}`, async () => {
      const given: OnnxOptions = { head, gradient: true, ...(classes !== undefined && { classes }), ...(options?.soft && { soft: options.soft }), ...(perExample && { reduction: "none" }) };
      const { loss, grad } = await run(lossOf(golden), given, logits, targets, ...byHead(golden));
      const values = [golden.value].flat();
      const compare = (got: Float32Array, wanted: readonly (number | null)[], size: (i: number) => number): void => {
        expect(got.length).toBe(wanted.length);
        wanted.forEach((want, i) => {
          // Below 2^-126 float32 has no normal numbers; what multiplies them here stays below 178.
          if (want !== null) expect(Math.abs(got[i]! - want), `[${i}] is ${got[i]}, should be ${want}`).toBeLessThanOrEqual(gate * (Math.abs(want) + size(i)) + 2 ** -118);
        });
      };
      compare(loss, values, () => 0);
      // A gradient is a sum of terms as large as the loss, and may pass through 0.
      compare(grad!, golden.grad, (i) => Math.abs(values[perExample && head === "softmax" ? Math.floor(i / classes!) : perExample ? i : 0] ?? 0));
    });
  }
});

describe("value and gradient are finite up to ±1000", () => {
  const line = [-1000, -104, -100, -89, -40, 0, 40, 89, 100, 104, 1000];
  const logits = [0, 0.3, 1].flatMap(() => line), targets = [0, 0.3, 1].flatMap((t) => line.map(() => t));
  const rows = line.flatMap((x) => [x, 0, 1, 0, x, -x]), labels = line.flatMap((_, i) => [i % 3, (i + 1) % 3]);
  const finite = ({ loss, grad }: Run): void => [...loss, ...grad!].forEach((x, i) => expect(Number.isFinite(x), `[${i}] is ${x}`).toBe(true));

  test.each([0, 0.5].flatMap((gamma) => [...marginLosses, ...scoreLosses, ...batchLosses].map(({ name, of }) => [name, gamma, of(gamma)] as const)))("%s, γ = %d", async (_, __, loss) => {
    const hard = loss.kind === "batch" ? targets.map(Math.round) : targets;
    finite(await run(loss, { gradient: true, ...(loss.kind !== "batch" && { reduction: "none" }) }, logits, hard, [logits.length]));
  });

  test.each([0, 0.5].flatMap((gamma) => [...marginLosses, ...rowLosses, ...batchLosses].map(({ name, of }) => [name, gamma, of(gamma)] as const)))("%s, γ = %d, softmax", async (_, __, loss) => {
    finite(await run(loss, { head: "softmax", classes: 3, gradient: true, ...(loss.kind !== "batch" && { reduction: "none" }) }, rows, labels, [labels.length, 3], [labels.length]));
  });
});

const logits = [2, -1, 0.5, -3, 4, -0.25], targets = [1, 0, 0.5, 0, 0, 1];

test.each([
  ["mean", focal({ gamma: 2, alpha: 0.25 }), {}],
  ["sum", qualityFocal(), {}],
  ["mean", focal({ gamma: [1, 3], alpha: [0.25, 0.75] }), { classes: 2 }],
  ["sum", crossEntropy(), { classes: 3, classWeights: [1, 2, 3] }],
] as const)("reduction %s is the criterion's, with its gradient, within 2e-6 (float32)", async (reduction, loss, options) => {
  const { value, grad } = criterion(loss, { reduction, ...options as object, engine: "js" }).valueAndGrad(logits, targets);
  const dims = "classes" in options ? [logits.length / options.classes, options.classes] : [1, 3, 2];
  const got = await run(loss, { reduction, gradient: true, ...options }, logits, targets, dims);
  expect(got.dims).toEqual([]);
  expect(Math.abs(got.loss[0]! - value)).toBeLessThan(2e-6 * value);
  grad.forEach((g, i) => expect(Math.abs(got.grad![i]! - g)).toBeLessThan(2e-6));
});

test("a loss that does not depend on its examples has one for each of them all the same", async () => {
  const { loss, grad } = await run(equalizedFocal({ gamma: 0 }), { reduction: "none", gradient: true }, logits, targets, [6]);
  expect([...loss, ...grad!].map(Math.abs)).toEqual(new Array(12).fill(0));
});

test("without a gradient there is one output, and nothing that only the gradient needs; losses keep the shape of the logits", async () => {
  const loss = focal({ gamma: 2 }), got = await run(loss, { reduction: "none" }, logits, targets, [3, 1, 2]);
  expect(got.grad).toBeUndefined();
  expect(got.dims).toEqual([3, 1, 2]);
  expect(toOnnx(loss).length).toBeLessThan(0.8 * toOnnx(loss, { gradient: true }).length);
});

test("the runtime is asked for no σ, softplus or power, which it might write as it likes", () => {
  for (const bytes of [toOnnx(focal({ gamma: 1.7 }), { gradient: true }), toOnnx(dualFocal(), { head: "softmax", classes: 3, gradient: true }), toOnnx(focalTversky(), { gradient: true })]) {
    expect(new TextDecoder().decode(bytes)).not.toMatch(/Sigmoid|Softplus|Softmax|Pow|Log1p|Tanh/);
  }
});

test.each([
  [() => toOnnx(focal(), { head: "softmax" }), "classes must be a whole number ≥ 2, got undefined"],
  [() => toOnnx(focal(), { reduction: "positives" as never }), "reduction must be \"none\", \"mean\" or \"sum\", got \"positives\""],
  [() => toOnnx(focal(), { gradients: true } as never), "toOnnx has no option gradients; it has head, classes, reduction, soft, classWeights, gradient"],
  [() => toOnnx(distributionFocal()), "distributionFocal is written over rows of classes: it needs head \"softmax\", got \"sigmoid\""],
] as const)("%#: one sentence says what is wrong", (call, sentence) => {
  expect(call).toThrow(sentence);
});
