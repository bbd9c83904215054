import { FocalError } from "../errors.ts";
import { clipBoxes, countBoxes } from "./boxes.ts";

/** No box is more than 62.5 times its anchor: keeps an untrained network's boxes finite, as RetinaNet does. */
const LARGEST = Math.log(1000 / 16);

/**
 * Boxes as a network is asked for them: how each differs from its anchor.
 *
 * Offsets and ratios are of the same size whatever the object's, so one small network can say them.
 *
 * dx = (x − x_a) / w_a, dy = (y − y_a) / h_a, dw = log(w / w_a), dh = log(h / h_a), of centres x y and sizes w h
 *
 * @param anchors - x0 y0 x1 y1 of each
 * @param boxes - x0 y0 x1 y1 of each object
 * @param matched - the box of each anchor, −1 for none, as {@link assign} says
 * @returns dx dy dw dh of each anchor, 0 where it has no box
 * @throws FocalError `shape` unless there is one `matched` per anchor
 *
 * @example
 * encodeBoxes(Float32Array.of(0, 0, 8, 8), Float32Array.of(2, 0, 10, 16), Int32Array.of(0));
 * // Float32Array [0.25, 0.5, 0, 0.6931472]
 *
 * @see Girshick, Donahue, Darrell, Malik: Rich feature hierarchies, 2014, appendix C
 */
export function encodeBoxes(anchors: Float32Array, boxes: Float32Array, matched: Int32Array): Float32Array {
  const count = countBoxes("anchors", anchors);
  if (matched.length !== count) throw new FocalError("shape", `matched must name a box for each of ${count} anchors, got ${matched.length}`);
  const deltas = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) {
    const box = 4 * matched[i]!;
    if (box < 0) continue;
    for (let axis = 0; axis < 2; axis++) {
      const at = 4 * i + axis, low = anchors[at]!, high = anchors[at + 2]!, size = high - low;
      const boxLow = boxes[box + axis]!, boxHigh = boxes[box + axis + 2]!;
      deltas[at] = (boxLow + boxHigh - low - high) / 2 / size;
      deltas[at + 2] = Math.log((boxHigh - boxLow) / size);
    }
  }
  return deltas;
}

/**
 * The boxes that a network's answers stand for: what {@link encodeBoxes} did, undone.
 *
 * x = x_a + dx·w_a, w = w_a·exp(dw), with dw at most log 62.5
 *
 * @param anchors - x0 y0 x1 y1 of each
 * @param deltas - dx dy dw dh of each
 * @param width - of the picture, at whose edges boxes are cut off
 * @param height - of the picture
 * @throws FocalError `shape` unless there are as many deltas as anchors
 *
 * @example
 * decodeBoxes(Float32Array.of(0, 0, 8, 8), Float32Array.of(0.25, 0.5, 0, Math.log(2)), 32, 32);   // Float32Array [2, 0, 10, 16]
 */
export function decodeBoxes(anchors: Float32Array, deltas: Float32Array, width: number, height: number): Float32Array {
  const count = countBoxes("anchors", anchors);
  if (deltas.length !== anchors.length) throw new FocalError("shape", `deltas must be four numbers for each of ${count} anchors, got ${deltas.length} numbers`);
  const boxes = new Float64Array(anchors.length);
  for (let i = 0; i < count; i++) {
    for (let axis = 0; axis < 2; axis++) {
      const at = 4 * i + axis, low = anchors[at]!, size = anchors[at + 2]! - low;
      const centre = low + size / 2 + deltas[at]! * size, half = (size / 2) * Math.exp(Math.min(deltas[at + 2]!, LARGEST));
      boxes[at] = centre - half;
      boxes[at + 2] = centre + half;
    }
  }
  return clipBoxes(boxes, width, height);
}
