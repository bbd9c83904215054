import { grad, jit, numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { crossEntropy, focal } from "focal-loss";
import { generalizedIou, smoothL1 } from "../src/detect/boxLoss.ts";
import { convolve, convolveCells, cutWindows } from "../src/detect/convolution.ts";
import { gradientByMap, gradientByWeights } from "../src/detect/convolutionGradient.ts";
import { lossAndGradient } from "../src/detect/detectorStep.ts";
import { easyBackgroundShare } from "../src/detect/easyBackground.ts";
import { graphOf } from "../src/detect/graph.ts";
import type { Graph } from "../src/detect/graph.ts";
import { groupNorm } from "../src/detect/groupNorm.ts";
import { hardest } from "../src/detect/hardNegatives.ts";
import { namedParameters } from "../src/detect/namedParameters.ts";
import { run } from "../src/detect/network.ts";
import { firstParameters, layoutOf } from "../src/detect/parameters.ts";
import { patchesOf, patchSize } from "../src/detect/sceneBatches.ts";
import { tinyWidths } from "../src/detect/spec.ts";
import type { DetectorSpec } from "../src/detect/spec.ts";
import { stream } from "../src/random.ts";

const random = stream(7, "test");
const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1);
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), a.length === b.length ? 0 : Infinity);

/** What a convolution is, by its definition: maps [height, batch, width, channels], weights [size · size · inputs, outputs]. */
function convolved(map: Float32Array, [height, batch, width, inputs]: readonly [number, number, number, number], weights: Float32Array, outputs: number, size: number, stride: number): Float32Array {
  const rows = height / stride, columns = width / stride, edge = (size - 1) / 2, answer = new Float32Array(rows * batch * columns * outputs);
  for (let y = 0; y < rows; y++) for (let b = 0; b < batch; b++) for (let x = 0; x < columns; x++) for (let o = 0; o < outputs; o++) {
    let sum = 0;
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) {
      const r = stride * y + i - edge, c = stride * x + j - edge;
      if (r < 0 || r >= height || c < 0 || c >= width) continue;
      for (let k = 0; k < inputs; k++) sum += map[((r * batch + b) * width + c) * inputs + k]! * weights[((size * i + j) * inputs + k) * outputs + o]!;
    }
    answer[((y * batch + b) * columns + x) * outputs + o] = sum;
  }
  return answer;
}

function normalized(map: Float32Array, [height, batch, width, channels]: readonly [number, number, number, number], scale: Float32Array, shift: Float32Array): Float32Array {
  const answer = new Float32Array(map.length), perGroup = channels / 8;
  for (let b = 0; b < batch; b++) for (let g = 0; g < 8; g++) {
    const at: number[] = [];
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) for (let c = g * perGroup; c < (g + 1) * perGroup; c++) at.push(((y * batch + b) * width + x) * channels + c);
    const mean = at.reduce((sum, i) => sum + map[i]!, 0) / at.length, variance = at.reduce((sum, i) => sum + (map[i]! - mean) ** 2, 0) / at.length;
    for (const i of at) answer[i] = Math.max(0, ((map[i]! - mean) / Math.sqrt(variance + 1e-5)) * scale[i % channels]! + shift[i % channels]!);
  }
  return answer;
}

