/** WebGPU: shaders in a real browser, on a GPU made of software; what is refused needs neither. */
import { asymmetricSingleLabel, distributionFocal, dualFocal, focal, focalTversky, ldam } from "focal-loss";
import type { CriterionOptions, FocalError } from "focal-loss";
import { webgpu } from "focal-loss/webgpu";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { compare, float32Gates } from "./golden/compare.ts";
import { goldens, nameOf } from "./golden/read.ts";
import type { Golden } from "./golden/read.ts";
import { launch } from "./browser/launch.ts";
import { chromiumPath, open } from "./webgpu/browser.ts";
import type { Browser } from "./webgpu/browser.ts";
import type * as page from "./webgpu/page.ts";

const executable = chromiumPath();
if (executable === undefined) console.error("\n*** NOT TESTED: WebGPU. No Chromium on this machine; apt-get install chromium, or CHROMIUM=/path/to/it. ***\n");

type Tests = typeof page;
declare const tests: Tests;

describe.skipIf(executable === undefined)("in Chromium, on SwiftShader", () => {
  let browser: Browser;
  beforeAll(async () => { browser = await open(executable!, "page.ts"); }, 60_000);
  afterAll(() => browser?.close());

  /** What the GPU leaves to the JavaScript engine. */
  const staysOnJavaScript = ({ loss, head, settings, options, targets, logits, transform, classes }: Golden): boolean =>
    Array.isArray(settings["gamma"]) || ["dualFocal", "distributionFocal", "asymmetricSingleLabel"].includes(loss)
    || (head === "softmax" ? options?.smoothing !== undefined || targets.length === logits.length : transform?.name === "ldam" || (classes !== undefined && Array.isArray(settings["alpha"])));

  const tables = goldens().filter(({ golden }) => Array.isArray(golden.value));
  const asked = new Map<string, Promise<Map<string, page.Outcome>>>();
  /** A table's outcome. The tables of a file go to the page together, so that shaders are compiled side by side. */
  async function outcomeOf(file: string, golden: Golden): Promise<page.Outcome> {
    let outcomes = asked.get(file);
    if (!outcomes) {
      const all = tables.filter((table) => table.file === file).map((table) => table.golden);
      outcomes = browser.page.evaluate((entries) => Promise.all(entries.map((entry) => tests.golden(entry))), all).then((found) => new Map(all.map((one, i) => [JSON.stringify(one), found[i]!])));
      asked.set(file, outcomes);
    }
    return (await outcomes).get(JSON.stringify(golden))!;
  }

  for (const { file, golden } of tables) {
    const name = `${file}: ${nameOf(golden)}`;
    if (staysOnJavaScript(golden)) {
      test(`${name}: refused by a sentence`, async () => {
        expect(await outcomeOf(file, golden)).toEqual({ refusal: expect.stringMatching(/GPU .*; criterion (does|takes them)$/), code: expect.stringMatching(/^(engine|target)$/) });
      });
      continue;
    }
    const { gates: [value, grad, hessian], varying, floor } = float32Gates(golden), gates = golden.head === "softmax" ? [2e-6, 2e-6, Math.max(hessian!, 3e-6)] : [value!, grad!, hessian!];
    test(`${name}: value within ${gates[0]}, gradient ${gates[1]}, Hessian ${gates[2]} relative, where float32 is normal${varying ? `, or of their terms: ${varying}` : ""}`, async () => {
      const outcome = await outcomeOf(file, golden);
      if ("refusal" in outcome) throw new Error(outcome.refusal);
      compare(golden, outcome, gates, floor, varying !== undefined);
    });
  }

  /** A float64 result beside float32 ones: each loss within the gates, so that a sum of them is too. */
  async function agrees(wanted: page.Case): Promise<void> {
    const { arrays, again, buffers, same } = await browser.page.evaluate((which) => tests.compare(which), wanted);
    for (const found of [arrays, buffers]) {
      expect(found["value"]).toBeLessThanOrEqual(1e-6);
      expect(found["grad"]).toBeLessThanOrEqual(2e-6);
      expect(found["hessian"]).toBeLessThanOrEqual(3e-6);
    }
    expect(again, "the same bits again").toBe(true);
    expect(same, "the same bits from buffers").toBe(true);
  }
  const gates = "value within 1e-6, gradient 2e-6, Hessian 3e-6 of float64; from buffers the same bits, and the same again";
  const paper = { loss: "focal", settings: { gamma: 2, alpha: 0.25 } };

  // A workgroup takes 1024 logits at a time; here, where a processor plays the GPU, all of them together 32768.
  test.each([1, 3, 4, 5, 15, 16, 17, 1023, 1024, 1025, 32_767, 32_769, 99_999])(`n = %i: ${gates}`, (n) => agrees({ loss: paper, options: { reduction: "sum" }, n }));
  // Sums of more workgroups than one has threads.
  test(`n = 300001 in as many workgroups as a card's: ${gates}`, () => agrees({ loss: paper, options: {}, n: 300_001, likeACard: true }));

  const sigmoidCases: readonly (readonly [string, Omit<page.Case, "loss" | "n">])[] = [
    ["mean", { options: {} }], ["positives", { options: { reduction: "positives", ignoreIndex: -1 } }],
    ["mean with ignored examples", { options: { ignoreIndex: -1 } }], ["none, with weights and ignored examples", { options: { reduction: "none", ignoreIndex: -1 }, weighted: true }],
    ["weightedMean", { options: { reduction: "weightedMean", ignoreIndex: -1 }, weighted: true }], ["weightedMean without weights", { options: { reduction: "weightedMean" } }],
    ["mean with a number to divide by", { options: {}, normalizer: 3.5 }], ["sum over positives", { options: { reduction: "sum" }, normalizer: "positives" }],
    ["interpolated soft targets", { options: { soft: "interpolate", reduction: "none", ignoreIndex: -1 }, soft: true, weighted: true }],
    ["mixed soft targets", { options: { soft: "mixture", reduction: "none" }, soft: true }],
  ];
  test.each(sigmoidCases)(`sigmoid, %s: ${gates}`, (_, wanted) => agrees({ loss: paper, n: 1029, ...wanted }));

  // Up to 32 classes a row is one thread's, beyond that a workgroup's.
  test.each([[2, 1], [3, 1], [10, 7], [32, 1], [33, 1], [1000, 1], [100, 6]])(`softmax, %i classes %i apart: ${gates}`, (classes, inner) =>
    agrees({ loss: { loss: "focal", settings: { gamma: 2, alpha: Array.from({ length: classes }, (_, k) => 1 + (k % 3)) } }, options: { head: "softmax", classes, inner, ignoreIndex: -1 }, n: 42 * classes, weighted: true }));
  test.each([["none", {}], ["weightedMean", {}], ["sum", { ignoreIndex: -1 }], ["mean", {}]] as const)(`softmax, %s: ${gates}`, (reduction, more) =>
    agrees({ loss: { loss: "focal", settings: { gamma: 1.7 } }, options: { head: "softmax", classes: 5, reduction, ...more }, n: 5 * 333, weighted: true }));
  test(`softmax, LDAM: ${gates}`, () => agrees({ loss: { ...paper, settings: {}, transform: { name: "ldam", counts: [100, 10, 1] } }, options: { head: "softmax", classes: 3 }, n: 300 }));

  test("a sum of 1e7 float32 losses is right to 1e-7", async () => {
    expect(await browser.page.evaluate((n) => tests.longSum(n), 1e7)).toBeLessThanOrEqual(1e-7);
  });

  test.each([0, 0.3, 0.5, 1, 1.7, 2, 5])("γ = %f: finite at ±1e30 and at 0, on both heads; a NaN stays where it is", async (gamma) => {
    const loss = { loss: "focal", settings: { gamma } }, line = [-1e30, -1000, -100, 0, 100, 1000, 1e30, 3];
    for (const targets of [line.map(() => 0), line.map(() => 1), line.map(() => 0.25)]) {
      const { value, grad, hessian } = await browser.page.evaluate(([l, o, x, t]) => tests.given(l, o, x, t), [loss, {} as CriterionOptions, line, targets] as const);
      for (const result of [value, grad, hessian].flat()) expect(Number.isFinite(result)).toBe(true);
    }
    const unknown = await browser.page.evaluate(([l, o, x, t]) => tests.given(l, o, x, t), [loss, {} as CriterionOptions, [1, NaN, 2, 3, NaN], [0, 1, 0, 1, 0]] as const);
    for (const part of [unknown.value as number[], unknown.grad, unknown.hessian]) expect(part.map(Number.isNaN)).toEqual([false, true, false, false, true]);
    const rows = [-1e30, 0, 1e30, 5, -Infinity, 2, 1, NaN, 2, 1e30, 1e30, -1e30], softmax: CriterionOptions = { head: "softmax", classes: 3 };
    const competing = await browser.page.evaluate(([l, o, x, t]) => tests.given(l, o, x, t), [loss, softmax, rows, [0, 2, 1, 1]] as const);
    expect((competing.value as number[]).map(Number.isFinite)).toEqual([true, true, false, true]);
    for (const part of [competing.grad, competing.hessian]) expect(part.map(Number.isFinite)).toEqual(rows.map((_, i) => Math.floor(i / 3) !== 2));
  });

  test("the browser complained about nothing", async () => {
    expect(await browser.page.evaluate(() => tests.complaints())).toEqual([]);
  });
});

