import { numpy as np } from "@jax-js/jax";

/** How boxes are judged: smooth L1 of the coded differences, or generalised IoU. */
export type BoxLoss = "smoothL1" | "giou";

/** Below it errors count squared: RetinaNet's value. */
const beta = 0.11;
/** As in decoding: no box is more than 62.5 times its anchor. */
const largest = Math.log(1000 / 16);

/**
 * One loss per anchor of its four encoded numbers, summed: quadratic near 0, where the absolute value's gradient would jump.
 *
 * d²/2β for |d| < β, |d| − β/2 else; β = .11
 *
 * @param deltas - [anchors, 4], the network's; consumed, like targets
 *
 * @see Girshick: Fast R-CNN, 2015
 */
export function smoothL1(deltas: np.Array, targets: np.Array): np.Array {
  const error = np.abs(deltas.sub(targets)), small = np.minimum(error.ref, beta);
  // β·(s²/2β² + (e − s)/β) with s = min(e, β): both pieces in one line.
  return np.sum(np.square(small.ref).mul(0.5 / beta).add(error.sub(small)), 1);
}

/**
 * 1 − GIoU of the boxes that deltas and targets stand for: 0 for the same box, up to 2 for boxes far apart.
 *
 * IoU − (hull − union) / hull. All areas are in anchors, as the encoding is: ratios of areas do not know the unit.
 *
 * @param deltas - [anchors, 4], the network's; consumed, like targets
 *
 * @see Rezatofighi et al.: Generalized Intersection over Union, 2019, https://arxiv.org/abs/1902.09630
 */
export function generalizedIou(deltas: np.Array, targets: np.Array): np.Array {
  const [a0, a1, aSize] = edges(deltas), [b0, b1, bSize] = edges(targets);
  // Not np.prod, whose gradient is NaN where boxes touch and a side of what they share is 0.
  const area = (size: np.Array): np.Array => size.ref.slice([], 0).mul(size.slice([], 1));
  const inner = area(np.maximum(np.minimum(a1.ref, b1.ref).sub(np.maximum(a0.ref, b0.ref)), 0));
  const hull = area(np.maximum(a1, b1).sub(np.minimum(a0, b0)));
  const union = area(aSize).add(area(bSize)).sub(inner.ref);
  return inner.div(union.ref).add(union.div(hull)).mul(-1).add(2);
}

/** Near and far edges [anchors, 2] and sizes, in units of the anchor's size from its centre. */
function edges(deltas: np.Array): [np.Array, np.Array, np.Array] {
  const anchors = deltas.shape[0]!, centre = deltas.ref.slice([0, anchors], [0, 2]);
  const size = np.exp(np.minimum(deltas.slice([0, anchors], [2, 4]), largest)), half = size.ref.mul(0.5);
  return [centre.ref.sub(half.ref), centre.add(half), size];
}