test.each([[1, 8, 12], [2, 8, 12], [1, 16, 8], [2, 16, 4]] as const)("a convolution of stride %i, %i channels in, %i out is the loop that defines it, and so are its gradients (1e-5 of up to 432 summands in float32)", (stride, inputs, outputs) => {
  const shape = [6, 2, 4, inputs] as const, map = numbers(6 * 2 * 4 * inputs), weights = numbers(9 * inputs * outputs), pull = numbers((6 * 2 * 4 * outputs) / stride ** 2);
  const arrays = jit((x: np.Array, w: np.Array, g: np.Array): [np.Array, np.Array, np.Array] => {
    const windows = cutWindows(x, stride), answers = [convolve(windows, w.ref), gradientByWeights(windows, g.ref), gradientByMap(g, w, stride)] as [np.Array, np.Array, np.Array];
    for (const row of windows.rows) row.dispose();
    return answers;
  })(np.array(map, { shape: [...shape] }), np.array(weights, { shape: [9 * inputs, outputs] }), np.array(pull, { shape: [6 / stride, 2, 4 / stride, outputs] }));
  const [answer, byWeights, byMap] = arrays.map((array) => array.dataSync()) as [Float32Array, Float32Array, Float32Array];
  expect(furthest(answer, convolved(map, shape, weights, outputs, 3, stride))).toBeLessThan(1e-5);
  // The convolution is linear in each argument: with one element 1 and all others 0 it is its derivative by that one.
  const dotted = (m: Float32Array, w: Float32Array): number => convolved(m, shape, w, outputs, 3, stride).reduce((sum, y, i) => sum + y * pull[i]!, 0);
  const alone = (length: number, i: number): Float32Array => new Float32Array(length).fill(1, i, i + 1);
  expect(furthest(byMap, Array.from(map, (_, i) => dotted(alone(map.length, i), weights)))).toBeLessThan(1e-5);
  expect(furthest(byWeights, Array.from(weights, (_, i) => dotted(map, alone(weights.length, i))))).toBeLessThan(1e-5);
});

test("a 1×1 convolution is the loop that defines it (1e-6: sums of 8 in float32)", () => {
  const map = numbers(4 * 2 * 4 * 8), weights = numbers(8 * 12);
  expect(furthest(convolveCells(np.array(map, { shape: [4, 2, 4, 8] }), np.array(weights, { shape: [8, 12] })).dataSync(), convolved(map, [4, 2, 4, 8], weights, 12, 1, 1))).toBeLessThan(1e-6);
});

test("GroupNorm gives each picture's groups mean 0 and variance 1, scales, shifts and cuts at 0 (1e-5); a map of one value stays finite", () => {
  const shape = [4, 3, 6, 16] as const, map = numbers(4 * 3 * 6 * 16).map((x) => 3 * x + 5), scale = numbers(16), shift = numbers(16);
  const ours = (m: Float32Array): ArrayLike<number> => jit(groupNorm)(np.array(m, { shape: [...shape] }), np.array(scale), np.array(shift)).dataSync();
  expect(furthest(ours(map), normalized(map, shape, scale, shift))).toBeLessThan(1e-5);
  expect(furthest(ours(map.map(() => 0.3)), map.map((_, i) => Math.max(0, shift[i % 16]!)))).toBeLessThan(1e-3);
});

const two: DetectorSpec = {
  classes: ["a", "b", "c"], channels: 3, width: 32, height: 16, levels: [{ stride: 4, sizes: [[6, 6], [4, 8]] }, { stride: 8, sizes: [[12, 12], [9, 15]] }],
  widths: { backbone: [[8], [8, 16], [16]], pyramid: 8, head: [8], subnet: [8] },
};
const pictureOf = (spec: DetectorSpec): { width: number; height: number; channels: 1 | 3; data: Uint8Array } =>
  ({ width: spec.width, height: spec.height, channels: spec.channels, data: Uint8Array.from({ length: spec.width * spec.height * spec.channels }, () => 256 * random()) });

function standardized(data: Uint8Array): Float32Array {
  const mean = data.reduce((sum, byte) => sum + byte, 0) / data.length, variance = data.reduce((sum, byte) => sum + (byte - mean) ** 2, 0) / data.length;
  return Float32Array.from(data, (byte) => (byte - mean) / (Math.sqrt(variance) + 1));
}

