import type { DetectorSpec } from "focal-loss/detect";
import type { OnnxGraph } from "../../model/onnx/graph.ts";

type Value = string;

/** As in `decodeBoxes`: no box is more than 62.5 times its anchor. */
const LARGEST = Math.log(1000 / 16);

/** Anchors for a picture of any size, and the boxes that the deltas move them to: x0 y0 x1 y1, cut at the picture's edges. */
export function addBoxes(graph: OnnxGraph, { levels }: DetectorSpec, picture: Value, deltas: Value): Value {
  const shape = graph.node("Shape", [picture]), whole = (value: number): Value => graph.integers([value], []);
  const side = (axis: number): Value => graph.node("Gather", [shape, whole(axis)]);
  const height = side(2), width = side(3);
  const centres: Value[] = [], sizes: Value[] = [];
  for (const { stride, sizes: own } of levels) {
    const count = own.length;
    const positions = (length: Value): Value => {
      const cells = graph.node("Div", [length, whole(stride)]);
      const index = graph.asFloat(graph.node("Range", [whole(0), cells, whole(1)]));
      return graph.node("Mul", [graph.node("Add", [index, graph.floats([0.5], [])]), graph.floats([stride], [])]);
    };
    const rows = positions(height), columns = positions(width);
    // rows × columns × sizes, one of x, y, w, h each.
    const grid = graph.node("Concat", [graph.node("Shape", [rows]), graph.node("Shape", [columns]), graph.integers([count], [1])], { axis: 0n });
    const spread = (value: Value, form: readonly number[]): Value => graph.node("Reshape", [graph.node("Expand", [graph.node("Reshape", [value, graph.integers(form, [3])]), grid]), graph.integers([-1, 1], [2])]);
    const pair = (x: Value, y: Value): Value => graph.node("Concat", [x, y], { axis: 1n });
    const floats = (numbers: readonly number[]): Value => graph.floats(numbers, [count]);
    centres.push(pair(spread(columns, [1, -1, 1]), spread(rows, [-1, 1, 1])));
    sizes.push(pair(spread(floats(own.map(([w]) => w)), [1, 1, count]), spread(floats(own.map(([, h]) => h)), [1, 1, count])));
  }
  const stacked = (parts: readonly Value[]): Value => (parts.length === 1 ? parts[0]! : graph.node("Concat", parts, { axis: 0n }));
  const centre = stacked(centres), size = stacked(sizes);
  const numbers = (from: number, to: number): Value => graph.node("Slice", [deltas, graph.integers([from], [1]), graph.integers([to], [1]), graph.integers([2], [1])]);
  const middle = graph.node("Add", [graph.node("Mul", [numbers(0, 2), size]), centre]);
  const half = graph.node("Mul", [graph.node("Exp", [graph.node("Min", [numbers(2, 4), graph.floats([LARGEST], [])])]), graph.node("Mul", [size, graph.floats([0.5], [])])]);
  const ends = graph.node("Concat", [graph.node("Sub", [middle, half]), graph.node("Add", [middle, half])], { axis: 2n });
  const one = (value: Value): Value => graph.node("Reshape", [graph.asFloat(value), graph.integers([1], [1])]);
  const limits = graph.node("Concat", [one(width), one(height), one(width), one(height)], { axis: 0n });
  return graph.node("Min", [graph.node("Max", [ends, graph.floats([0], [])]), limits]);
}
