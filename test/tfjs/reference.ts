/** Training without TensorFlow.js: a network of one hidden layer and Adam in plain float64 loops around a criterion. */
import { criterion, focal } from "focal-loss";
import { epsilon } from "./training.ts";
import type { Task } from "./training.ts";

const beta1 = 0.9, beta2 = 0.999;

/** Rows × columns of `a` times columns × width of `b`, plus the bias. */
function affine(a: ArrayLike<number>, rows: number, b: Float64Array, bias: Float64Array): Float64Array {
  const width = bias.length, depth = b.length / width, out = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < width; k++) out[i * width + k] = bias[k]!;
    for (let j = 0; j < depth; j++) {
      const factor = a[i * depth + j]!;
      if (factor !== 0) for (let k = 0; k < width; k++) out[i * width + k]! += factor * b[j * width + k]!;
    }
  }
  return out;
}

/** The gradients by a layer's weights, its bias and what went into it. */
function backward(input: ArrayLike<number>, rows: number, weights: Float64Array, slope: ArrayLike<number>, width: number) {
  const depth = weights.length / width, byWeights = new Float64Array(weights.length), byBias = new Float64Array(width), byInput = new Float64Array(rows * depth);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < width; k++) byBias[k]! += slope[i * width + k]!;
    for (let j = 0; j < depth; j++) {
      for (let k = 0; k < width; k++) {
        byWeights[j * width + k]! += input[i * depth + j]! * slope[i * width + k]!;
        byInput[i * depth + j]! += slope[i * width + k]! * weights[j * width + k]!;
      }
    }
  }
  return { byWeights, byBias, byInput };
}

const softmax = (logits: Float64Array, classes: number): Float64Array => logits.map((z, i) => {
  const row = logits.subarray(i - (i % classes), i - (i % classes) + classes);
  return 1 / row.reduce((sum, other) => sum + Math.exp(other - z), 0);
});

/** The scores of the test rows after training, logits or probabilities as the task says, and each epoch's mean loss. */
export function trainReference({ x, labels, testX, features, classes, weights, epochs, batchSize, rate, settings, classWeight }: Task): { scores: Float64Array; losses: number[] } {
  const loss = criterion(focal(settings), classes > 1 ? { head: "softmax", classes } : {});
  const [w1, b1, w2, b2] = weights.map((values) => Float64Array.from(values)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const parameters = [w1, b1, w2, b2], means = parameters.map((p) => new Float64Array(p.length)), squares = parameters.map((p) => new Float64Array(p.length));
  const forward = (input: ArrayLike<number>, rows: number) => {
    const hidden = affine(input, rows, w1, b1).map((value) => Math.max(value, 0));
    return { hidden, logits: affine(hidden, rows, w2, b2) };
  };
  const losses: number[] = [];
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    let sum = 0;
    for (let from = 0; from < labels.length; from += batchSize) {
      const to = Math.min(from + batchSize, labels.length), rows = to - from, input = x.slice(from * features, to * features), targets = labels.slice(from, to);
      const { hidden, logits } = forward(input, rows);
      const { value, grad } = loss.valueAndGrad(logits, targets, classWeight ? { weights: targets.map((label) => classWeight[label]!) } : {});
      sum += value * rows;
      const outer = backward(hidden, rows, w2, grad, b2.length);
      const inner = backward(input, rows, w1, outer.byInput.map((slope, i) => (hidden[i]! > 0 ? slope : 0)), b1.length);
      step++;
      [inner.byWeights, inner.byBias, outer.byWeights, outer.byBias].forEach((gradient, p) => gradient.forEach((g, i) => {
        const mean = (means[p]![i] = beta1 * means[p]![i]! + (1 - beta1) * g), square = (squares[p]![i] = beta2 * squares[p]![i]! + (1 - beta2) * g * g);
        parameters[p]![i]! -= (rate * (mean / (1 - beta1 ** step))) / (Math.sqrt(square / (1 - beta2 ** step)) + epsilon);
      }));
    }
    losses.push(sum / labels.length);
  }
  const { logits } = forward(testX, testX.length / features);
  return { scores: classes > 1 ? softmax(logits, classes) : logits, losses };
}
