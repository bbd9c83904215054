import { sigmoidFocalLoss } from "focal-loss/tfjs";
import { inProcess } from "../harness.ts";
import type { Peer } from "../harness.ts";
import { alpha } from "../problems.ts";
import { quick } from "../report.ts";
import { versionOf } from "./version.ts";

type Core = typeof import("@tensorflow/tfjs");
type Vector = import("@tensorflow/tfjs").Tensor;
type Scalar = import("@tensorflow/tfjs").Scalar;
type Loss = (tf: Core, x: Vector, t: Vector, gamma: number) => Vector;

/** The usual composite; the gradient is tfjs's own. */
const composite: Loss = (tf, x, t, gamma) => {
  const p = tf.sigmoid(x);
  const ce = tf.add(tf.sub(tf.relu(x), tf.mul(x, t)), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
  const pt = tf.add(tf.mul(p, t), tf.mul(tf.sub(1, p), tf.sub(1, t)));
  const weight = tf.add(tf.mul(alpha, t), tf.mul(1 - alpha, tf.sub(1, t)));
  return tf.sum(tf.mul(weight, tf.mul(tf.pow(tf.sub(1, pt), gamma), ce)));
};

/** The closed form of value and gradient, made of tfjs's operations. */
const closedForm: Loss = (tf, x, t, gamma) => tf.sum(tf.customGrad((...inputs) => {
  const [logits, save] = inputs as unknown as [Vector, (kept: Vector[]) => void];
  const sign = tf.sub(1, tf.mul(2, t)), u = tf.mul(logits, sign), q = tf.sigmoid(u);
  const ce = tf.add(tf.relu(u), tf.log1p(tf.exp(tf.neg(tf.abs(u)))));
  const factor = tf.mul(tf.add(1 - alpha, tf.mul(2 * alpha - 1, t)), gamma === 2 ? tf.square(q) : tf.pow(q, gamma));
  const slope = tf.mul(tf.mul(sign, factor), tf.add(tf.mul(gamma, tf.mul(tf.sigmoid(tf.neg(u)), ce)), q));
  save([slope]);
  return { value: tf.mul(factor, ce), gradFunc: (dy: Vector, kept: Vector[]) => tf.mul(dy, kept[0]!) };
})(x));

/** This library's, in its place. */
const own: Loss = (tf, x, t, gamma) => sigmoidFocalLoss(t, x, { gamma, alpha, reduction: tf.Reduction.SUM });

/** What tfjs itself has, for scale. */
const crossEntropy: Loss = (tf, x, t) => tf.losses.sigmoidCrossEntropy(t, x, undefined, 0, tf.Reduction.SUM);

let loaded: Promise<Core> | undefined;
const core = (): Promise<Core> => (loaded ??= load());

async function load(): Promise<Core> {
  const tf = await import("@tensorflow/tfjs");
  tf.enableProdMode();
  await import("@tensorflow/tfjs-backend-wasm");
  for (const backend of ["cpu", "wasm"]) if (!(await tf.setBackend(backend))) throw new Error(`its ${backend} backend does not start here`);
  return tf;
}

const tfjs = (backend: "cpu" | "wasm", what: string, loss: Loss, differs?: string): Peer => ({
  title: `tfjs ${backend}, ${what}`,
  async prepare({ head, logits, targets, gamma }) {
    if (head === "softmax") throw new Error("written for the sigmoid head only");
    const most = quick ? 1e5 : 1e6;
    if (backend === "cpu" && logits.length > most) throw new Error(`it takes a microsecond a logit, so it is measured up to ${most} of them`);
    const tf = await core();
    // Both backends have started, so this takes effect at once; a tensor belongs to the one it was made on.
    void tf.setBackend(backend);
    const x = tf.tensor1d(logits), t = tf.tensor1d(targets);
    const run = tf.valueAndGrad((given: Vector) => loss(tf, given, t, gamma) as Scalar);
    let last: Vector | undefined;
    const call = (): number => {
      void tf.setBackend(backend);
      const { value, grad } = tf.tidy(() => run(x));
      last?.dispose();
      last = grad;
      const [sum] = value.dataSync();
      value.dispose();
      return sum!;
    };
    const close = (): void => [x, t, last].forEach((tensor) => tensor?.dispose());
    const candidate = inProcess(`tfjs ${versionOf("@tensorflow/tfjs-core")} ${backend}, ${what}`, call, () => (call(), last!.dataSync()), close);
    return { ...candidate, ...(differs !== undefined && { differs }) };
  },
});

const wasmComposite = tfjs("wasm", "composite", composite), wasmClosedForm = tfjs("wasm", "closed form as customGrad", closedForm), cpuComposite = tfjs("cpu", "composite", composite);
export const tfjsPeers: readonly Peer[] = [wasmComposite, wasmClosedForm, cpuComposite];
/** Beside this library's losses in TensorFlow.js. */
export const tfjsWithOurs: readonly Peer[] = [
  tfjs("wasm", "focal-loss/tfjs", own), wasmComposite, wasmClosedForm, tfjs("wasm", "its cross-entropy", crossEntropy, "another loss"),
  tfjs("cpu", "focal-loss/tfjs", own), cpuComposite,
];
