import { jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { Layout } from "./layout.ts";

type BatchLoss = (logits: np.Array, targets: np.Array) => np.Array;

const beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

/** The network and Adam's moments, as jax-js arrays over the flat parameters. */
interface State {
  parameters: np.Array;
  mean: np.Array;
  square: np.Array;
}

/** A network in training. Its arrays live in WebAssembly memory: `dispose` gives them back. */
export interface Training {
  /** One Adam step of this size on a batch; resolves to the batch's loss. */
  step(x: Float32Array, targets: Float32Array, learningRate: number): Promise<number>;
  /** The network's logits on the rows that were given for validation. */
  validate(): Promise<Float32Array>;
  /** Copies of the parameters and of Adam's moments. */
  read(): Promise<{ parameters: Float32Array; mean: Float32Array; square: Float32Array }>;
  dispose(): void;
}

/**
 * Adam on a network of ReLU layers, forward, loss, backward and update compiled into one program.
 *
 * All parameters lie in one flat vector, so that the update is three kernels and not three per layer.
 *
 * @param validation - rows of inputs, as wide as the first layer's weight matrix is high
 * @param taken - steps already taken, by which the moments' bias is corrected
 *
 * @see Kingma, Ba: Adam: A Method for Stochastic Optimization, 2014, https://arxiv.org/abs/1412.6980
 */
export function adam(
  layout: Layout, loss: BatchLoss, batch: number, validation: Float32Array,
  start: { parameters: Float32Array; mean: Float32Array; square: Float32Array }, taken: number,
): Training {
  const objective = (parameters: np.Array, x: np.Array, targets: np.Array): np.Array => loss(forward(layout, parameters, x), targets);
  const update = jit((parameters: np.Array, mean: np.Array, square: np.Array, rate: np.Array, x: np.Array, targets: np.Array): [np.Array, np.Array, np.Array, np.Array] => {
    const [value, gradient] = valueAndGrad(objective)(parameters.ref, x, targets) as [np.Array, np.Array];
    const nextMean = mean.mul(beta1).add(gradient.ref.mul(1 - beta1));
    const nextSquare = square.mul(beta2).add(np.square(gradient).mul(1 - beta2));
    const direction = nextMean.ref.div(np.sqrt(nextSquare.ref).add(epsilon));
    return [value, parameters.sub(direction.mul(rate)), nextMean, nextSquare];
  });
  const answer = jit((parameters: np.Array, x: np.Array): np.Array => forward(layout, parameters, x));
  const width = layout.layers[0]!.rows;
  const held = np.array(validation, { shape: [validation.length / width, width] });
  const state: State = { parameters: np.array(start.parameters), mean: np.array(start.mean), square: np.array(start.square) };
  let steps = taken;

  return {
    async step(x, targets, learningRate) {
      steps++;
      const rate = (learningRate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps);
      const [value, parameters, mean, square] = update(
        state.parameters, state.mean, state.square, np.array(Float32Array.of(rate)),
        np.array(x, { shape: [batch, width] }), np.array(targets, { shape: layout.head === "sigmoid" ? [batch] : [batch, layout.classes] }),
      );
      Object.assign(state, { parameters, mean, square });
      // Reading runs the step. Left unread, steps pile up unexecuted and each costs more than the last.
      return (await value.data())[0]!;
    },
    async validate() {
      return (await answer(state.parameters.ref, held.ref).data()) as Float32Array;
    },
    async read() {
      const [parameters, mean, square] = await Promise.all([state.parameters, state.mean, state.square].map((array) => array.ref.data() as Promise<Float32Array>));
      return { parameters: parameters!, mean: mean!, square: square! };
    },
    dispose() {
      // A step that failed has consumed its arrays already.
      for (const array of [held, state.parameters, state.mean, state.square]) if (array.refCount > 0) array.dispose();
      update.dispose();
      answer.dispose();
    },
  };
}

function forward({ layers, head }: Layout, parameters: np.Array, x: np.Array): np.Array {
  const cuts = layers.flatMap(({ weight, bias }) => [weight, bias]).slice(1);
  const pieces = np.split(parameters, cuts);
  const out = layers.reduce((activations, { rows, outputs }, l) => {
    const affine = np.dot(activations, pieces[2 * l]!.reshape([rows, outputs])).add(pieces[2 * l + 1]!);
    return l < layers.length - 1 ? nn.relu(affine) : affine;
  }, x);
  return head === "sigmoid" ? out.reshape([-1]) : out;
}
