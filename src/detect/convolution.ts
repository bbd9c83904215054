import { numpy as np } from "@jax-js/jax";

/**
 * Maps are [height, batch, width, channels].
 *
 * With height first, the cells above and below each other are whole blocks of rows apart: a window's upper, middle and
 * lower row are three matrices that lie in memory as they are multiplied, forwards and backwards.
 */
export type FeatureMap = np.Array;

/** Windows of a map, cut once and multiplied by all weights that look at it: one matrix for each row of the window. */
export interface Windows {
  readonly rows: readonly np.Array[];
  /** Height, batch and width of the answer. */
  readonly shape: readonly [number, number, number];
}

/**
 * The 3×3 windows of a map with zeros around it (im2col), one matrix [height · batch · width, 3 · channels] for each of their three rows.
 *
 * jax-js's own convolution reads memory in an order that its matrix product does not know, and takes thirty times as long.
 * Three channels side by side and not nine: the same matrix, moved by one row of the map, serves all three rows.
 *
 * @param map - consumed; of even height and width if the stride is 2
 */
export function cutWindows(map: FeatureMap, stride: 1 | 2): Windows {
  const [height, batch, width, channels] = map.shape as [number, number, number, number];
  const padded = np.pad(map, [[1, 1], [0, 0], [1, 1], [0, 0]]), rows = height / stride, columns = width / stride, row = batch * columns;
  const part = (matrix: np.Array, first: number): np.Array => matrix.slice([first * row, (first + rows) * row], []);
  if (stride === 1) {
    const all = sideBySide([0, 1, 2].map((x) => padded.ref.slice([], [], [x, x + width], []))).reshape([-1, 3 * channels]);
    padded.dispose();
    const parts = [0, 1, 2].map((y) => part(all.ref, y));
    all.dispose();
    return { rows: parts, shape: [rows, batch, columns] };
  }
  // Two rows by two columns at a time: the windows' rows are an even, an odd and the next even one, and so are their columns.
  const pairs = padded.reshape([rows + 1, 2, batch, columns + 1, 2 * channels]);
  const [even, odd] = [0, 1].map((y) => {
    const line = pairs.ref.slice([], y, [], [], []), first = line.ref.slice([], [], [0, columns], []), next = line.slice([], [], [1, columns + 1], [0, channels]);
    return sideBySide([first, next]).reshape([-1, 3 * channels]);
  }) as [np.Array, np.Array];
  pairs.dispose();
  return { rows: [part(even.ref, 0), part(odd, 0), part(even, 1)], shape: [rows, batch, columns] };
}

const sideBySide = (maps: np.Array[]): np.Array => np.concatenate(maps, 3);

/** A 3×3 convolution of windows with weights [9 · channels, outputs]: a matrix product for each row of the window, summed. Consumes the weights. */
export function convolve({ rows, shape }: Windows, weights: np.Array): FeatureMap {
  const outputs = weights.shape[1]!, depth = weights.shape[0]! / 3;
  const sum = rows.map((matrix, y) => multiply(matrix.ref, weights.ref.slice([y * depth, (y + 1) * depth], []))).reduce((a, b) => a.add(b));
  weights.dispose();
  return sum.reshape([...shape, outputs]);
}

/** A 1×1 convolution, or one of windows that were cut before: [height, batch, width, inputs] times [inputs, outputs]. */
export function convolveCells(map: FeatureMap, weights: np.Array): FeatureMap {
  const [height, batch, width, inputs] = map.shape as [number, number, number, number];
  const outputs = weights.shape[1]!;
  return multiply(map.reshape([-1, inputs]), weights).reshape([height, batch, width, outputs]);
}

/** A product whose columns are filled up to a multiple of four, which is how jax-js multiplies them at once. */
function multiply(matrix: np.Array, weights: np.Array): np.Array {
  const [rows, outputs] = [matrix.shape[0]!, weights.shape[1]!], missing = -outputs & 3;
  if (missing === 0) return np.dot(matrix, weights);
  return np.dot(matrix, np.pad(weights, [[0, 0], [0, missing]])).slice([0, rows], [0, outputs]);
}
