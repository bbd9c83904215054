import { FARTHEST, width, type CategoricalEncoding, type Encoding, type Tail } from "../../data/encoding.ts";
import { MISSING } from "../../data/missing.ts";
import type { OnnxGraph } from "./graph.ts";

/** Names that the graph itself uses, so a column of that name gets a prefix. */
export const OUTPUTS = { probabilities: "probabilities", raw: "raw" } as const;

/** The graph input that takes a column: its own name unless the graph uses that itself. */
export function inputName(column: string): string {
  return column.startsWith("/") || column.startsWith("column:") || Object.hasOwn(OUTPUTS, column) ? `column:${column}` : column;
}

/** Adds one input per column and everything `encode` does to them; yields the features, N × features. */
export function addEncoding(graph: OnnxGraph, encoding: Encoding): string {
  const parts = encoding.numeric.length > 0 ? addNumeric(graph, encoding) : [];
  return graph.concat([...parts, ...encoding.categorical.map((column) => addCategorical(graph, column))]);
}

/** (x − mean) / sd, and 0 with an indicator where missing. */
function addNumeric(graph: OnnxGraph, { numeric }: Encoding): string[] {
  const row = (values: number[]) => graph.floats(values, [1, values.length]);
  const x = graph.concat(numeric.map(({ name, tail }) => addTail(graph, graph.input(inputName(name), "float"), tail)));
  const missing = graph.node("Or", [graph.node("IsNaN", [x]), graph.node("IsInf", [x])]);
  const centred = subtract(graph, x, row(numeric.map(({ mean }) => Math.fround(mean))), row(numeric.map(({ mean }) => mean - Math.fround(mean))));
  const scaled = graph.node("Div", [centred, row(numeric.map(({ sd }) => sd))]);
  const bounded = graph.node("Clip", [scaled, graph.floats([-FARTHEST], []), graph.floats([FARTHEST], [])]);
  const features = graph.node("Where", [missing, graph.floats([0], [1]), bounded]);
  const indicators = numeric.flatMap((column, index) => (column.missing ? [index] : []));
  if (indicators.length === 0) return [features];
  return [features, graph.node("Gather", [graph.asFloat(missing), graph.integers(indicators, [indicators.length])], { axis: 1n })];
}

/** asinh((x − center) / scale), for a column with heavy tails. */
function addTail(graph: OnnxGraph, x: string, tail: Tail | undefined): string {
  if (!tail) return x;
  const { center, scale } = tail;
  const centred = subtract(graph, x, graph.floats([Math.fround(center)], []), graph.floats([center - Math.fround(center)], []));
  return graph.node("Asinh", [graph.node("Div", [centred, graph.floats([scale], [])])]);
}

/** Takes off a number in two float32 steps, its rounded value and what the rounding left: a large one costs no digits. */
const subtract = (graph: OnnxGraph, x: string, rounded: string, left: string): string => graph.node("Sub", [graph.node("Sub", [x, rounded]), left]);

/** One 0/1 feature a level. A position past the last feature, for values without a feature, gives all zeros. */
function addCategorical(graph: OnnxGraph, column: CategoricalEncoding): string {
  const { levels, other, missing } = column;
  const none = width(column);
  const unseenAt = other ? levels.length : none;
  const missingAt = missing ? levels.length + Number(other) : none;
  const position = graph.node("LabelEncoder", [graph.input(inputName(column.name), "string")], {
    keys_strings: [...levels, ...MISSING],
    values_int64s: [...levels.map((_, i) => BigInt(i)), ...MISSING.map(() => BigInt(missingAt))],
    default_int64: BigInt(unseenAt),
  }, "ai.onnx.ml");
  const oneHot = graph.node("OneHot", [position, graph.integers([none], []), graph.floats([0, 1], [2])], { axis: -1n });
  return graph.node("Squeeze", [oneHot, graph.integers([1], [1])]);
}
