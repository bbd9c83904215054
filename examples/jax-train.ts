/** Focal loss in jax-js: a small network finds 2 % positives that lie inside a ring of negatives. */
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { sigmoidPriorBias } from "focal-loss";
import { averagePrecision } from "focal-loss/evaluate";
import { sigmoidFocalLoss } from "focal-loss/jax";

await init("wasm");
defaultDevice("wasm");

const rows = 3000, hidden = 16, steps = 400, rate = 1;
let state = 7;
const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;

// Positives around (0, 0), negatives around them at a distance of 1, both a little blurred.
const targets = Uint8Array.from({ length: rows }, (_, i) => (i % 50 === 0 ? 1 : 0));
const points = Array.from(targets, (t) => {
  const angle = 2 * Math.PI * random(), radius = (t ? 0.3 : 1) + 0.8 * (random() - 0.5);
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
});

type Parameters = { w1: np.Array; b1: np.Array; w2: np.Array; b2: np.Array };
const weights = (inputs: number, outputs: number): np.Array =>
  np.array(Array.from({ length: inputs }, () => Array.from({ length: outputs }, () => (2 * random() - 1) * Math.sqrt(6 / inputs))));
const network = ({ w1, b1, w2, b2 }: Parameters, x: np.Array): np.Array => np.dot(nn.relu(np.dot(x, w1).add(b1)), w2).add(b2).reshape([-1]);

// The losses come one by one: weigh, mask or reduce them as you like. Integer labels are known to be 0 or 1.
const objective = (parameters: Parameters, x: np.Array, t: np.Array): np.Array => np.mean(sigmoidFocalLoss(network(parameters, x), t, { gamma: 2, alpha: 0.25 }));

// One step of gradient descent with momentum, compiled into one program.
const step = jit((parameters: Parameters, momentum: Parameters, x: np.Array, t: np.Array): [np.Array, Parameters, Parameters] => {
  const [value, gradient] = valueAndGrad(objective)(tree.ref(parameters), x, t) as [np.Array, Parameters];
  const next = tree.map((m: np.Array, g: np.Array) => m.mul(0.95).add(g), momentum, gradient) as Parameters;
  return [value, tree.map((p: np.Array, m: np.Array) => p.sub(m.mul(rate)), parameters, tree.ref(next)) as Parameters, next];
});

const x = np.array(points), t = np.array(Int32Array.from(targets));
let parameters: Parameters = { w1: weights(2, hidden), b1: np.zeros([hidden]), w2: weights(hidden, 1), b2: np.array([sigmoidPriorBias(0.02)]) };
let momentum = tree.map((p: np.Array) => np.zerosLike(p), tree.ref(parameters)) as Parameters;
const losses: number[] = [];
for (let i = 0; i < steps; i++) {
  const [value, ...next] = step(parameters, momentum, x.ref, t.ref);
  [parameters, momentum] = next;
  losses.push(value.item() as number);
}

const logits = network(parameters, x).dataSync() as Float32Array;
console.log(`loss ${losses[0]!.toFixed(4)} → ${losses.at(-1)!.toFixed(4)}`); // loss 0.0191 → 0.0015
console.log(`average precision ${averagePrecision(logits, targets).toFixed(2)}, at random 0.02`); // average precision 0.95, at random 0.02
