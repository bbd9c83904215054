import { jit, numpy as np, valueAndGrad } from "@jax-js/jax";
import { pullBack } from "./backward.ts";
import { generalizedIou, smoothL1 } from "./boxLoss.ts";
import type { BoxLoss } from "./boxLoss.ts";
import { classLoss } from "./classLoss.ts";
import type { ClassLoss } from "./classLoss.ts";
import type { Graph } from "./graph.ts";
import { perAnchor, trace } from "./network.ts";
import type { Layout } from "./parameters.ts";

const beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

/** A batch as the network takes it. */
export interface Batch {
  readonly size: number;
  readonly patches: Float32Array;
  readonly patchShape: readonly number[];
  /** [batch, anchors] */
  readonly labels: Int32Array;
  /** [batch, anchors, 4] */
  readonly targets: Float32Array;
  readonly positives: number;
}

/** What a step saw. Losses are sums over anchors ÷ positives (at least 1), the box loss before its weight. */
export interface StepResult {
  readonly classLoss: number;
  readonly boxLoss: number;
  /** The step's logits [batch, anchors, classes]; whoever does not read them must dispose of them. */
  readonly logits: np.Array;
}

/** Parameters and Adam's moments, each as one flat vector. */
export interface Moments {
  readonly parameters: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

/** A detector in training. Its arrays live in WebAssembly memory: `dispose` gives them back. */
export interface DetectorStepper {
  step(batch: Batch, learningRate: number): Promise<StepResult>;
  read(): Promise<Moments>;
  dispose(): void;
}

export interface Objective {
  readonly loss: ClassLoss;
  readonly box: BoxLoss;
  readonly boxWeight: number;
}

/** What a batch says of the parameters. */
export interface LossAndGradient {
  /** Class and box loss [2]. */
  readonly parts: np.Array;
  readonly logits: np.Array;
  /** Of class loss + weight · box loss, one per block of the layout. */
  readonly gradients: np.Array[];
}

/**
 * The whole loss, (Σ class losses + weight · Σ positives' box losses) ÷ positives, and its gradient.
 *
 * @returns a function of the parameters' blocks and a batch, that consumes them
 */
export function lossAndGradient(graph: Graph, layout: Layout, classes: number, { loss, box, boxWeight }: Objective) {
  const judge = classLoss(loss, classes), compare = box === "giou" ? generalizedIou : smoothL1;
  return (blocks: readonly np.Array[], patches: np.Array, labels: np.Array, targets: np.Array, positives: np.Array): LossAndGradient => {
    const traced = trace(graph, layout, blocks, patches, true), answer = (names: readonly string[], numbers: number): np.Array => perAnchor(names.map((name) => traced.values.get(name)!.ref), numbers);
    const logits = answer(graph.classes, classes), deltas = answer(graph.boxes, 4);
    const total = (x: np.Array, d: np.Array): [np.Array, np.Array] => {
      const isObject = labels.ref.greaterEqual(0).astype(np.float32), share = np.reciprocal(np.maximum(positives.ref, 1)).reshape([]);
      const boxes = compare(d.reshape([-1, 4]), targets.reshape([-1, 4])).reshape([...labels.shape]);
      const boxPart = np.sum(np.sum(boxes.mul(isObject), 1)).mul(share.ref), classPart = judge(x, labels, positives).mul(share);
      return [classPart.ref.add(boxPart.ref.mul(boxWeight)), np.stack([classPart, boxPart])];
    };
    const [[sum, parts], [byLogits, byDeltas]] = valueAndGrad(total, { argnums: [0, 1], hasAux: true })(logits.ref, deltas) as unknown as [[np.Array, np.Array], [np.Array, np.Array]];
    sum.dispose();
    const gradients = pullBack(graph, layout, traced, { logits: byLogits, deltas: byDeltas });
    traced.dispose();
    return { parts, logits, gradients };
  };
}

/**
 * Adam on a detector: forward, loss, backward and update compiled into one program.
 *
 * @param taken - steps already taken, by which the moments' bias is corrected
 *
 * @see Kingma, Ba: Adam: A Method for Stochastic Optimization, 2014, https://arxiv.org/abs/1412.6980
 */
export function detectorStepper(graph: Graph, layout: Layout, classes: number, objective: Objective, start: Moments, taken: number): DetectorStepper {
  const loss = lossAndGradient(graph, layout, classes, objective);
  const update = jit((parameters: np.Array[], means: np.Array[], squares: np.Array[], rate: np.Array, patches: np.Array, labels: np.Array, targets: np.Array, positives: np.Array) => {
    const { parts, logits, gradients } = loss(parameters.map((block) => block.ref), patches, labels, targets, positives);
    const nextMeans = means.map((mean, b) => mean.mul(beta1).add(gradients[b]!.ref.mul(1 - beta1)));
    const nextSquares = squares.map((square, b) => square.mul(beta2).add(np.square(gradients[b]!).mul(1 - beta2)));
    const next = parameters.map((block, b) => block.sub(nextMeans[b]!.ref.div(np.sqrt(nextSquares[b]!.ref).add(epsilon)).mul(rate.ref)));
    rate.dispose();
    return [parts, logits, next, nextMeans, nextSquares] as [np.Array, np.Array, np.Array[], np.Array[], np.Array[]];
  });
  const blocksOf = (flat: Float32Array): np.Array[] => layout.blocks.map(({ start, size }) => np.array(flat.slice(start, start + size)));
  let state = { parameters: blocksOf(start.parameters), mean: blocksOf(start.mean), square: blocksOf(start.square) }, steps = taken;
  const flat = async (blocks: readonly np.Array[]): Promise<Float32Array> => {
    const whole = new Float32Array(layout.size);
    for (const [b, block] of blocks.entries()) whole.set(await block.ref.data() as Float32Array, layout.blocks[b]!.start);
    return whole;
  };
  return {
    async step({ size, patches, patchShape, labels, targets, positives }, learningRate) {
      steps++;
      const rate = (learningRate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps), anchors = labels.length / size;
      const [parts, logits, parameters, mean, square] = update(
        state.parameters, state.mean, state.square, np.array(Float32Array.of(rate)), np.array(patches, { shape: [...patchShape] }),
        np.array(labels, { shape: [size, anchors], dtype: np.int32 }), np.array(targets, { shape: [size, anchors, 4] }), np.array(Float32Array.of(positives)),
      );
      state = { parameters, mean, square };
      // Reading runs the step. Left unread, steps pile up unexecuted and each costs more than the last.
      const [classPart, boxPart] = await parts.data() as Float32Array;
      return { classLoss: classPart!, boxLoss: boxPart!, logits };
    },
    async read() {
      return { parameters: await flat(state.parameters), mean: await flat(state.mean), square: await flat(state.square) };
    },
    dispose() {
      // A step that failed has consumed its arrays already.
      for (const array of [...state.parameters, ...state.mean, ...state.square]) if (array.refCount > 0) array.dispose();
      update.dispose();
    },
  };
}
