import { expectSpec, stagesOf } from "./spec.ts";
import type { DetectorSpec } from "./spec.ts";

/** A convolution with zeros around the picture, so that only its stride makes it smaller. */
export interface ConvolutionNode {
  readonly op: "convolution";
  readonly name: string;
  readonly input: string;
  /** Whose weights these are: levels share their subnets'. */
  readonly weights: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: 1 | 3;
  readonly stride: 1 | 2;
  /** A normalised convolution has none. */
  readonly bias: boolean;
}

/** GroupNorm in 8 groups of channels, ε = 1e-5, with a scale and a shift per channel; then ReLU. */
export interface NormNode {
  readonly op: "groupNorm";
  readonly name: string;
  readonly input: string;
  readonly weights: string;
  readonly channels: number;
}

/** The sum of a map and of one half its size, every cell of which is doubled in both directions. */
export interface AddNode {
  readonly op: "addUpsampled";
  readonly name: string;
  readonly input: string;
  readonly coarser: string;
}

/** One operation of a detector's network. */
export type Node = ConvolutionNode | NormNode | AddNode;

/** A detector's network: nodes in the order in which they can be computed. The picture is the value named "picture". */
export interface Graph {
  readonly nodes: readonly Node[];
  /** Values with the answers, finest level first: channels are anchor sizes × classes, and anchor sizes × 4. */
  readonly classes: readonly string[];
  readonly boxes: readonly string[];
}

/** RetinaNet's parts in a row: backbone, feature pyramid, class and box subnet over every level. */
export function graphOf(spec: DetectorSpec): Graph {
  expectSpec(spec);
  const nodes: Node[] = [];
  const chain: Chain = (input, name, weights, shape) => {
    nodes.push({ op: "convolution", name, input, weights, bias: false, ...shape });
    nodes.push({ op: "groupNorm", name: `${name}.norm`, input: name, weights: `${weights}.norm`, channels: shape.outputs });
    return `${name}.norm`;
  };
  const maps = pyramid(spec, nodes, backbone(spec, chain));
  return { nodes, ...subnets(spec, nodes, chain, maps) };
}

interface Shape {
  readonly inputs: number;
  readonly outputs: number;
  readonly size: 1 | 3;
  readonly stride: 1 | 2;
}

type Chain = (input: string, name: string, weights: string, shape: Shape) => string;

interface Map {
  readonly value: string;
  readonly channels: number;
}

/** Stages of 3×3 convolutions, normalised; what each stage ends with. */
function backbone(spec: DetectorSpec, chain: Chain): Map[] {
  let value = "picture", channels: number = spec.channels;
  return stagesOf(spec).map((stage, s) => {
    stage.forEach((outputs, i) => {
      const name = `backbone.${s}.${i}`;
      value = chain(value, name, name, { inputs: channels, outputs, size: 3, stride: i === 0 ? 2 : 1 });
      channels = outputs;
    });
    return { value, channels };
  });
}

/** What coarse maps know reaches the finer ones: 1×1 laterals, summed from the top down. */
function pyramid({ levels, widths }: DetectorSpec, nodes: Node[], stages: readonly Map[]): Map[] {
  const ends = levels.map(({ stride }) => stages[Math.log2(stride) - 1]!);
  if (levels.length === 1) return ends;
  const maps: Map[] = [];
  for (let l = levels.length - 1; l >= 0; l--) {
    const name = `pyramid.${l}`, { value, channels } = ends[l]!;
    nodes.push({ op: "convolution", name, input: value, weights: name, inputs: channels, outputs: widths.pyramid, size: 1, stride: 1, bias: true });
    const coarser = maps[0]?.value;
    if (coarser) nodes.push({ op: "addUpsampled", name: `${name}.sum`, input: name, coarser });
    maps.unshift({ value: coarser ? `${name}.sum` : name, channels: widths.pyramid });
  }
  return maps;
}

/** What is asked of every cell of every level, by the same weights. */
function subnets({ classes, levels, widths }: DetectorSpec, nodes: Node[], chain: Chain, maps: readonly Map[]): Pick<Graph, "classes" | "boxes"> {
  const run = (part: string, map: Map, level: number, outputs: readonly number[]): Map => outputs.reduce<Map>(({ value, channels }, width, i) => ({
    value: chain(value, `${part}.${i}@${level}`, `${part}.${i}`, { inputs: channels, outputs: width, size: 3, stride: 1 }), channels: width,
  }), map);
  const answer = (part: string, map: Map, level: number, perAnchor: number): string => {
    const { value, channels } = run(part, map, level, widths.subnet), name = `${part}@${level}`;
    nodes.push({ op: "convolution", name, input: value, weights: part, inputs: channels, outputs: levels[level]!.sizes.length * perAnchor, size: 3, stride: 1, bias: true });
    return name;
  };
  const heads = maps.map((map, level) => run("head", map, level, widths.head));
  return { classes: heads.map((map, level) => answer("classes", map, level, classes.length)), boxes: heads.map((map, level) => answer("boxes", map, level, 4)) };
}
