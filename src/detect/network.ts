import { numpy as np, vjp } from "@jax-js/jax";
import { convolve, convolveCells, cutWindows } from "./convolution.ts";
import type { FeatureMap, Windows } from "./convolution.ts";
import type { ConvolutionNode, Graph } from "./graph.ts";
import { groupNorm } from "./groupNorm.ts";
import { shaped } from "./parameters.ts";
import type { Layout } from "./parameters.ts";

/** What the network says of every anchor, in the order of `anchorGrid`. */
export interface Answers {
  /** [batch, anchors, classes] */
  readonly logits: np.Array;
  /** [batch, anchors, 4] */
  readonly deltas: np.Array;
}

type Pull = ((gradient: FeatureMap) => [np.Array, np.Array, np.Array]) & { dispose(): void };

/** Everything that was computed on the way to the answers. */
export interface Trace {
  readonly values: ReadonlyMap<string, FeatureMap>;
  readonly weights: ReadonlyMap<string, np.Array>;
  readonly windowsOf: (node: ConvolutionNode) => Windows;
  /** From a normalised map's gradient to those of the map, scale and shift. */
  readonly pulls: ReadonlyMap<string, Pull>;
  dispose(): void;
}

/** Whether a convolution multiplies cells as they are: its windows were cut before, or are single cells. */
export const isOfCells = ({ size, input }: ConvolutionNode): boolean => size === 1 || input === "picture";

/**
 * Runs a detector's graph on jax-js arrays, and remembers.
 *
 * @param blocks - the parameters as the layout's blocks; consumed
 * @param patches - the first convolution's windows, [height / 2, batch, width / 2, 9 · channels, filled up], see `patchesOf`; consumed
 * @param differentiable - whether normalisations will be pulled back
 */
export function trace(graph: Graph, layout: Layout, blocks: readonly np.Array[], patches: np.Array, differentiable: boolean): Trace {
  const values = new Map<string, FeatureMap>([["picture", patches]]), cut = new Map<string, Windows>(), pulls = new Map<string, Pull>(), weights = shaped(layout, blocks);
  const get = (name: string): FeatureMap => values.get(name)!.ref, weight = (name: string): np.Array => weights.get(name)!.ref;
  const windowsOf = ({ input, stride }: ConvolutionNode): Windows => {
    const key = `${input} by ${stride}`;
    if (!cut.has(key)) cut.set(key, cutWindows(get(input), stride));
    return cut.get(key)!;
  };
  for (const node of graph.nodes) {
    if (node.op === "addUpsampled") values.set(node.name, get(node.input).add(doubled(get(node.coarser))));
    else if (node.op === "groupNorm") {
      const inputs = [get(node.input), weight(`${node.weights}.scale`), weight(`${node.weights}.shift`)] as const;
      if (!differentiable) values.set(node.name, groupNorm(...inputs));
      else {
        const [value, pull] = vjp(groupNorm, [...inputs]);
        values.set(node.name, value);
        pulls.set(node.name, pull as unknown as Pull);
      }
    } else {
      const matrix = weight(`${node.weights}.weight`), map = isOfCells(node) ? convolveCells(get(node.input), matrix) : convolve(windowsOf(node), matrix);
      values.set(node.name, node.bias ? map.add(weight(`${node.weights}.bias`)) : map);
    }
  }
  return {
    values, weights, windowsOf, pulls,
    dispose() {
      for (const array of [...values.values(), ...weights.values(), ...[...cut.values()].flatMap(({ rows }) => rows), ...pulls.values()]) array.dispose();
    },
  };
}

/** A detector's answers. Consumes blocks and patches. */
export function run(graph: Graph, layout: Layout, classes: number, blocks: readonly np.Array[], patches: np.Array): Answers {
  const traced = trace(graph, layout, blocks, patches, false), get = (name: string): FeatureMap => traced.values.get(name)!.ref;
  const answers = { logits: perAnchor(graph.classes.map(get), classes), deltas: perAnchor(graph.boxes.map(get), 4) };
  traced.dispose();
  return answers;
}

/** Every cell four times: nearest neighbour. Consumes the map. */
export function doubled(map: FeatureMap): FeatureMap {
  const [height, batch, width, channels] = map.shape as [number, number, number, number];
  return np.broadcastTo(map.reshape([height, 1, batch, width, 1, channels]), [height, 2, batch, width, 2, channels]).reshape([2 * height, batch, 2 * width, channels]);
}

/** Levels' maps, one row of numbers per anchor, one after the other. Consumes the maps. */
export function perAnchor(maps: readonly FeatureMap[], numbers: number): np.Array {
  const rows = maps.map((map) => map.transpose([1, 0, 2, 3]).reshape([map.shape[1]!, -1, numbers]));
  return rows.length === 1 ? rows[0]! : np.concatenate(rows, 1);
}
