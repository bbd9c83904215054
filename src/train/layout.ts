import { sigmoidPriorBias, softmaxPriorBias } from "../balance.ts";
import type { Layer, Model } from "./model.ts";
import { stream } from "../random.ts";
import { classCounts } from "./table.ts";
import type { PartedTable, Table } from "./table.ts";

/** Where each layer's weights and bias lie in one flat vector of parameters. */
export interface Layout {
  readonly head: Model["head"];
  readonly features: number;
  readonly classes: number;
  readonly layers: readonly {
    readonly inputs: number;
    readonly outputs: number;
    /** Rows of the weight matrix: the inputs, and rows of zeros that only fill it up. */
    readonly rows: number;
    readonly weight: number;
    readonly bias: number;
  }[];
  readonly size: number;
}

/**
 * Two classes: one logit under a sigmoid. More: one per class under a softmax.
 *
 * @param multiple - features are filled up with columns of zeros to a multiple of it. Their weights start at 0 and stay
 *   there, since their gradient is 0
 */
export function layoutOf({ features, classes }: Pick<Table, "features" | "classes">, hidden: readonly number[], multiple = 1): Layout {
  const widths = [features, ...hidden, classes === 2 ? 1 : classes];
  let size = 0;
  const layers = widths.slice(1).map((outputs, l) => {
    const inputs = widths[l]!, rows = l === 0 ? Math.ceil(inputs / multiple) * multiple : inputs;
    const weight = size, bias = size + rows * outputs;
    size = bias + outputs;
    return { inputs, outputs, rows, weight, bias };
  });
  return { head: classes === 2 ? "sigmoid" : "softmax", features, classes, layers, size };
}

/**
 * First weights: He's uniform draw, ±√(6/inputs), and an output bias that answers the class frequencies.
 *
 * They depend on the seed, the widths and the class counts alone, so every loss starts from the same model.
 */
export function firstParameters(layout: Layout, train: Table | PartedTable, seed: number): Float32Array {
  const random = stream(seed, "weights");
  const parameters = new Float32Array(layout.size);
  for (const { inputs, outputs, weight } of layout.layers) {
    const bound = Math.sqrt(6 / inputs);
    for (let i = weight; i < weight + inputs * outputs; i++) parameters[i] = bound * (2 * random() - 1);
  }
  parameters.set(priorBias(layout, train), layout.layers.at(-1)!.bias);
  return parameters;
}

export function priorBias({ head }: Layout, train: Table | PartedTable): number[] {
  const counts = classCounts(train);
  return head === "sigmoid" ? [sigmoidPriorBias(counts[1]! / train.rows)] : softmaxPriorBias(counts);
}

/** The flat vector cut into layers, copied. */
export function modelOf({ head, features, classes, layers }: Layout, parameters: ArrayLike<number>): Model {
  const flat = Float32Array.from(parameters);
  return {
    head, features, classes,
    layers: layers.map(({ inputs, outputs, weight, bias }): Layer => ({
      weight: flat.slice(weight, weight + inputs * outputs), bias: flat.slice(bias, bias + outputs), inputs, outputs,
    })),
  };
}