describe.skipIf(executable === undefined)("in Chromium without a GPU that it may use", () => {
  test("asking for one is refused in a sentence", async () => {
    const browser = await launch(executable!, new URL("webgpu/page.ts", import.meta.url), ["--disable-gpu"]);
    try {
      const outcome = await (await browser.visit()).evaluate(() => tests.gpu().then(() => "opened", ({ code, message }: FocalError) => ({ code, message })));
      expect(outcome).toEqual({ code: "engine", message: "WebGPU finds no GPU on this machine that it may use: requestAdapter gave none; criterion runs everywhere" });
    } finally {
      await browser.close();
    }
  }, 60_000);
});

describe("without a GPU", () => {
  const refusalOf = async (call: () => unknown): Promise<FocalError> => {
    try { await call(); } catch (error) { return error as FocalError; }
    throw new Error("was not refused");
  };

  test("no WebGPU, no adapter and no device are each one sentence", async () => {
    const none = await refusalOf(() => webgpu());
    expect([none.code, none.message]).toEqual(["engine", "there is no WebGPU here: it needs a browser that has it, on a page from https or localhost; elsewhere pass a GPUDevice, webgpu(device)"]);
    vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => null } });
    try {
      const unused = await refusalOf(() => webgpu());
      expect([unused.code, unused.message]).toEqual(["engine", "WebGPU finds no GPU on this machine that it may use: requestAdapter gave none; criterion runs everywhere"]);
    } finally {
      vi.unstubAllGlobals();
    }
    expect((await refusalOf(() => webgpu({} as GPUDevice))).message).toBe("webgpu takes a GPUDevice, or nothing to open one itself");
  });

  /** Enough of a device for what is refused before it is used. */
  const device = { createComputePipeline() {}, createCommandEncoder: () => ({}), limits: { maxStorageBufferBindingSize: 4096, maxBufferSize: 4096 } } as unknown as GPUDevice;
  const buffer = (size: number, usage = 128): GPUBuffer => ({ size, usage }) as GPUBuffer;
  const bind = async (options: object = {}, loss: Parameters<Awaited<ReturnType<typeof webgpu>>["criterion"]>[0] = focal()) => (await webgpu(device)).criterion(loss, options);
  const own = buffer(16);

  test.each<[string, string, () => unknown]>([
    ["the GPU does not run dualFocal, which is no function of one margin; criterion does", "engine", () => bind({ head: "softmax", classes: 3 }, dualFocal())],
    ["the GPU does not run focalTversky, which is no function of one margin; criterion does", "engine", () => bind({}, focalTversky())],
    ["the GPU does not run distributionFocal, whose labels stand between two classes; criterion does", "engine", () => bind({ head: "softmax", classes: 3 }, distributionFocal())],
    ["the GPU does not run asymmetricSingleLabel, which needs every class's share; criterion does", "engine", () => bind({ head: "softmax", classes: 3 }, asymmetricSingleLabel())],
    ["the GPU does not run gamma given per class; criterion does", "engine", () => bind({}, focal({ gamma: [1, 2] }))],
    ['the GPU does not run from: "probabilities"; criterion does', "engine", () => bind({ from: "probabilities" })],
    ['the GPU does not run engine: "js"; criterion does', "engine", () => bind({ engine: "js" })],
    ["the GPU does not run label smoothing with the softmax head; criterion does", "engine", () => bind({ head: "softmax", classes: 3, smoothing: 0.1 })],
    ["the GPU does not run ldam_focal with the sigmoid head; criterion does", "engine", () => bind({}, ldam(focal(), [9, 1]))],
    ["the GPU does not run class weights per column with the sigmoid head; criterion does", "engine", () => bind({ classes: 2, classWeights: [1, 2] })],
    ['reduction must be "mean", "sum", "none", "positives" or "weightedMean", got "total"', "argument", () => bind({ reduction: "total" })],
    ["criterion takes a loss, like focal({ gamma: 2 }), got the string \"focal\"", "argument", () => bind({}, "focal" as never)],
    ["a GPU computes in float32: logits must be a Float32Array, got a Float64Array; criterion takes float64", "argument", async () => (await bind()).value(new Float64Array(2) as never, [0, 1])],
    ["the softmax head on the GPU takes one label per row, no shares of classes; criterion takes them", "target", async () => (await bind({ head: "softmax", classes: 2 })).value(Float32Array.of(1, 2), [0.5, 0.5])],
    ["targets[1] must be in [0, 1], got 2", "target", async () => (await bind()).value(Float32Array.of(1, 2), [0, 2])],
    ["logits must fit into one buffer of this GPU, 4096 bytes, got 4100; call the criterion part by part", "shape", async () => (await bind()).value(new Float32Array(1025), new Uint8Array(1025))],
    ["encode has no option gamma; it has encoder, order, length, hard, normalizer, value, grad, hessian", "argument", async () => (await bind()).encode({ logits: buffer(16), targets: buffer(16) }, { gamma: 2 } as never)],
    ["order must be 0, 1 or 2, got 3", "argument", async () => (await bind()).encode({ logits: buffer(16), targets: buffer(16) }, { order: 3 as never })],
    ["logits must be a GPUBuffer, got a Float32Array", "argument", async () => (await bind()).encode({ logits: new Float32Array(4) as never, targets: buffer(16) }, { length: 4 })],
    ["targets must be a buffer of usage STORAGE", "argument", async () => (await bind()).encode({ logits: buffer(16), targets: buffer(16, 8) })],
    ["targets must hold 16 bytes, 4 per value, got 12", "shape", async () => (await bind()).encode({ logits: buffer(16), targets: buffer(12) })],
    ["length must be a multiple of classes × inner = 3 and > 0, got 4", "shape", async () => (await bind({ head: "softmax", classes: 3 })).encode({ logits: buffer(16), targets: buffer(16) })],
    ["grad must be a buffer of its own: a GPU does not write to what it reads", "argument", async () => (await bind()).encode({ logits: own, targets: buffer(16) }, { value: buffer(16), grad: own })],
    ["the GPU does not look at buffers before it runs over them: smoothing must be left out", "engine", async () => (await bind({ smoothing: 0.1 })).encode({ logits: buffer(16), targets: buffer(16) })],
    ["normalizer must be a number > 0 or \"positives\", got 0", "argument", async () => (await bind()).encode({ logits: buffer(16), targets: buffer(16) }, { normalizer: 0 })],
  ])("%s", async (message, code, call) => {
    const refusal = await refusalOf(call);
    expect([refusal.message, refusal.code]).toEqual([message, code]);
  });

  test("no logits sum to 0 and have no gradient, without a GPU's help", async () => {
    const none = await (await bind({ reduction: "sum" })).valueAndGrad(new Float32Array(0), []);
    expect(none).toEqual({ value: 0, grad: new Float32Array(0) });
  });
});
