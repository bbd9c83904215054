import type { numpy as np } from "@jax-js/jax";
import { stream } from "../random.ts";
import type { RandomNumbers } from "../random.ts";
import type { ConvolutionNode, Graph, NormNode } from "./graph.ts";

/** Rows of weights are filled up with zeros to a multiple of it: matrices are multiplied four numbers at a time. */
export const lanes = 4;

/** One tensor of parameters and where it lies in the flat vector of all of them. */
export interface Parameter {
  readonly name: string;
  readonly start: number;
  /** A convolution's weights: [9 or 1 times inputs, filled up, outputs]. All others: [channels]. */
  readonly shape: readonly number[];
}

/** Weights first, each a block of its own; then everything that is one number per channel, as one block. */
export interface Layout {
  readonly parameters: readonly Parameter[];
  readonly blocks: readonly { readonly start: number; readonly size: number }[];
  readonly size: number;
}

/** A convolution's rows: its window's cells, row by row, each with all channels. */
export const rowsOf = ({ size, inputs }: Pick<ConvolutionNode, "size" | "inputs">): number => Math.ceil((size * size * inputs) / lanes) * lanes;

/** Nodes that have parameters, each once however many levels share it. */
export function weighted({ nodes }: Graph): (ConvolutionNode | NormNode)[] {
  const byName = new Map<string, ConvolutionNode | NormNode>();
  for (const node of nodes) if (node.op !== "addUpsampled" && !byName.has(node.weights)) byName.set(node.weights, node);
  return [...byName.values()];
}

export function layoutOf(graph: Graph): Layout {
  const owners = weighted(graph), parameters: Parameter[] = [];
  let size = 0;
  const place = (name: string, shape: readonly number[]): void => {
    parameters.push({ name, start: size, shape });
    size += shape.reduce((a, b) => a * b);
  };
  for (const node of owners) if (node.op === "convolution") place(`${node.weights}.weight`, [rowsOf(node), node.outputs]);
  const blocks = parameters.map(({ start, shape }) => ({ start, size: shape[0]! * shape[1]! })), rest = size;
  for (const node of owners) {
    if (node.op === "groupNorm") {
      place(`${node.weights}.scale`, [node.channels]);
      place(`${node.weights}.shift`, [node.channels]);
    } else if (node.bias) place(`${node.weights}.bias`, [node.outputs]);
  }
  return { parameters, blocks: [...blocks, { start: rest, size: size - rest }], size };
}

/** The parameters in their shapes, by name. Consumes the blocks. */
export function shaped({ parameters, blocks }: Layout, arrays: readonly np.Array[]): Map<string, np.Array> {
  const pieces = new Map(parameters.map(({ name, start, shape }) => {
    const b = blocks.findIndex((block) => start >= block.start && start < block.start + block.size), from = start - blocks[b]!.start, block = arrays[b]!.ref;
    return [name, shape.length > 1 ? block.reshape([...shape]) : block.slice([from, from + shape[0]!])] as const;
  }));
  for (const array of arrays) array.dispose();
  return pieces;
}

/**
 * First parameters, by the seed alone: ±1/√inputs for hidden convolutions, PyTorch's default, and σ = .01 for the two outputs.
 *
 * A normalised convolution answers the same whatever the size of its weights, but Adam's steps are as long for small ones: begun
 * with He's ±√(6/inputs), training learns too slowly for its steps (AP .34 instead of .47 on digits after 1500).
 *
 * Class biases are −log((1−π)/π): at first every anchor calls itself an object with probability π. Else the sum over
 * thousands of background anchors, each half sure of being an object, is all that the first steps see.
 *
 * @param prior - π in (0, 1)
 */
export function firstParameters(graph: Graph, layout: Layout, prior: number, seed: number): Float32Array {
  const values = new Float32Array(layout.size), random = stream(seed, "weights");
  const startOf = (name: string): number => layout.parameters.find((parameter) => parameter.name === name)!.start;
  for (const node of weighted(graph)) {
    if (node.op === "groupNorm") {
      values.fill(1, startOf(`${node.weights}.scale`), startOf(`${node.weights}.scale`) + node.channels);
      continue;
    }
    const used = node.size * node.size * node.inputs, isOutput = node.bias && node.size === 3, bound = 1 / Math.sqrt(used);
    const draw = isOutput ? (): number => 0.01 * normal(random) : (): number => bound * (2 * random() - 1);
    const start = startOf(`${node.weights}.weight`);
    for (let i = 0; i < used * node.outputs; i++) values[start + i] = draw();
    if (node.weights === "classes") values.fill(-Math.log((1 - prior) / prior), startOf("classes.bias"), startOf("classes.bias") + node.outputs);
  }
  return values;
}

/** A normally distributed number (Box and Muller). */
const normal = (random: RandomNumbers): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
