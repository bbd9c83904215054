import type { Layer } from "focal-loss/train";
import type { OnnxGraph } from "./graph.ts";

/** Fully connected layers with ReLU between them. Yields one logit per class; a single output becomes the pair 0, x. */
export function addNetwork(graph: OnnxGraph, features: string, layers: readonly Layer[]): string {
  const last = layers.length - 1;
  const outputs = layers.reduce((value, { weight, bias, inputs, outputs: width }, i) => {
    const sum = graph.node("Gemm", [value, graph.floats(weight, [inputs, width]), graph.floats(bias, [width])]);
    return i < last ? graph.node("Relu", [sum]) : sum;
  }, features);
  return layers[last]!.outputs === 1 ? graph.node("Mul", [outputs, graph.floats([0, 1], [1, 2])]) : outputs;
}