/** The graph computed as its documentation says, from the named parameters: no jax-js, no layout. */
function computed(graph: Graph, spec: DetectorSpec, parameters: Float32Array, data: Uint8Array): Map<string, { map: Float32Array; shape: [number, number, number, number] }> {
  const tensors = new Map(namedParameters({ spec, parameters }).map(({ name, values }) => [name, values]));
  const values = new Map<string, { map: Float32Array; shape: [number, number, number, number] }>([["picture", { map: standardized(data), shape: [spec.height, 1, spec.width, spec.channels] }]]);
  for (const node of graph.nodes) {
    const { map, shape } = values.get(node.input)!;
    if (node.op === "groupNorm") values.set(node.name, { shape, map: normalized(map, shape, tensors.get(`${node.weights}.scale`)!, tensors.get(`${node.weights}.shift`)!) });
    else if (node.op === "addUpsampled") {
      const coarser = values.get(node.coarser)!.map, [height, , width, channels] = shape;
      values.set(node.name, { shape, map: map.map((x, i) => {
        const row = Math.floor(i / (width * channels)), column = Math.floor(i / channels) % width;
        return row < height ? x + coarser[(Math.floor(row / 2) * (width / 2) + Math.floor(column / 2)) * channels + (i % channels)]! : NaN;
      }) });
    } else {
      const { inputs, outputs, size, stride } = node, given = tensors.get(`${node.weights}.weight`)!, rows = new Float32Array(given.length);
      for (let o = 0; o < outputs; o++) for (let i = 0; i < inputs; i++) for (let cell = 0; cell < size * size; cell++) rows[(cell * inputs + i) * outputs + o] = given[(o * inputs + i) * size * size + cell]!;
      const bias = tensors.get(`${node.weights}.bias`), answer = convolved(map, shape, rows, outputs, size, stride);
      values.set(node.name, { shape: [shape[0] / stride, 1, shape[2] / stride, outputs], map: bias ? answer.map((x, i) => x + bias[i % outputs]!) : answer });
    }
  }
  return values;
}

test("the whole network, pyramid and shared subnets included, says what its graph and named parameters say (1e-4: twelve layers in float32)", () => {
  const graph = graphOf(two), layout = layoutOf(graph), parameters = firstParameters(graph, layout, 0.01, 3).map((x) => x + 0.1 * (random() - 0.5)), picture = pictureOf(two);
  // Rows that only fill a matrix up have nothing to multiply.
  const { logits, deltas } = run(graph, layout, 3, layout.blocks.map(({ start, size }) => np.array(parameters.slice(start, start + size))), np.array(patchesOf([picture], 32, 16), { shape: [8, 1, 16, patchSize(3)] }));
  const values = computed(graph, two, parameters, picture.data), levels = (names: readonly string[]): number[] => names.flatMap((name) => [...values.get(name)!.map]);
  expect(logits.shape).toEqual([1, (8 * 4 + 4 * 2) * 2, 3]);
  expect(furthest(logits.dataSync(), levels(graph.classes))).toBeLessThan(1e-4);
  expect(furthest(deltas.dataSync(), levels(graph.boxes))).toBeLessThan(1e-4);
});

const one: DetectorSpec = { ...two, channels: 1, levels: [{ stride: 4, sizes: [[6, 6], [4, 8]] }], widths: { ...tinyWidths, backbone: [[8], [8]], head: [8] }, width: 16, height: 16 };

