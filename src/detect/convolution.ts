import { numpy as np } from "@jax-js/jax";
import { apart } from "./apart.ts";

/**
 * Maps are [height, batch, width, channels].
 *
 * With height first, the cells above and below each other are whole blocks of rows apart: a window's upper, middle and
 * lower row are three matrices that lie in memory as they are multiplied, forwards and backwards.
 */
export type FeatureMap = np.Array;

/** Windows of a map, cut once and multiplied by all weights that look at it: one matrix for each row of the window. */
export interface Windows {
  /** Each [height · batch · width, 3 · channels]. */
  readonly rows: readonly np.Array[];
  /** Height, batch and width of the answer. */
  readonly shape: readonly [height: number, batch: number, width: number];
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
  const rows = height / stride, columns = width / stride, row = batch * columns;
  const part = (matrix: np.Array, first: number): np.Array => matrix.slice([first * row, (first + rows) * row], []);
  if (stride === 1) {
    const padded = surrounded(map, 1, 1), all = sideBySide([0, 1, 2].map((x) => padded.ref.slice([], [], [x, x + width], [])));
    padded.dispose();
    const parts = [0, 1, 2].map((y) => part(all.ref, y));
    all.dispose();
    return { rows: parts, shape: [rows, batch, columns] };
  }
  // Two rows by two columns at a time. A window's rows are an odd one, the even one after it and the next odd one, and so are its columns.
  const pairs = surrounded(map, 2, 0).reshape([rows + 1, 2, batch, columns + 1, 2, channels]);
  const cell = (y: number, column: number, x: number): np.Array => pairs.ref.slice([], y, [], [column, column + columns], x, []);
  const [even, odd] = [0, 1].map((y) => sideBySide([cell(y, 0, 1), cell(y, 1, 0), cell(y, 1, 1)])) as [np.Array, np.Array];
  pairs.dispose();
  return { rows: [part(odd.ref, 0), part(even, 1), part(odd, 1)], shape: [rows, batch, columns] };
}

/**
 * A map with zeros before and after its rows and columns, in memory of its own.
 *
 * Edges in a kernel keep it from running four numbers at a time. So the map is repeated instead, and multiplied by 0 outside.
 */
export function surrounded(map: FeatureMap, before: number, after: number): FeatureMap {
  const [height, batch, width, channels] = map.shape as [number, number, number, number], rows = before + height + after, columns = before + width + after;
  const repeated = np.broadcastTo(map.reshape([1, height, batch, 1, width, channels]), [3, height, batch, 3, width, channels]).reshape([3 * height, batch, 3 * width, channels]);
  const inside = new Float32Array(rows * columns);
  for (let y = before; y < before + height; y++) inside.fill(1, y * columns + before, y * columns + before + width);
  return apart(repeated.slice([height - before, 2 * height + after], [], [width - before, 2 * width + after], []).mul(np.array(inside, { shape: [rows, 1, columns, 1] })));
}

/** Maps as one matrix of so many times the channels. A sum, each times 1 in its own part and 0 elsewhere, runs four numbers at a time; a concatenation does not. */
export function sideBySide(maps: readonly FeatureMap[]): np.Array {
  const channels = maps[0]!.shape[3]!, all = maps.length * channels;
  const own = (x: number): np.Array => np.array(new Float32Array(all).fill(1, x * channels, (x + 1) * channels), { shape: [maps.length, channels] });
  return maps.map((map, x) => map.reshape([...map.shape.slice(0, 3), 1, channels]).mul(own(x))).reduce((a, b) => a.add(b)).reshape([-1, all]);
}

/** A 3×3 convolution of windows with weights [9 · channels, outputs]: a matrix product for each row of the window, summed. Consumes the weights. */
export function convolve({ rows, shape }: Windows, weights: np.Array): FeatureMap {
  const [height, outputs] = weights.shape as [number, number], depth = height / 3, matrix = filled(weights);
  const sum = rows.map((row, y) => np.dot(row.ref, matrix.ref.slice([y * depth, (y + 1) * depth], []))).reduce((a, b) => a.add(b));
  matrix.dispose();
  return sum.reshape([...shape, -1]).slice([], [], [], [0, outputs]);
}

/** A 1×1 convolution, or one of windows that were cut before: [height, batch, width, inputs] times [inputs, outputs]. Consumes both. */
export function convolveCells(map: FeatureMap, weights: np.Array): FeatureMap {
  const [height, batch, width, inputs] = map.shape as [number, number, number, number], outputs = weights.shape[1]!;
  return np.dot(map.reshape([-1, inputs]), filled(weights)).reshape([height, batch, width, -1]).slice([], [], [], [0, outputs]);
}

/** Weights with columns of zeros up to a multiple of four: so many jax-js multiplies at once. */
function filled(weights: np.Array): np.Array {
  const missing = -weights.shape[1]! & 3;
  return missing === 0 ? weights : held(np.pad(weights, [[0, 0], [0, missing]]));
}

/** A small matrix in memory of its own, in the order in which it is read. The ones make it something to compute. */
export const held = (matrix: np.Array): np.Array => apart(matrix.mul(np.array(new Float32Array(matrix.shape[1]!).fill(1))));
