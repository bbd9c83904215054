import { graphOf, namedParameters, type DetectorModel, type Node } from "focal-loss/detect";
import type { OnnxGraph } from "../../model/onnx/graph.ts";

type Value = string;
type Parameter = (name: string) => { readonly values: Float32Array; readonly shape: readonly number[] };

/** Groups of channels that are normalised together. */
const GROUPS = 8;

/** The network: from bytes as numbers to what it says of every anchor, N × anchors × classes and N × anchors × 4. */
export function addNetwork(graph: OnnxGraph, model: DetectorModel, picture: Value): { readonly logits: Value; readonly deltas: Value } {
  const { nodes, classes, boxes } = graphOf(model.spec), parameters = new Map(namedParameters(model).map((parameter) => [parameter.name, parameter]));
  const values = new Map<string, Value>([["picture", standardized(graph, picture)]]);
  for (const node of nodes) values.set(node.name, addNode(graph, node, (name) => parameters.get(name)!, (name) => values.get(name)!));
  const perAnchor = (names: readonly string[], numbers: number): Value => graph.concat(names.map((name) => {
    const last = graph.node("Transpose", [values.get(name)!], { perm: [0n, 2n, 3n, 1n] });
    return graph.node("Reshape", [last, graph.integers([0, -1, numbers], [3])]);
  }));
  return { logits: perAnchor(classes, model.spec.classes.length), deltas: perAnchor(boxes, 4) };
}

/** Every picture with mean 0 and deviation 1, as the network has learnt to see them. */
function standardized(graph: OnnxGraph, picture: Value): Value {
  const mean = (of: Value): Value => graph.node("ReduceMean", [of], { axes: [1n, 2n, 3n], keepdims: 1n });
  const centred = graph.node("Sub", [picture, mean(picture)]), deviation = graph.node("Sqrt", [mean(graph.node("Mul", [centred, centred]))]);
  return graph.node("Div", [centred, graph.node("Add", [deviation, graph.floats([1], [])])]);
}

function addNode(graph: OnnxGraph, node: Node, parameter: Parameter, get: (name: string) => Value): Value {
  if (node.op === "addUpsampled") {
    const doubled = graph.node("Resize", [get(node.coarser), "", graph.floats([1, 1, 2, 2], [4])]);
    return graph.node("Add", [get(node.input), doubled]);
  }
  if (node.op === "groupNorm") {
    const { channels, weights } = node, input = get(node.input);
    // A group of channels is one channel of a long row to InstanceNormalization, whose ε is 1e-5 too.
    const grouped = graph.node("Reshape", [input, graph.integers([0, GROUPS, -1], [3])]);
    const normal = graph.node("InstanceNormalization", [grouped, graph.floats(new Float32Array(GROUPS).fill(1), [GROUPS]), graph.floats(new Float32Array(GROUPS), [GROUPS])]);
    const back = graph.node("Reshape", [normal, graph.node("Shape", [input])]);
    const row = (name: string): Value => graph.floats(parameter(`${weights}.${name}`).values, [1, channels, 1, 1]);
    return graph.node("Relu", [graph.node("Add", [graph.node("Mul", [back, row("scale")]), row("shift")])]);
  }
  const { size, outputs, stride, weights, bias } = node, side = BigInt(size), edge = BigInt((size - 1) / 2);
  const { values, shape } = parameter(`${weights}.weight`), kernel = graph.floats(values, shape);
  return graph.node("Conv", [get(node.input), kernel, ...(bias ? [graph.floats(parameter(`${weights}.bias`).values, [outputs])] : [])], {
    kernel_shape: [side, side], strides: [BigInt(stride), BigInt(stride)], pads: [edge, edge, edge, edge],
  });
}
