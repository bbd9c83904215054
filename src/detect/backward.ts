import { numpy as np, vjp } from "@jax-js/jax";
import type { FeatureMap } from "./convolution.ts";
import { gradientByCells, gradientByCellWeights, gradientByMap, gradientByWeights } from "./convolutionGradient.ts";
import type { ConvolutionNode, Graph } from "./graph.ts";
import { doubled, isOfCells, perAnchor } from "./network.ts";
import type { Answers, Trace } from "./network.ts";
import { lanes } from "./parameters.ts";
import type { Layout } from "./parameters.ts";

/** Gradients by name; what several nodes contribute to is added up. */
class Gradients {
  readonly #sums = new Map<string, np.Array>();

  add(name: string, gradient: np.Array): void {
    const before = this.#sums.get(name);
    this.#sums.set(name, before ? before.add(gradient) : gradient);
  }

  take(name: string): np.Array {
    const gradient = this.#sums.get(name)!;
    this.#sums.delete(name);
    return gradient;
  }
}

/**
 * From the gradients of the answers to those of the parameters: the graph backwards, node by node.
 *
 * @param traced - of the same graph, differentiable; still to be disposed of
 * @param answers - gradients by logits and deltas; consumed
 * @returns one gradient per block of the layout
 */
export function pullBack(graph: Graph, layout: Layout, traced: Trace, answers: Answers): np.Array[] {
  const { values, pulls } = traced, byValue = new Gradients(), byWeights = new Gradients();
  for (const [names, gradient] of [[graph.classes, answers.logits], [graph.boxes, answers.deltas]] as const) {
    const [rows, pull] = vjp((...maps: FeatureMap[]) => perAnchor(maps, gradient.shape[2]!), names.map((name) => values.get(name)!.ref));
    rows.dispose();
    (pull(gradient) as np.Array[]).forEach((map, level) => byValue.add(names[level]!, map));
    pull.dispose();
  }
  for (const node of [...graph.nodes].reverse()) {
    const gradient = byValue.take(node.name);
    if (node.op === "addUpsampled") {
      const [sum, pull] = vjp(doubled, [values.get(node.coarser)!.ref]);
      sum.dispose();
      byValue.add(node.coarser, (pull(gradient.ref) as [np.Array])[0]);
      pull.dispose();
      byValue.add(node.input, gradient);
    } else if (node.op === "groupNorm") {
      const [map, scale, shift] = pulls.get(node.name)!(gradient);
      byValue.add(node.input, map);
      byWeights.add(`${node.weights}.scale`, scale);
      byWeights.add(`${node.weights}.shift`, shift);
    } else pullConvolution(node, gradient, traced, byValue, byWeights);
  }
  const [blocks, vectors] = [layout.parameters.filter(({ shape }) => shape.length > 1), layout.parameters.filter(({ shape }) => shape.length === 1)];
  return [...blocks.map(({ name }) => byWeights.take(name).reshape([-1])), np.concatenate(vectors.map(({ name }) => byWeights.take(name)), 0)];
}

function pullConvolution(node: ConvolutionNode, gradient: FeatureMap, { values, weights, windowsOf }: Trace, byValue: Gradients, byWeights: Gradients): void {
  const { input, outputs, stride, bias } = node, name = `${node.weights}.weight`, missing = -outputs & (lanes - 1);
  if (bias) byWeights.add(`${node.weights}.bias`, np.sum(np.sum(gradient.ref.reshape([gradient.shape[0]!, -1, outputs]), 0), 0));
  // Filled up with channels of zeros to a multiple of four, whose gradient by the weights is taken off again.
  const filled = missing === 0 ? gradient : np.pad(gradient, [[0, 0], [0, 0], [0, 0], [0, missing]]);
  const matrix = missing === 0 ? weights.get(name)!.ref : np.pad(weights.get(name)!.ref, [[0, 0], [0, missing]]);
  const map = values.get(input)!, byMatrix = isOfCells(node) ? gradientByCellWeights(map.ref, filled.ref) : gradientByWeights(windowsOf(node), filled.ref);
  byWeights.add(name, missing === 0 ? byMatrix : byMatrix.slice([], [0, outputs]));
  if (input === "picture") for (const unused of [filled, matrix]) unused.dispose();
  else byValue.add(input, node.size === 1 ? gradientByCells(filled, matrix) : gradientByMap(filled, matrix, stride));
}
