import { inProcess } from "../harness.ts";
import type { Peer } from "../harness.ts";
import { alpha } from "../problems.ts";
import { versionOf } from "./version.ts";

type Library = typeof import("@jax-js/jax");
type Array = ReturnType<Library["numpy"]["array"]>;
type ValueAndGrad = (jax: Library, gamma: number) => (x: Array, t: Array) => [Array, Array];

/** Consumes q, as all of jax-js consumes its arguments. */
const power = ({ numpy: np }: Library, q: Array, gamma: number): Array => (gamma === 2 ? q.ref.mul(q) : np.power(q, gamma));

/** The usual composite; the gradient is jax-js's own. */
const composite: ValueAndGrad = (jax, gamma) => {
  const { nn, numpy: np } = jax;
  const focal = (x: Array, t: Array): Array => {
    const p = nn.sigmoid(x.ref), ce = nn.softplus(x.ref).sub(x.mul(t.ref));
    const q = p.ref.add(t.ref).sub(p.mul(t.ref).mul(2));
    return np.sum(t.mul(2 * alpha - 1).add(1 - alpha).mul(power(jax, q, gamma)).mul(ce));
  };
  return jax.valueAndGrad(focal) as never;
};

/** The closed form of value and gradient. */
const closedForm: ValueAndGrad = (jax, gamma) => (x, t) => {
  const { nn, numpy: np } = jax;
  const sign = t.ref.mul(-2).add(1), u = x.mul(sign.ref), q = nn.sigmoid(u.ref);
  const ce = np.maximum(u.ref, 0).add(np.log(np.exp(np.negative(np.abs(u))).add(1)));
  const factor = t.mul(2 * alpha - 1).add(1 - alpha).mul(power(jax, q.ref, gamma));
  const slope = np.subtract(1, q.ref).mul(ce.ref).mul(gamma).add(q);
  return [np.sum(factor.ref.mul(ce)), sign.mul(factor).mul(slope)];
};

const jaxPeer = (what: string, both: ValueAndGrad): Peer => ({
  title: `jax-js, ${what}`,
  async prepare({ head, logits, targets, gamma }) {
    if (head === "softmax") throw new Error("written for the sigmoid head only");
    const jax = await import("@jax-js/jax");
    if (!(await jax.init("wasm")).includes("wasm")) throw new Error("it has no wasm device here");
    jax.defaultDevice("wasm");
    const run = jax.jit(both(jax, gamma) as never) as unknown as ReturnType<ValueAndGrad>;
    const x = jax.numpy.array(logits), t = jax.numpy.array(targets);
    let last: Array | undefined;
    const call = (): number => {
      const [value, grad] = run(x.ref, t.ref);
      last?.dispose();
      last = grad;
      return value.item() as number;
    };
    const close = (): void => [x, t, last].forEach((array) => array?.dispose());
    return inProcess(`jax-js ${versionOf("@jax-js/jax")} WASM jit, ${what}`, call, () => (call(), last!.ref.dataSync() as Float32Array), close);
  },
});

export const jaxPeers: readonly Peer[] = [jaxPeer("composite", composite), jaxPeer("closed form", closedForm)];
