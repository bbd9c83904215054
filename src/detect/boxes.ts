import { FocalError } from "../errors.ts";

/**
 * Boxes are rows of four numbers x0 y0 x1 y1; this is how many rows there are.
 *
 * @throws FocalError `shape` where the numbers do not come in fours
 */
export function countBoxes(name: string, boxes: ArrayLike<number>): number {
  if (boxes.length % 4 !== 0) throw new FocalError("shape", `${name} must hold four numbers x0 y0 x1 y1 for each box, got ${boxes.length} numbers`);
  return boxes.length / 4;
}

/**
 * The area of a box in pixels: 0 where it is turned inside out, flat, endless or no box of numbers.
 *
 * @param boxes - x0 y0 x1 y1 of each
 * @param i - which of them
 *
 * @example
 * boxArea([2, 1, 5, 3], 0);   // 6
 */
export function boxArea(boxes: ArrayLike<number>, i: number): number {
  const width = boxes[4 * i + 2]! - boxes[4 * i]!, height = boxes[4 * i + 3]! - boxes[4 * i + 1]!;
  return width > 0 && height > 0 && width * height < Infinity ? width * height : 0;
}

/** The area that two boxes share; 0 where either is turned inside out. */
export function intersection(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  const width = Math.min(a[4 * i + 2]!, b[4 * j + 2]!) - Math.max(a[4 * i]!, b[4 * j]!);
  const height = Math.min(a[4 * i + 3]!, b[4 * j + 3]!) - Math.max(a[4 * i + 1]!, b[4 * j + 1]!);
  return width > 0 && height > 0 && width * height < Infinity ? width * height : 0;
}

/**
 * How much two boxes are the same: intersection over union.
 *
 * Anchors are assigned, doubles suppressed and detections judged by it.
 *
 * IoU = |A ∩ B| / (|A| + |B| − |A ∩ B|)
 *
 * @param a - boxes, x0 y0 x1 y1 of each
 * @param i - which of `a`
 * @param b - boxes
 * @param j - which of `b`
 * @returns 0 (apart, or a box without area) … 1 (the same)
 *
 * @example
 * iou([0, 0, 2, 2], 0, [1, 0, 3, 2], 0);   // 0.3333333333333333: 2 of 6 pixels
 */
export function iou(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  const shared = intersection(a, i, b, j);
  if (shared === 0) return 0;
  const one = boxArea(a, i), other = boxArea(b, j);
  return one === 0 || other === 0 ? 0 : shared / (one + other - shared);
}

/**
 * Boxes cut off at a picture's edges.
 *
 * A box that lies outside becomes flat: its area is 0.
 *
 * @param boxes - x0 y0 x1 y1 of each, in pixels
 * @param width - of the picture
 * @param height - of the picture
 * @throws FocalError `shape` where the numbers do not come in fours
 *
 * @example
 * clipBoxes([-3, 2, 5, 40], 32, 32);   // Float32Array [0, 2, 5, 32]
 */
export function clipBoxes(boxes: ArrayLike<number>, width: number, height: number): Float32Array {
  countBoxes("boxes", boxes);
  return Float32Array.from(boxes, (value, k) => Math.min(Math.max(value, 0), k % 2 === 0 ? width : height));
}