test.each([
  ["focal, smooth-L1", one, focal({ gamma: 2, alpha: 0.25 }), "smoothL1"], ["focal γ = ½, GIoU", one, focal({ gamma: 0.5 }), "giou"], ["hard negatives, GIoU", one, { hardNegatives: 3 }, "giou"],
  ["cross-entropy, smooth-L1, a pyramid", two, crossEntropy(), "smoothL1"],
] as const)("the gradient of the whole loss is what differences say: %s (to 3 in 100: float32 and the kinks of ReLU)", (_name, spec, loss, box) => {
  const graph = graphOf(spec), layout = layoutOf(graph), parameters = firstParameters(graph, layout, 0.2, 5), { width, height, channels } = spec, pictures = [pictureOf(spec), pictureOf(spec)];
  const anchors = spec.levels.reduce((sum, { stride, sizes }) => sum + (width / stride) * (height / stride) * sizes.length, 0);
  const labels = Int32Array.from({ length: 2 * anchors }, (_, i) => (i % 9 === 0 ? i % 3 : i % 7 === 0 ? -2 : -1)), targets = numbers(8 * anchors).map((x) => 0.5 * x), positives = labels.filter((label) => label >= 0).length;
  const objective = jit(lossAndGradient(graph, layout, 3, { loss, box, boxWeight: 2 }) as unknown as (...args: unknown[]) => { parts: np.Array; logits: np.Array; gradients: np.Array[] });
  const at = (vector: Float32Array): { value: number; gradient: number[] } => {
    const blocks = layout.blocks.map(({ start, size }) => np.array(vector.slice(start, start + size)));
    const { parts, gradients } = objective(blocks, np.array(patchesOf(pictures, width, height), { shape: [height / 2, 2, width / 2, patchSize(channels)] }), np.array(labels, { shape: [2, anchors], dtype: np.int32 }), np.array(targets, { shape: [2, anchors, 4] }), np.array(Float32Array.of(positives)));
    const [classPart, boxPart] = parts.dataSync();
    return { value: classPart! + 2 * boxPart!, gradient: gradients.flatMap((block) => [...block.dataSync()]) };
  };
  const { gradient } = at(parameters), norm = Math.hypot(...gradient), h = 2e-3;
  for (let k = 0; k < 3; k++) {
    // Directions with much of the gradient in them: along any other there is little to see in float32.
    const noise = numbers(parameters.length), scale = norm / Math.hypot(...noise), direction = gradient.map((g, i) => (g + noise[i]! * scale) / norm);
    const difference = (at(parameters.map((p, i) => p + h * direction[i]!)).value - at(parameters.map((p, i) => p - h * direction[i]!)).value) / (2 * h);
    const slope = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
    expect(Math.abs(difference / slope - 1)).toBeLessThan(0.03);
  }
});

test("smooth-L1 is quadratic below .11 and linear above, and so is its gradient (1e-6: float32)", () => {
  const deltas = Float32Array.of(0.05, 0, -1, 0.3), zeros = new Float32Array(4), array = (values: Float32Array): np.Array => np.array(values, { shape: [1, 4] });
  expect(smoothL1(array(deltas), array(zeros)).dataSync()[0]!).toBeCloseTo(0.05 ** 2 / 0.22 + (1 - 0.055) + (0.3 - 0.055), 6);
  expect(furthest(grad((x: np.Array) => np.sum(smoothL1(x, array(zeros))))(array(deltas)).dataSync(), [0.05 / 0.11, 0, -1, 1])).toBeLessThan(1e-6);
});

test("GIoU: same box 0, half of it ½, boxes apart above 1; its gradient is what differences say (to .005)", () => {
  const array = (values: ArrayLike<number>): np.Array => np.array(Float32Array.from(values), { shape: [values.length / 4, 4] });
  const value = (deltas: ArrayLike<number>, targets: ArrayLike<number>): number => generalizedIou(array(deltas), array(targets)).dataSync()[0]!;
  expect(value([0.3, -0.2, 0.5, 0.1], [0.3, -0.2, 0.5, 0.1])).toBeCloseTo(0, 6);
  expect(value([0, 0, Math.log(0.5), 0], [0, 0, 0, 0])).toBeCloseTo(0.5, 6);
  // Two unit boxes with a gap of one between them: IoU 0, union 2, hull 3.
  expect(value([0, 0, 0, 0], [2, 0, 0, 0])).toBeCloseTo(1 + 1 / 3, 6);
  for (const [deltas, targets] of [[[0.1, -0.2, 0.1, 0.3], [0, 0.1, -0.2, 0]], [[0, 0, 0, 0], [2, 0.3, 0.1, 0]], [[0, 0, 0, 0], [1.5, 1.7, 0.1, 0]]] as const) {
    const slope = grad((x: np.Array) => np.sum(generalizedIou(x, array(targets))))(array(deltas)).dataSync(), h = 1e-2;
    deltas.forEach((_, i) => {
      const moved = (by: number): number => value(deltas.map((d, j) => (i === j ? d + by : d)), targets);
      expect(slope[i]!).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 2);
    });
  }
});

