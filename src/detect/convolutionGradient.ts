import { numpy as np } from "@jax-js/jax";
import { convolve, cutWindows, held, sideBySide, surrounded } from "./convolution.ts";
import type { FeatureMap, Windows } from "./convolution.ts";

/*
 * jax-js could derive these. But what it derives from cutting windows is a sum of nine padded maps, number by number; a convolution
 * of the gradient with the weights turned round says the same in matrix products.
 */

/** Gradient of a 3×3 convolution by its weights [9 · channels, outputs]. Consumes the gradient of its answer. */
export function gradientByWeights({ rows }: Windows, gradient: FeatureMap): np.Array {
  const outputs = gradient.shape[3]!, flat = gradient.reshape([-1, outputs]);
  const parts = rows.map((matrix) => np.dot(matrix.ref.transpose(), flat.ref));
  flat.dispose();
  return np.concatenate(parts, 0);
}

/** The same of a 1×1 convolution, or one of windows that were cut before. Consumes both. */
export function gradientByCellWeights(map: FeatureMap, gradient: FeatureMap): np.Array {
  const [inputs, outputs] = [map.shape[3]!, gradient.shape[3]!];
  return np.dot(map.reshape([-1, inputs]).transpose(), gradient.reshape([-1, outputs]));
}

/** Gradient of a 1×1 convolution by its map. Consumes both. */
export function gradientByCells(gradient: FeatureMap, weights: np.Array): FeatureMap {
  const shape = gradient.shape;
  return np.dot(gradient.reshape([-1, shape[3]!]), held(weights.transpose())).reshape([...shape.slice(0, 3), -1]);
}

/**
 * Gradient of a 3×3 convolution by its map. Consumes both.
 *
 * Stride 1: a convolution again, with the weights turned by half a circle. Stride 2: an even row was only ever the middle of
 * a window, an odd one the last of one window and the first of the next; so with columns.
 *
 * @param gradient - of the answer, [height, batch, width, outputs]; outputs a multiple of 4
 * @param weights - [9 · channels, outputs]
 */
export function gradientByMap(gradient: FeatureMap, weights: np.Array, stride: 1 | 2): FeatureMap {
  const [height, batch, width, outputs] = gradient.shape as [number, number, number, number], channels = weights.shape[0]! / 9;
  const turned = weights.reshape([3, 3, channels, outputs]).transpose([0, 1, 3, 2]);
  if (stride === 1) {
    const windows = cutWindows(gradient, 1), answer = convolve(windows, held(np.flip(turned, [0, 1]).reshape([9 * outputs, channels])));
    for (const row of windows.rows) row.dispose();
    return answer;
  }
  const padded = surrounded(gradient, 0, 1), pairs = sideBySide([0, 1].map((x) => padded.ref.slice([], [], [x, x + width], [])));
  padded.dispose();
  const row = batch * width, at = (first: number): np.Array => pairs.ref.slice([first * row, (first + height) * row], []);
  // [this column and the next, outputs] → [even and odd column, channels]
  const crossing = (y: number): np.Array => {
    const tap = (x: number): np.Array => turned.ref.slice(y, x, [], []);
    return np.concatenate([np.concatenate([tap(1), tap(2)], 1), np.concatenate([np.zeros([outputs, channels]), tap(0)], 1)], 0);
  };
  const even = np.dot(at(0), crossing(1)), odd = np.dot(at(0), crossing(2)).add(np.dot(at(1), crossing(0)));
  pairs.dispose();
  turned.dispose();
  const plane = (map: np.Array): FeatureMap => map.reshape([height, 1, row, 2 * channels]), own = (y: number): np.Array => np.array(Float32Array.of(1 - y, y), { shape: [2, 1, 1] });
  return plane(even).mul(own(0)).add(plane(odd).mul(own(1))).reshape([2 * height, batch, 2 * width, channels]);
}
