import { numpy as np } from "@jax-js/jax";
import { convolve, convolveCells, cutWindows } from "./convolution.ts";
import type { FeatureMap, Windows } from "./convolution.ts";
import type { ConvolutionNode, Graph } from "./graph.ts";
import { groupNorm } from "./groupNorm.ts";
import type { Layout } from "./parameters.ts";

/** What the network says of every anchor, in the order of `anchorGrid`. */
export interface Answers {
  /** [batch, anchors, classes] */
  readonly logits: np.Array;
  /** [batch, anchors, 4] */
  readonly deltas: np.Array;
}

/**
 * Runs a detector's graph on jax-js arrays.
 *
 * @param blocks - the parameters as the layout's blocks; consumed
 * @param patches - the first convolution's windows, [height / 2, batch, width / 2, 9 · channels, filled up], see `patchesOf`; consumed
 */
export function run(graph: Graph, layout: Layout, classes: number, blocks: readonly np.Array[], patches: np.Array): Answers {
  const values = new Map<string, np.Array>([["picture", patches]]), windows = new Map<string, Windows>(), weights = cut(layout, blocks);
  const get = (name: string): FeatureMap => values.get(name)!.ref, weight = (name: string): np.Array => weights.get(name)!.ref;
  const windowsOf = ({ input, stride }: ConvolutionNode): Windows => {
    const key = `${input} by ${stride}`;
    if (!windows.has(key)) windows.set(key, cutWindows(get(input), stride));
    return windows.get(key)!;
  };
  for (const node of graph.nodes) {
    if (node.op === "groupNorm") values.set(node.name, groupNorm(get(node.input), weight(`${node.weights}.scale`), weight(`${node.weights}.shift`)));
    else if (node.op === "addUpsampled") values.set(node.name, get(node.input).add(doubled(get(node.coarser))));
    else {
      const matrix = weight(`${node.weights}.weight`), inPlace = node.size === 1 || node.input === "picture";
      const map = inPlace ? convolveCells(get(node.input), matrix) : convolve(windowsOf(node), matrix);
      values.set(node.name, node.bias ? map.add(weight(`${node.weights}.bias`)) : map);
    }
  }
  const logits = perAnchor(graph.classes.map(get), classes), deltas = perAnchor(graph.boxes.map(get), 4);
  for (const array of [...values.values(), ...weights.values(), ...[...windows.values()].flatMap(({ rows }) => rows)]) array.dispose();
  return { logits, deltas };
}

/** The parameters in their shapes, by name. */
function cut({ parameters, blocks }: Layout, arrays: readonly np.Array[]): Map<string, np.Array> {
  const pieces = new Map(parameters.map(({ name, start, shape }) => {
    const b = blocks.findIndex((block) => start >= block.start && start < block.start + block.size), from = start - blocks[b]!.start, block = arrays[b]!.ref;
    return [name, shape.length > 1 ? block.reshape([...shape]) : block.slice([from, from + shape[0]!])] as const;
  }));
  for (const array of arrays) array.dispose();
  return pieces;
}

/** Every cell four times: nearest neighbour. */
function doubled(map: FeatureMap): FeatureMap {
  const [height, batch, width, channels] = map.shape as [number, number, number, number];
  return np.broadcastTo(map.reshape([height, 1, batch, width, 1, channels]), [height, 2, batch, width, 2, channels]).reshape([2 * height, batch, 2 * width, channels]);
}

/** Levels' maps, one row per anchor, one after the other. */
function perAnchor(maps: readonly FeatureMap[], numbers: number): np.Array {
  const rows = maps.map((map) => map.transpose([1, 0, 2, 3]).reshape([map.shape[1]!, -1, numbers]));
  return rows.length === 1 ? rows[0]! : np.concatenate(rows, 1);
}