test("GIoU and its gradient stay finite for the same box, boxes that touch, and boxes a millionth or 62.5 times as large", () => {
  const array = (values: readonly number[]): np.Array => np.array(Float32Array.from(values), { shape: [1, 4] });
  for (const [deltas, targets] of [[[0, 0, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [1, 0, 0, 0]], [[0, 0, -14, -14], [3, 3, 0, 0]], [[0, 0, 50, 50], [0, 0, 0, 0]], [[1e4, -1e4, 0, 0], [0, 0, 0, 0]]] as const) {
    const value = generalizedIou(array(deltas), array(targets)).dataSync()[0]!;
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(2);
    expect([...grad((x: np.Array) => np.sum(generalizedIou(x, array(targets))))(array(deltas)).dataSync()].every(Number.isFinite)).toBe(true);
  }
});

test("hard negatives: all positives and exactly three negatives for each, the hardest; three where there is no positive; ignored ones never", () => {
  const losses = Float32Array.from({ length: 40 }, (_, i) => ((i * 17) % 40) / 10), labels = Int32Array.from({ length: 40 }, (_, i) => (i === 4 || i === 21 ? 0 : i % 10 === 9 ? -2 : -1));
  const pick = (marks: Int32Array): number[] => {
    const positives = marks.filter((label) => label >= 0).length;
    return [...hardest(np.array(losses, { shape: [2, 20] }), np.array(marks, { shape: [2, 20], dtype: np.int32 }), np.array(Float32Array.of(positives)), 3).dataSync()].flatMap((yes, i) => (yes ? [i] : []));
  };
  const negatives = [...labels.keys()].filter((i) => labels[i] === -1).sort((a, b) => losses[b]! - losses[a]!);
  expect(pick(labels)).toEqual([4, 21, ...negatives.slice(0, 6)].sort((a, b) => a - b));
  expect(pick(labels.map((label) => (label >= 0 ? -2 : label)))).toHaveLength(3);
});

test("the share of easy background: all background says no with p_t = .99 or .6, an object is half seen", () => {
  const sure = -Math.log(99), unsure = -Math.log(1.5), labels = Int32Array.of(-1, -1, 0, -2), logits = Float32Array.of(sure, unsure, 0, sure);
  const [easy, hard, object] = [-Math.log(0.99), -Math.log(0.6), Math.LN2];
  expect(easyBackgroundShare(crossEntropy(), logits, labels)).toBeCloseTo(easy / (easy + hard + object), 6);
  expect(easyBackgroundShare(focal({ gamma: 2 }), logits, labels)).toBeCloseTo((1e-4 * easy) / (1e-4 * easy + 0.16 * hard + 0.25 * object), 6);
  expect(easyBackgroundShare({ hardNegatives: 1 }, logits, labels)).toBe(0);
});

test.each([
  [{ levels: [] }, /at least one level/], [{ width: 30 }, /width must be a multiple of the largest stride, 8, got 30/], [{ classes: [] }, /at least one class/],
  [{ widths: { ...two.widths, head: [12] } }, /widths of head must be multiples of 8, got 12/], [{ levels: [{ stride: 3, sizes: [[1, 1]] }] }, /power of 2/],
  [{ levels: [two.levels[0]!, { stride: 8, sizes: [[9, 9]] }] }, /equally many anchor sizes: 2, got 1/], [{ levels: [{ stride: 64, sizes: [[9, 9]] }], width: 64, height: 64 }, /3 stages reaches stride 8, but a level has 64/],
] as const)("a network that cannot be built is refused by name: %o", (change, message) => {
  expect(() => graphOf({ ...two, ...change } as DetectorSpec)).toThrow(message);
});
