import { FocalError } from "../errors.ts";
import { graphOf } from "./graph.ts";
import { layoutOf, weighted } from "./parameters.ts";
import type { DetectorModel } from "./trainingOptions.ts";

/** One tensor of a detector. */
export interface NamedParameter {
  /** The node's `weights`, then what it is: `.weight`, `.bias`, `.scale` or `.shift`. */
  readonly name: string;
  /** Weights of a convolution: [outputs, inputs, rows, columns], as ONNX and PyTorch have them. All others: [channels]. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * A detector's tensors by name, in the order of its graph: what other formats are written from.
 *
 * `graphOf(model.spec)` says how they are connected. Its input "picture" is [batch, channels, height, width], every byte b as
 * (b − mean) / (deviation + 1), by mean and standard deviation of all bytes of its picture.
 *
 * @throws FocalError `model` for parameters that do not fit the spec
 */
export function namedParameters({ spec, parameters }: DetectorModel): NamedParameter[] {
  const graph = graphOf(spec), layout = layoutOf(graph);
  if (parameters.length !== layout.size) throw new FocalError("model", `the model's spec has ${layout.size} parameters, got ${parameters.length}`);
  const take = (name: string, length: number): Float32Array => {
    const { start } = layout.parameters.find((parameter) => parameter.name === name)!;
    return parameters.slice(start, start + length);
  };
  return weighted(graph).flatMap((node): NamedParameter[] => {
    if (node.op === "groupNorm") return ["scale", "shift"].map((part) => ({ name: `${node.weights}.${part}`, shape: [node.channels], values: take(`${node.weights}.${part}`, node.channels) }));
    const { weights, inputs, outputs, size } = node, cells = size * size, rows = take(`${weights}.weight`, cells * inputs * outputs);
    const values = new Float32Array(rows.length);
    for (let cell = 0; cell < cells; cell++) {
      for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) values[(o * inputs + i) * cells + cell] = rows[(cell * inputs + i) * outputs + o]!;
    }
    return [
      { name: `${weights}.weight`, shape: [outputs, inputs, size, size], values },
      ...(node.bias ? [{ name: `${weights}.bias`, shape: [outputs], values: take(`${weights}.bias`, outputs) }] : []),
    ];
  });
}
