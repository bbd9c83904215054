/** Hidden units of each of the two layers. */
const UNITS = 16;

/**
 * A small network of two inputs, two hidden layers and one logit, written out: forwards, and backwards by the chain rule.
 *
 * Its activation a/√(1 + a²) is as smooth as a hyperbolic tangent but made of operations whose every digit is prescribed,
 * so a seed leads to the same bits in every browser.
 */
export interface Network {
  /** All weights and biases in one array. */
  readonly parameters: Float64Array;
  /** The logits of points, two coordinates each. */
  logits(at: Float32Array): Float32Array;
  /** The logits of chosen points, keeping what `backward` needs. */
  forward(at: Float32Array, chosen: Uint32Array): Float32Array;
  /** From the gradient by the logits of the last `forward` to the gradient by the parameters, written into `into`. */
  backward(byLogit: Float32Array, into: Float64Array): void;
}

const W1 = 0, B1 = W1 + 2 * UNITS, W2 = B1 + UNITS, B2 = W2 + UNITS * UNITS, W3 = B2 + UNITS, B3 = W3 + UNITS;
export const PARAMETERS = B3 + 1;

/**
 * @param random - the first weights; biases start at 0, the last one at `bias`
 * @param batch - how many points `forward` takes at a time, at most
 */
export function makeNetwork(random: () => number, bias: number, batch: number): Network {
  const parameters = firstWeights(random, bias), own = parameters;
  const inputs = new Float64Array(2 * batch), first = new Float64Array(UNITS * batch), second = new Float64Array(UNITS * batch), out = new Float32Array(batch);
  const slope1 = new Float64Array(UNITS), slope2 = new Float64Array(UNITS);
  let size = 0;

  /** One point; its activations are left at row `row` of `first` and `second`. */
  function run(x: number, y: number, row: number): number {
    const at = row * UNITS;
    for (let j = 0; j < UNITS; j++) first[at + j] = activation(own[B1 + j]! + x * own[W1 + j]! + y * own[W1 + UNITS + j]!);
    let logit = own[B3]!;
    for (let k = 0; k < UNITS; k++) {
      let sum = own[B2 + k]!;
      const weights = W2 + k * UNITS;
      for (let j = 0; j < UNITS; j++) sum += first[at + j]! * own[weights + j]!;
      logit += (second[at + k] = activation(sum)) * own[W3 + k]!;
    }
    return logit;
  }

  return {
    parameters,
    logits: (at) => {
      const logits = new Float32Array(at.length >> 1);
      for (let i = 0; i < logits.length; i++) logits[i] = run(at[2 * i]!, at[2 * i + 1]!, 0);
      return logits;
    },
    forward(at, chosen) {
      size = chosen.length;
      for (let row = 0; row < size; row++) {
        const x = (inputs[2 * row] = at[2 * chosen[row]!]!), y = (inputs[2 * row + 1] = at[2 * chosen[row]! + 1]!);
        out[row] = run(x, y, row);
      }
      return out.subarray(0, size);
    },
    backward(byLogit, into) {
      into.fill(0);
      for (let row = 0; row < size; row++) {
        const g = byLogit[row]!, at = row * UNITS, x = inputs[2 * row]!, y = inputs[2 * row + 1]!;
        into[B3]! += g;
        slope1.fill(0);
        for (let k = 0; k < UNITS; k++) {
          const a = second[at + k]!;
          into[W3 + k]! += g * a;
          slope2[k] = g * own[W3 + k]! * slopeAt(a);
        }
        for (let k = 0; k < UNITS; k++) {
          const s = slope2[k]!, weights = W2 + k * UNITS;
          into[B2 + k]! += s;
          for (let j = 0; j < UNITS; j++) {
            into[weights + j]! += s * first[at + j]!;
            slope1[j]! += s * own[weights + j]!;
          }
        }
        for (let j = 0; j < UNITS; j++) {
          const s = slope1[j]! * slopeAt(first[at + j]!);
          into[B1 + j]! += s;
          into[W1 + j]! += s * x;
          into[W1 + UNITS + j]! += s * y;
        }
      }
    },
  };
}

const activation = (a: number): number => a / Math.sqrt(1 + a * a);
/** The activation's derivative, by the activation v itself: (1 − v²)^{3/2}. */
const slopeAt = (v: number): number => { const rest = 1 - v * v; return rest * Math.sqrt(rest); };

/** Glorot and Bengio's: uniform, as wide as keeps the size of what goes through. */
function firstWeights(random: () => number, bias: number): Float64Array {
  const parameters = new Float64Array(PARAMETERS);
  const fill = (from: number, inputs: number, outputs: number): void => {
    const widest = Math.sqrt(6 / (inputs + outputs));
    for (let i = from; i < from + inputs * outputs; i++) parameters[i] = widest * (2 * random() - 1);
  };
  fill(W1, 2, UNITS);
  fill(W2, UNITS, UNITS);
  fill(W3, UNITS, 1);
  parameters[B3] = bias;
  return parameters;
}
